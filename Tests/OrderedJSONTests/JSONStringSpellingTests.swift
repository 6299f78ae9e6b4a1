import Bytes
import OrderedJSON
import Testing

/// Literals of strings, and writing others as whoever wrote them would.
@Suite struct JSONStringSpellingTests {
  private func literal(_ text: String, at offset: Int = 0) -> JSONStringLiteral? {
    JSONStringLiteral(at: offset, in: Array(text.utf8))
  }

  @Test func findsWhereALiteralEnds() {
    #expect(literal(#""ab" "#)?.range == ByteRange(0, 4))
    #expect(literal(#""ab" "#)?.hasEscapes == false)
    #expect(literal(#"["a\"\\"]"#, at: 1)?.range == ByteRange(1, 8))
    #expect(literal(#"["a\"\\"]"#, at: 1)?.hasEscapes == true)
    for (text, offset) in [
      ("", 0), ("a", 0), (#""a"#, 0), (#""a\"#, 0), (#""a""#, -1), (#""a""#, 9),
    ] {
      #expect(literal(text, at: offset) == nil)
    }
  }

  /// What writers make of the same text, which is then written as they did.
  @Test(arguments: [
    #""plain é𝄞 / <\n\t\"\\""#, #""\u00e9\ud834\udd1e / < \u2028\n""#,
    #""\u00E9\uD834\uDD1E \u007F""#,
    #""a\/b \u003c\u003e\u0026 \u2028\u2029 é""#,
    #""\u0008\u000c\u000a\b""#.replacing(#"\b"#, with: ""),
    #""\u001f\u0000""#, #""""#,
  ]) func writesAsItLearned(text: String) throws {
    let source = Array(text.utf8)
    let literal = try #require(self.literal(text))
    var spelling = JSONStringSpelling()
    let isText = spelling.learn(from: literal, in: source)
    #expect(isText)
    var written: [UInt8] = []
    spelling.append(try #require(try JSONParser.parse(source).string).bytes, to: &written)
    #expect(String(decoding: written, as: UTF8.self) == text)
  }

  @Test func escapesNoMoreThanNeededIfNothingWasLearned() {
    var written: [UInt8] = []
    JSONStringSpelling().append(Array("/é\u{2028}\u{7F}\u{1}\"".utf8), to: &written)
    #expect(String(decoding: written, as: UTF8.self) == "\"/é\u{2028}\u{7F}\\u0001\\\"\"")
  }

  @Test(arguments: [
    (#""\ud83d\ude00""#, true), (#""\ud83d""#, false), (#""\ud83dx\ude00""#, false),
    (#""\ud83d\n""#, false), (#""\ude00""#, false), (#""\ud83d\ud83d\ude00""#, false),
    (#""\\ud83d""#, true),
  ]) func knowsHalfCharacters(text: String, isText: Bool) throws {
    let literal = try #require(self.literal(text))
    var spelling = JSONStringSpelling()
    let isRead = spelling.learn(from: literal, in: Array(text.utf8))
    #expect(isRead == isText)
    let strict = try? JSONParser.parse(Array(text.utf8))
    #expect((strict != nil) == isText)
    #expect(try JSONParser.parse(Array(text.utf8), loneSurrogates: .replaced).string != nil)
  }

  @Test func readsHalfCharactersAsReplacements() throws {
    let node = try JSONParser.parse(
      Array(#""\ud83d\ud83d\ude00\n\ude00""#.utf8), loneSurrogates: .replaced)
    #expect(node.string == "\u{FFFD}😀\n\u{FFFD}")
  }
}
