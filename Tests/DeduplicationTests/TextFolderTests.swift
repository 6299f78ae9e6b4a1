import Bytes
import Deduplication
import TestSupport
import TextProcessing
import Testing

/// About four bytes have one token.
func estimate(_ text: [UInt8]) -> Int { (text.count + 3) / 4 }

/// Folds texts and expands them again; returns what is shown.
func folded(
  _ texts: [[UInt8]], _ settings: FoldSettings = FoldSettings(),
  wording: ReferenceWording = .standard, location: SourceLocation = #_sourceLocation
) throws -> [FoldedText] {
  var folder = TextFolder(settings, wording: wording, segmenter: try TextSegmenter())
  var expander = TextExpander(wording: wording)
  var results: [FoldedText] = []
  for (place, text) in texts.enumerated() {
    let name = ByteString("text \(place)")
    let result = folder.fold(text, as: name, counting: estimate)
    if result.isFolded, let before = result.tokensBefore, let after = result.tokensAfter {
      #expect(after < before, sourceLocation: location)
    }
    let back = try expander.expand(result.bytes, as: name)
    #expect(back == text, "\(name)", sourceLocation: location)
    results.append(result)
  }
  return results
}

func folded(_ texts: String..., settings: FoldSettings = FoldSettings()) throws -> [String] {
  try folded(texts.map { Array($0.utf8) }, settings).map {
    String(decoding: $0.bytes, as: UTF8.self)
  }
}

@Suite struct TextFolderTests {
  static let terms = """
    1. Term
    This agreement begins on the day of signature and runs for two years. Either party may end it \
    with a notice of three months. It renews for one year at a time unless it is ended.
    2. Payment
    The client pays each invoice within thirty days of its date. Late payments bear interest of \
    eight percent a year. Disputed amounts are put on hold until they are settled.

    """

  @Test func `a text shown before becomes a reference to it`() throws {
    let shown = try folded(Self.terms, Self.terms)
    #expect(shown == [Self.terms, "[same as text 0]"])
  }

  @Test func `a run of sentences becomes a reference with its first and last words`() throws {
    let shown = try folded(
      Self.terms, "Contract of Beta.\n" + Self.terms.replacing("two years", with: "five years"))
    #expect(
      shown[1] == """
        Contract of Beta.
        1. Term
        This agreement begins on the day of signature and runs for five years. \
        [same as text 0 from "Either party" to "are settled."]

        """)
  }
  @Test func `what is known of a text serves folders with the same settings alone`() throws {
    let segmenter = try TextSegmenter()
    let text = Array(
      "One two three four five six seven eight nine ten. One two three four five six seven eight nine ten.\n"
        .utf8)
    var known: SegmentedText?
    for level in FoldSettings.Level.allCases {
      for comparison in [TextComparison.exact, .whiteSpace] {
        var settings = FoldSettings()
        settings.level = level
        settings.comparison = comparison
        settings.minimumTokens = 4
        settings.minimumSaving = 1
        var fresh = TextFolder(settings, segmenter: segmenter)
        var other = fresh
        for name: ByteString in ["a", "b"] {
          let expected = fresh.fold(text, as: name, counting: estimate)
          #expect(
            other.fold(text, as: name, known: &known, counting: estimate).bytes == expected.bytes)
        }
        // What is known of another text is not used.
        let short = Array("Nothing of the kind.".utf8)
        #expect(other.fold(short, as: "c", known: &known, counting: estimate).bytes == short)
      }
    }
    #expect(known != nil)
  }

  @Test func `a text that a reader cut inside a sentence is folded up to the cut`() throws {
    let words = (0..<400).map { "\($0 % 9 == 0 ? "W" : "w")ord\($0)\($0 % 9 == 8 ? "." : "")" }
    let one = words[0..<220].joined(separator: " ")
    let two = words[104..<400].joined(separator: " ")
    let shown = try folded(one, two)
    #expect(shown[1].hasPrefix("[same as text 0 from \"word104 word105\" to \"word218 word219\"]"))
    let swapped = try folded(two, one)
    #expect(
      swapped[1].hasSuffix("[same as text 0 from \"word104 word105\" to \"word218 word219\"]"))
  }

  @Test func `a text that repeats itself refers to itself`() throws {
    let line = "The quick brown fox jumps over the lazy dog while it rains in Spain.\n"
    let text = String(repeating: line, count: 200)
    let shown = try folded(text)
    #expect(shown[0].utf8.count < text.utf8.count / 2)
  }

  @Test func `a reference within a text points to nothing that it takes the place of`() throws {
    var settings = FoldSettings()
    settings.minimumTokens = 8
    settings.minimumSaving = 1
    for level in [FoldSettings.Level.chunk, .sentence] {
      settings.level = level
      for unit in ["abc\n", "a\n", "abc\nde\n", "a. B. ", "x\ny\n\nz\n"] {
        for count in [2, 13, 40, 200] {
          let text = String(repeating: unit, count: count)
          _ = try folded(text, "Rest\n" + text, text, settings: settings)
        }
      }
      let long = String(repeating: "long ", count: 12)
      let (one, two) = ("The cat sat there.\n", "So \(long)said: The cat sat there.\n")
      _ = try folded(one + two + two + two, settings: settings)
      _ = try folded(one + two + two, one + one + two + two, settings: settings)
    }
  }

  /// Pieces that begin and end in the middle of things, and look like references.
  private static let lookalikes = [
    "[same as text 0]", "[\\same as text 1]", "[same as text 0 from \"a\" to \"b\"]", "[same as ",
    "[[\\\\same as text 2", "\n", " ", ". ", "The end. ", "\"]", "word ", "[", "\\",
  ]

  @Test(arguments: FoldSettings.Level.allCases)
  func `random texts of repeated pieces come back`(_ level: FoldSettings.Level) throws {
    var random = SeededGenerator(seed: 7)
    var settings = FoldSettings()
    settings.level = level
    settings.minimumTokens = 3
    settings.minimumSaving = 1
    var references = 0
    for _ in 0..<400 {
      var pieces = (0..<6).map { _ in RandomText.text(length: 40, using: &random) }
      pieces += Self.lookalikes.map { Array($0.utf8) }
      let texts = (0..<5).map { _ in
        Array(
          (0..<14).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined())
      }
      references += try folded(texts + [texts[1]], settings).map(\.references.count).reduce(0, +)
    }
    #expect(references >= 400)
  }

  @Test func `the end of a text is folded into what stands before the reference only`() throws {
    // The last segment of the text is the beginning of an earlier one that reaches into the repeat.
    let pieces = ["U\t", " it\u{C}~\rhe t"]
    let text = "1001011010010110100".compactMap(\.wholeNumberValue).map { pieces[$0] }.joined()
    var settings = FoldSettings()
    settings.minimumTokens = 1
    settings.minimumSaving = 1
    _ = try folded([Array(text.utf8)], settings)
  }
}
