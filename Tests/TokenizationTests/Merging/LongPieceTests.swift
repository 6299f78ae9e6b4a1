import Bytes
import TestSupport
import Testing
import Tokenization

/// Long pieces, which take linear time: quadratic work would take hours.
@Suite struct LongPieceTests {
  /// What a long piece is made of.
  enum Filling: String, CaseIterable {
    case letter = "a"
    case pair = "ab"
    case blanks = " "
    case ideograph = "中"
    case ideographs = "中文"
    case emoji = "😀"
    case random = ""

    func text(count: Int) -> [UInt8] {
      if self == .random {
        var generator = SeededGenerator(seed: 51)
        return (0..<count).map { _ in UInt8.random(in: 0x61...0x7A, using: &generator) }
      }
      let bytes = Array(rawValue.utf8)
      return (0..<(count / bytes.count)).flatMap { _ in bytes }
    }
  }

  @Test(arguments: Filling.allCases)
  func equalThePlainAlgorithm(filling: Filling) throws {
    let (tokenizer, file) = try ShippedFile.open("qwen3")
    let plain = PlainMerging(file, ignoresMerges: false)
    let encoder = try tokenizer.makeEncoder()
    // Around the lengths at which pieces are treated in another way.
    for count in [12, 15, 16, 45, 47, 48, 49, 51, 96, 510, 512, 513, 516, 1_500] {
      let text = filling.text(count: count)
      #expect(try encoder.encode(text).ids == plain.encode(text), "\(count) bytes")
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: Filling.allCases)
  func takeLinearTime(filling: Filling) throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let text = filling.text(count: 1 << 18)
    let ids = try tokenizer.encode(text)
    #expect(try tokenizer.decode(ids) == text)
    #expect(try tokenizer.count(text) == ids.count)
  }

  /// Merges that do not ascend wait in a binary heap.
  @Test(.timeLimit(.minutes(2)))
  func takeLittleTimeIfMergesDoNotAscend() throws {
    var generator = SeededGenerator(seed: 52)
    var description = ToyVocabulary.random(using: &generator)
    description.merges.reverse()
    let tokenizer = try ToyVocabulary.tokenizer(description)
    let text = (0..<300_000).map { _ in UInt8.random(in: 0x61...0x64, using: &generator) }
    #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
    let short = Array(text.prefix(2_000))
    #expect(try tokenizer.encode(short) == PlainMerging(description).encode(short))
  }
}
