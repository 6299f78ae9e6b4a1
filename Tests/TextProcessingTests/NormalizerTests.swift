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

  /// Marks in any order, which ICU alone puts in order in quadratic time: 1 MiB would take minutes. The plain twin sorts
  /// each run by the classes of Swift's own tables.
  @Test(.timeLimit(.minutes(1)), arguments: [31, 32, 33, 64, 300, 1 << 18])
  func ordersRunsOfMarksInLinearTime(count: Int) throws {
    let marks: [Unicode.Scalar] = [
      "\u{301}", "\u{323}", "\u{327}", "\u{345}", "\u{344}", "\u{F73}", "\u{F71}", "\u{20D0}",
    ]
    var generator = SeededGenerator(seed: 4)
    var text = String.UnicodeScalarView()
    var ordered = String.UnicodeScalarView("e".unicodeScalars)
    text.append("e")
    var run: [Unicode.Scalar] = []
    for _ in 0..<count {
      guard let mark = marks.randomElement(using: &generator) else { continue }
      text.append(mark)
      switch mark {
      case "\u{344}": run += ["\u{308}", "\u{301}"]
      case "\u{F73}": run += ["\u{F71}", "\u{F72}"]
      default: run.append(mark)
      }
    }
    let classes = run.map { $0.properties.canonicalCombiningClass.rawValue }
    for value in Set(classes).sorted() {
      ordered.append(contentsOf: zip(run, classes).filter { $0.1 == value }.map(\.0))
    }
    let expected = try Normalizer.normalized(Array(String(ordered).utf8))
    for tables in [Normalizer.Tables.current, .unicode9] {
      #expect(try Normalizer.normalized(Array(String(text).utf8), tables: tables) == expected)
    }
  }
}
