import Bytes
import TestSupport
import TextProcessing
import Testing

@Suite struct TextSegmenterTests {
  private static let shared = Result { try TextSegmenter() }
  private let segmenter: TextSegmenter

  init() throws {
    segmenter = try Self.shared.get()
  }

  private func segments(_ text: [UInt8]) throws -> [ByteRange] {
    var ranges: [ByteRange] = []
    try text.withUnsafeBytes { try segmenter.segments(of: $0, into: &ranges) }
    return ranges
  }

  private func pieces(_ text: [UInt8], _ ranges: [ByteRange]) -> [String] {
    ranges.map { String(decoding: text[$0.start..<$0.end], as: UTF8.self) }
  }

  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\nb", ["a\n", "b"]), ("\n\n", ["\n", "\n"]),
    ("a\r\nb\rc\n\rd", ["a\r\n", "b\r", "c\n", "\r", "d"]),
  ])
  func linesKeepTheirEnds(text: String, expected: [String]) {
    let bytes = Array(text.utf8)
    #expect(pieces(bytes, bytes.withUnsafeBytes { segmenter.lines(of: $0) }) == expected)
  }

  @Test(arguments: [
    ("", []), ("\n \n", ["\n \n"]), ("a\nb\n\n \nc\n", ["a\nb\n\n \n", "c\n"]),
    ("\n\na\r\n\r\nb", ["\n\n", "a\r\n\r\n", "b"]),
  ])
  func paragraphsEndBehindBlankLines(text: String, expected: [String]) {
    let bytes = Array(text.utf8)
    #expect(pieces(bytes, bytes.withUnsafeBytes { segmenter.paragraphs(of: $0) }) == expected)
  }

  @Test(arguments: [
    ["It rains. ", "We stay.\n\n", "It stops.\n"],
    ["\n\n", "Behind blank lines. ", "It begins."],
    [
      "# A heading. It has two sentences.\n", "| a. B | c. D |\n", "1. Introduction\n",
      "2.1 Scope\n",
    ],
    ["2.1. Scope of it. ", "More.\n", "Chapter 3. Results\n", "IV. Ends. ", "Done.\n"],
    ["- One. Two.\n", "3) One. Two.\n", "  * One. Two.\n", "• One. Two.\n"],
    ["    print(\"One. Two.\")\n", "let a = \"One. Two.\";\n", "// One. Two.\n", "a.b.c(d: .e)\n"],
    ["One. ", "Two, the line goes on\r\n", "Three"],
  ])
  func segmentsAreSentencesOrWholeLines(expected: [String]) throws {
    let text = Array(expected.joined().utf8)
    #expect(pieces(text, try segments(text)) == expected)
  }

  @Test func longListItemsAreCutIntoSentences() throws {
    let sentence = String(repeating: "word ", count: 30) + "end. "
    let text = Array(("- " + sentence + "The second. " + "The third " + sentence).utf8)
    #expect(try segments(text).count == 3)
  }

  @Test func coverRandomTextWithoutCuttingCharacters() throws {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<1_500 {
      let text = RandomText.text(length: 120, using: &generator)
      for ranges in try all(text) {
        expectCover(ranges, of: text)
        #expect(ranges.allSatisfy { $0.end == text.count || text[$0.end] & 0xC0 != 0x80 })
      }
    }
  }

  @Test func coverRandomBytes() throws {
    var generator = SeededGenerator(seed: 12)
    let common = Array(".!?… \n\r\t\"'a1A。»\u{2028}".utf8)
    for round in 0..<1_500 {
      let text: [UInt8] = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
        let byte = UInt8.random(in: 0...255, using: &generator)
        return round % 2 == 0 ? byte : common[Int(byte) % common.count]
      }
      let ranges = try all(text)
      for range in ranges { expectCover(range, of: text) }
      #expect(try all(text) == ranges)
    }
  }

  @Test func segmentsOfTextsSeparatedByABlankLineAreThoseOfEach() throws {
    var generator = SeededGenerator(seed: 13)
    for _ in 0..<1_000 {
      let first = RandomText.text(length: 60, using: &generator) + Array("x\n\n".utf8)
      let second = Array("y".utf8) + RandomText.text(length: 60, using: &generator)
      let moved = try segments(second).map { $0.shifted(by: first.count) }
      #expect(try segments(first + second) == segments(first) + moved)
    }
  }

  /// Two long lines that differ at the start are cut alike soon behind it.
  @Test(arguments: [true, false])
  func equalStretchesOfLongLinesAreCutAtEqualPlaces(hasBlanks: Bool) throws {
    var generator = SeededGenerator(seed: 14)
    let letters = Array((hasBlanks ? "abcdefgé   " : "abcdefghé日").unicodeScalars)
    let shared = Array(
      String(
        String.UnicodeScalarView(
          (0..<30_000).map { _ in letters.randomElement(using: &generator) ?? "a" })
      ).utf8)
    let first = try segments(shared)
    let prefix = Array("Something else stands here, ".utf8)
    let second = try segments(prefix + shared).map { $0.shifted(by: -prefix.count) }
    let ends = Set(first.map(\.end).filter { $0 > 8_000 })
    #expect(Set(second.map(\.end).filter { $0 > 8_000 }) == ends)
    #expect(first.allSatisfy { $0.count <= 2_052 && !$0.isEmpty })
    #expect(first.dropLast().allSatisfy { shared[$0.end] & 0xC0 != 0x80 })
    if hasBlanks { #expect(first.dropLast().allSatisfy { shared[$0.end - 1] == 0x20 }) }
  }

  /// A megabyte of one thing takes linear time: far from minutes.
  @Test(arguments: [".", "\n", " ", "a. A ", "?!", "。", "…", ".)", "\r", ".\u{A0}", "\"", "(. "])
  func repeatedBytesTakeLinearTime(unit: String) throws {
    let text = Array(String(repeating: unit, count: 200_000 / unit.utf8.count).utf8)
    expectCover(try segments(text), of: text)
  }

  private func all(_ text: [UInt8]) throws -> [[ByteRange]] {
    try text.withUnsafeBytes { buffer in
      [
        segmenter.lines(of: buffer), segmenter.paragraphs(of: buffer),
        try segmenter.sentences(of: buffer),
      ]
    } + [segments(text)]
  }

  private func expectCover(_ ranges: [ByteRange], of text: [UInt8]) {
    var end = 0
    for range in ranges {
      #expect(range.start == end && range.end > range.start)
      end = range.end
    }
    #expect(end == text.count)
  }
}
