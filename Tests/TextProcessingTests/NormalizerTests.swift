import TestSupport
import TextProcessing
import Testing

@Suite struct NormalizerTests {
  @Test(arguments: [
    ("e\u{301}", "\u{E9}"), ("\u{212B}", "\u{C5}"), ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"),
    ("a\u{323}\u{307}", "\u{1EA1}\u{307}"), ("a\u{307}\u{323}", "\u{1EA1}\u{307}"), ("ﬁ", "ﬁ"),
  ])
  func composes(text: String, expected: String) throws {
    #expect(try Normalizer.normalized(Array(text.utf8)) == Array(expected.utf8))
  }

  /// U+0C3C was assigned in Unicode 14: the tables of Unicode 9 do not reorder it.
  @Test func leavesNewerMarksAloneWithTheTablesOfUnicode9() throws {
    let text = Array("\u{0C15}\u{0C4D}\u{0C3C}".utf8)
    #expect(try Normalizer.normalized(text) == Array("\u{0C15}\u{0C3C}\u{0C4D}".utf8))
    #expect(try Normalizer.normalized(text, tables: .unicode9) == text)
  }

  @Test func isIdempotent() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<5_000 {
      let text = RandomText.text(length: 30, using: &generator)
      for tables in [Normalizer.Tables.current, .unicode9] {
        let once = try Normalizer.normalized(text, tables: tables)
        #expect(try Normalizer.normalized(once, tables: tables) == once)
      }
      let current = try Normalizer.normalized(text)
      #expect(try Normalizer.normalized(current, tables: .unicode9) == current)
    }
  }
}
