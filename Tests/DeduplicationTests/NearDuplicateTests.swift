import Bytes
import Deduplication
import TestSupport
import TextProcessing
import Testing

/// Texts that differ from an earlier one by some words.
@Suite struct NearDuplicateTests {
  private static let terms = TextFolderTests.terms

  private static func settings(_ level: FoldSettings.Level = .sentence) -> FoldSettings {
    var settings = FoldSettings()
    settings.foldsNearDuplicates = true
    settings.level = level
    return settings
  }

  private static func shown(_ texts: String...) throws -> String {
    let shown = try folded(texts.map { Array($0.utf8) }, settings())
    return String(decoding: shown.last?.bytes ?? [], as: UTF8.self)
  }

  @Test func `the words that differ are told`() throws {
    let shown = try Self.shown(Self.terms, Self.terms.replacing("two years", with: "five years"))
    #expect(shown == #"[same as text 0, but for: "two" -> "five"]"#)
  }

  /// Edits, and how they are told.
  private static let edits: [(from: String, to: String, told: String)] = [
    ("thirty days", "sixty full days", #""thirty" -> "sixty full""#),
    // "a" stands before in other words, too.
    ("bear interest of", "bear an interest of", #""bear " -> "bear an ""#),
    ("the day of", "the last day of", #""the " -> "the last ""#),
    ("eight percent a year", "eight percent", #""percent a year." -> "percent.""#),
  ]

  @Test func `what goes or comes is told with its neighbours`() throws {
    for edit in Self.edits {
      let shown = try Self.shown(Self.terms, Self.terms.replacing(edit.from, with: edit.to))
      #expect(shown == "[same as text 0, but for: \(edit.told)]")
    }
  }

  @Test func `words that come again are told by those around them`() throws {
    let text = (1...12).map { "Item \($0) costs 5 euros and is sold in packs of 5 pieces.\n" }
      .joined()
    let shown = try Self.shown(
      text, text.replacing("Item 7 costs 5 euros", with: "Item 7 costs 6 euros"))
    #expect(shown == #"[same as text 0, but for: "7 costs 5 euros" -> "7 costs 6 euros"]"#)
  }

  @Test func `a later text may be the same as a near duplicate`() throws {
    let near = Self.terms.replacing("two years", with: "five years")
    #expect(try Self.shown(Self.terms, near, near) == "[same as text 1]")
  }

  @Test func `nothing is told of a text with references in it`() throws {
    let third = "More of it.\n" + Self.terms.replacing("thirty", with: "sixty")
    let shown = try Self.shown(Self.terms, "Some.\n" + Self.terms, third)
    #expect(!shown.contains("but for"))
  }

  @Test func `many edits are none`() throws {
    var random = SeededGenerator(seed: 5)
    var words = (0..<400).map { "word\($0)" }
    let text = words.joined(separator: " ")
    for place in words.indices where random.next() % 4 == 0 { words[place] = "other\(place)" }
    #expect(!(try Self.shown(text, words.joined(separator: " ")).contains("but for")))
  }

  @Test func `is off by default`() throws {
    let near = Self.terms.replacing("two years", with: "five years")
    var texts = try folded(Self.terms, near)
    #expect(!texts[1].contains("but for"))
    let wording = try ReferenceWording(
      whole: "[same as {source}]", part: "[same as {source} from \"{first}\" to \"{last}\"]",
      lines: "[same as {source}, {lines} lines from \"{first}\" to \"{last}\"]")
    let without = try folded(
      [Array(Self.terms.utf8), Array(near.utf8)], Self.settings(), wording: wording)
    #expect(texts == without.map { String(decoding: $0.bytes, as: UTF8.self) })
    // What reads like a reference is none.
    texts = try folded(Self.terms, #"[same as text 0, but for: "two" -> "five"]"#)
    #expect(texts[1] == #"[\same as text 0, but for: "two" -> "five"]"#)
  }

  @Test(arguments: FoldSettings.Level.allCases)
  func `random edits are undone to the byte`(level: FoldSettings.Level) throws {
    var random = SeededGenerator(seed: 11)
    let parts = [
      "the", "a", "party", "\"", "\" -> \"", "\"; \"", "]", "[same as text 0]", "\\", "\n", "é",
      "契約書",
      "two  years", "[", "; ",
    ]
    var nearCount = 0
    for _ in 0..<300 {
      let base = (0..<Int.random(in: 20..<90, using: &random)).map { _ -> String in
        random.next() % 9 == 0
          ? parts.randomElement(using: &random) ?? "" : "w\(random.next() % 40)"
      }
      let lines = base.enumerated().map { $0.offset % 12 == 11 ? $0.element + ".\n" : $0.element }
      var texts = [Array(lines.joined(separator: " ").utf8)]
      for _ in 0..<3 {
        var words = lines
        for _ in 0..<Int.random(in: 1..<6, using: &random) {
          let place = Int.random(in: words.indices, using: &random)
          switch random.next() % 3 {
          case 0: words.remove(at: place)
          case 1: words.insert(parts.randomElement(using: &random) ?? "", at: place)
          default: words[place] = parts.randomElement(using: &random) ?? ""
          }
        }
        texts.append(Array(words.joined(separator: " ").utf8))
      }
      let shown = try folded(texts, Self.settings(level))
      nearCount +=
        shown.filter { String(decoding: $0.bytes, as: UTF8.self).contains("but for: ") }
        .count
    }
    #expect(nearCount > 100)
  }
}
