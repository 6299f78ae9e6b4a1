import Bytes
import TextProcessing
import Testing

@Suite struct PatternTests {
  @Test func findsMatchesAsByteRanges() throws {
    let matcher = try PatternMatcher(Pattern(#"\p{L}+|\s+"#))
    let text = Array("né  1日本".utf8)
    #expect(first(text, 0) == ByteRange(0, 3))
    #expect(first(text, 3) == ByteRange(3, 5))
    #expect(first(text, 5) == ByteRange(6, 12))
    #expect(first(text, 12) == nil)

    func first(_ text: [UInt8], _ offset: Int) -> ByteRange? {
      text.withUnsafeBytes { try? matcher.firstMatch(in: $0, from: offset) }
    }
  }

  @Test func saysWhereAPatternIsWrong() {
    let error = #expect(throws: PatternError.self) { try Pattern("ab(c") }
    #expect(error?.offset == 4)
    #expect(error?.message.contains("parenthesis") == true)
  }

  @Test func survivesPatternsThatExhaustTheStack() throws {
    let matcher = try PatternMatcher(Pattern(#"(?:(a|b)*c)|a"#))
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 2_000_000)
    text.withUnsafeBytes { bytes in
      _ = try? matcher.firstMatch(in: bytes, from: 0)
    }
  }
}
