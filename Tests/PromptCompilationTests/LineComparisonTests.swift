import PromptCompilation
import TestSupport
import Testing

/// Lines side by side: what both texts have, in order, and nothing lost.
@Suite struct LineComparisonTests {
  @Test func putsWhatIsTheSameBesideEachOther() {
    let comparison = LineComparison(Array("a\nb\nc\nd\n".utf8), Array("a\nx\nc\ny\nz\nd\n".utf8))
    let rows = comparison.rows.map { [$0.first ?? -1, $0.second ?? -1, $0.isSame ? 1 : 0] }
    #expect(
      rows == [[0, 0, 1], [1, 1, 0], [2, 2, 1], [-1, 3, 0], [-1, 4, 0], [3, 5, 1]])
  }

  @Test(arguments: 0..<50)
  func everyLineStandsOnceAndInOrder(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func text() -> [UInt8] {
      (0..<Int.random(in: 0...30, using: &random)).flatMap { _ in
        Array("\(Int.random(in: 0...4, using: &random))\n".utf8)
      }
    }
    let comparison = LineComparison(text(), text())
    #expect(comparison.rows.compactMap(\.first) == Array(comparison.first.indices))
    #expect(comparison.rows.compactMap(\.second) == Array(comparison.second.indices))
    for row in comparison.rows {
      guard let first = row.first, let second = row.second else {
        #expect(!row.isSame)
        continue
      }
      #expect(!row.isSame || comparison.first[first] == comparison.second[second])
    }
  }
}
