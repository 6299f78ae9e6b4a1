import ContextIndex
import PromptCompilation

/// Specs that ask for 15 of 200 blocks of about 300 tokens, in another order each, as requests to the server do.
struct RecurringBlocks {
  private var random = UInt64(1)
  private var blocks: [Block] = []

  /// Makes the blocks of the words of a text.
  init(words text: [UInt8]) {
    let words = text.split { $0 == 0x20 || $0 == 0x0A }.filter { $0.count > 2 }.map(Array.init)
    for number in 0..<200 {
      var bytes = Array("Page \(number).".utf8)
      for place in 0..<228 {
        bytes.append(0x20)
        bytes += words[next(below: words.count)]
        if place % 12 == 11 { bytes.append(0x2E) }
      }
      blocks.append(Block(id: ByteString("page-\(number)"), text: ByteString(bytes)))
    }
  }

  /// The next spec.
  mutating func spec() -> Spec {
    var left = Array(blocks.indices)
    let asked = (0..<15).map { _ in blocks[left.remove(at: next(below: left.count))] }
    return Spec(
      system: "Answer from the pages.", blocks: asked,
      query: ByteString("What do the pages say of case \(next(below: 10_000))?"))
  }

  /// The number of Knuth's MMIX generator, cut to a range.
  private mutating func next(below limit: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((random >> 33) % UInt64(limit))
  }
}
