import Bytes
import Deduplication
import TextProcessing
import Testing

/// What of texts that differ in white space or in line numbers becomes a reference.
@Suite struct FoldComparisonTests {
  private static let words =
    "the server refused the connection because its certificate was out of date"

  private func shown(_ first: String, _ second: String, _ comparison: TextComparison) throws
    -> String
  {
    var settings = FoldSettings()
    settings.comparison = comparison
    settings.minimumTokens = 8
    settings.minimumSaving = 1
    var folder = TextFolder(settings, segmenter: try TextSegmenter())
    _ = folder.fold(Array(first.utf8), as: "log", counting: estimate)
    return String(
      decoding: folder.fold(Array(second.utf8), as: "next", counting: estimate).bytes,
      as: UTF8.self)
  }

  @Test(arguments: [
    ("12: ", "57: "), ("12:", "3:"), ("12→", "9→"), ("    12\t", "     7\t"), ("", "    7\t"),
    ("12→", ""),
  ])
  func `lines that differ in their numbers alone are equal with line numbers left out`(
    _ first: String, _ second: String
  ) throws {
    let one = "\(first)\(Self.words)\n\(first)so \(Self.words)\n"
    let two = "\(second)\(Self.words)\n\(second)so \(Self.words)\n"
    #expect(try shown(one, two, .lineNumbers).contains("[same as log"))
    #expect(try !shown(one, two, .exact).contains("[same as log"))
    #expect(try !shown(one, two, .whiteSpace).contains("[same as log"))
  }

  @Test(arguments: [
    ("At 12 o'clock ", "At 13 o'clock "), ("12:30 ", "12:31 "), ("12. ", "13. "),
    ("12\t", "13\t"), ("v1.2: ", "v1.3: "), ("12345678: ", "12345679: "), ("x 12: ", "x 13: "),
    ("12 ", "13 "), ("-12: ", "-13: "),
  ])
  func `other numbers that differ are never folded`(_ first: String, _ second: String) throws {
    for comparison in TextComparison.allCases {
      let shown = try shown("\(first)\(Self.words)\n", "\(second)\(Self.words)\n", comparison)
      #expect(shown.contains(second), "\(comparison): \(shown)")
    }
  }

  @Test func `a number before a tab is no number of a line where no blanks stand before it`() throws
  {
    let first = "     3\t\(Self.words)\n"
    let shown = try shown(first, "7:\(Self.words)\n", .lineNumbers)
    #expect(shown == "7:\(Self.words)\n")
  }

  @Test func `a sentence in the middle of a line is not replaced by one with a number`() throws {
    let sentence = "The server refused the connection because its certificate was out of date."
    let shown = try shown("12:\(sentence)\n", "It is so. \(sentence)\n", .lineNumbers)
    #expect(shown == "It is so. \(sentence)\n")
  }
}
