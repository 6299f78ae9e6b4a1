import Bytes
import TextProcessing
import Testing

@Suite struct TextComparisonTests {
  private func form(_ text: String, _ comparison: TextComparison) -> String {
    let bytes = Array(text.utf8)
    var buffer = Array(">".utf8)
    bytes.withUnsafeBytes {
      comparison.appendNormalForm(of: ByteRange(0, bytes.count), in: $0, to: &buffer)
    }
    return String(decoding: buffer.dropFirst(), as: UTF8.self)
  }

  @Test(arguments: [
    ("a b", "a b"), ("  a \t\r\n b\n", "a b"), ("a\u{A0}\u{3000}b", "a b"), ("é日 €", "é日 €"),
    (" \n", ""), ("", ""), ("12: a", "12: a"),
  ])
  func foldsWhiteSpace(text: String, expected: String) {
    #expect(form(text, .whiteSpace) == expected)
    #expect(form(text, .exact) == text)
  }

  @Test(arguments: [
    ("     1\tlet a = 1\n     2\tlet b = 2\n", "let a = 1 let b = 2"), ("  12\ta", "a"),
    ("12: a", "a"), ("12:a", "a"), ("12→a", "a"), ("   12→\ta", "a"), ("12:\n13:", ""),
    // Numbers of their own: times, columns, ordinals, months, ids.
    ("12:30 a", "12:30 a"), ("12\ta", "12 a"), ("12. a", "12. a"), ("12-month a", "12-month a"),
    ("12 a", "12 a"), ("a 12: b", "a 12: b"), ("12345678: a", "12345678: a"), ("12", "12"),
  ])
  func leavesLineNumbersOut(text: String, expected: String) {
    #expect(form(text, .lineNumbers) == expected)
  }

  @Test func takesNumbersAtTheStartOfLinesOnly() {
    let text = Array("a 1: b\n2: c".utf8)
    text.withUnsafeBytes { bytes in
      var buffer: [UInt8] = []
      TextComparison.lineNumbers.appendNormalForm(of: ByteRange(2, 7), in: bytes, to: &buffer)
      TextComparison.lineNumbers.appendNormalForm(of: ByteRange(7, 11), in: bytes, to: &buffer)
      #expect(String(decoding: buffer, as: UTF8.self) == "1: bc")
    }
  }

  @Test(arguments: TextComparison.allCases)
  func equalFormsHaveEqualHashes(comparison: TextComparison) {
    let texts = [
      "a b c d e f g", "a b  c d e f g ", "a b c d e f h", "  3: a b c d e f g", "a", "", " ",
    ]
    var scratch: [UInt8] = []
    let hashes = texts.map { text in
      Array(text.utf8).withUnsafeBytes {
        comparison.hash(of: ByteRange(0, $0.count), in: $0, scratch: &scratch)
      }
    }
    for (first, hash) in zip(texts, hashes) {
      for (second, other) in zip(texts, hashes) {
        #expect((hash == other) == (form(first, comparison) == form(second, comparison)))
      }
    }
  }
}
