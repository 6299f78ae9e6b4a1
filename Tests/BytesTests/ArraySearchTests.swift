import Bytes
import TestSupport
import Testing

@Suite struct ArraySearchTests {
  private static func plain(_ text: [UInt8], _ needle: [UInt8], _ start: Int) -> Int? {
    guard start >= 0, start + needle.count <= text.count else { return nil }
    return (start...(text.count - needle.count)).first { text[$0...].starts(with: needle) }
  }

  /// Also needles that repeat themselves, of which the search goes on inside what was compared.
  @Test(arguments: [(12, 4), (160, 48)])
  func findsWhatAPlainSearchFinds(longestText: Int, longestNeedle: Int) {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<2_000 {
      let text = (0..<Int.random(in: 0...longestText, using: &generator)).map { _ in
        UInt8.random(in: 0...9, using: &generator) == 0 ? UInt8(98) : 97
      }
      let length = Int.random(in: 1...longestNeedle, using: &generator)
      var needle = (0..<length).map { _ in
        UInt8.random(in: 0...9, using: &generator) == 0 ? UInt8(98) : 97
      }
      // What stands there, every other time.
      if round % 2 == 0, length <= text.count {
        let place = Int.random(in: 0...(text.count - length), using: &generator)
        needle = Array(text[place..<(place + length)])
      }
      let start = Int.random(in: 0...(longestText + 1), using: &generator)
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
