import Bytes
import TestSupport
import Testing

@Suite struct ArraySearchTests {
  private static func plain(_ text: [UInt8], _ needle: [UInt8], _ start: Int) -> Int? {
    guard start >= 0, start + needle.count <= text.count else { return nil }
    return (start...(text.count - needle.count)).first { text[$0...].starts(with: needle) }
  }

  @Test func findsWhatAPlainSearchFinds() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2_000 {
      let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        UInt8.random(in: 97...98, using: &generator)
      }
      let needle = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        UInt8.random(in: 97...98, using: &generator)
      }
      let start = Int.random(in: 0...13, using: &generator)
      #expect(text.firstOffset(of: needle, from: start) == Self.plain(text, needle, start))
    }
  }

  @Test func anEmptyNeedleStandsEverywhereInTheText() {
    #expect([UInt8]().firstOffset(of: []) == 0)
    #expect([1, 2].firstOffset(of: [], from: 2) == 2)
    #expect([1, 2].firstOffset(of: [], from: 3) == nil)
    #expect([1, 2].firstOffset(of: [1], from: -1) == nil)
  }
}
