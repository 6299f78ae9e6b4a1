import Measurement
import PromptCompilation

/// Specs that ask for 15 of 200 blocks of about 300 tokens, in another order each, as requests to the server do.
struct RecurringBlocks {
  private var random = RandomNumbers()
  private var blocks: [Block] = []

  /// Makes the blocks of the words of a text.
  init(words text: [UInt8]) {
    let words = text.split { $0 == 0x20 || $0 == 0x0A }.filter { $0.count > 2 }.map(Array.init)
    for number in 0..<200 {
      var bytes = Array("Page \(number).".utf8)
      for place in 0..<228 {
        bytes.append(0x20)
        bytes += words.randomElement(using: &random) ?? []
        if place % 12 == 11 { bytes.append(0x2E) }
      }
      blocks.append(Block(id: ByteString("page-\(number)"), text: ByteString(bytes)))
    }
  }

  /// The next spec.
  mutating func spec() -> Spec {
    let asked = blocks.shuffled(using: &random).prefix(15)
    let number = Int.random(in: 0..<10_000, using: &random)
    return Spec(
      system: "Answer from the pages.", blocks: Array(asked),
      query: ByteString("What do the pages say of case \(number)?"))
  }
}
