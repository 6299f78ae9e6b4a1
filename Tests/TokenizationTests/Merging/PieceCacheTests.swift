import Bytes
import TestSupport
import Testing
import Tokenization

/// An encoder that has met a piece before gives what one gives that has not.
@Suite struct PieceCacheTests {
  /// A text of the pieces that are put in, each with a blank before it.
  private func text(_ words: ArraySlice<[UInt8]>) -> [UInt8] { words.flatMap { [0x20] + $0 } }

  /// More pieces than there is room for, short and long, of one token and of many; then the first again.
  @Test func forgetsWithoutHarm() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let encoder = try tokenizer.makeEncoder()
    var generator = SeededGenerator(seed: 61)
    let words = (0..<110_000).map { number in
      let length = number % 8 == 0 ? 16...60 : 3...12
      return (0..<Int.random(in: length, using: &generator)).map { _ in
        UInt8.random(in: 0x61...0x7A, using: &generator)
      }
    }
    let step = 5_000
    let parts = stride(from: 0, to: words.count, by: step).map { words[$0..<($0 + step)] }
    for part in parts + parts.prefix(2) {
      let text = text(part)
      let known = try encoder.encode(text, recordingEnds: true)
      let fresh = try tokenizer.makeEncoder().encode(text, recordingEnds: true)
      #expect(known.ids == fresh.ids && known.ends == fresh.ends)
    }
  }

  /// Pieces of every length, alone and among others, in texts that end behind them: an encoder reads no
  /// further than the text.
  @Test(arguments: [1...40, 505...520, 590...600])
  func knowsPiecesOfEveryLength(lengths: ClosedRange<Int>) throws {
    var generator = SeededGenerator(seed: 62)
    let toy = MultibyteVocabulary(.ascending, ignoresMerges: false, using: &generator)
    let tokenizer = try ToyVocabulary.tokenizer(toy.description)
    let encoder = try tokenizer.makeEncoder()
    let plain = PlainMerging(toy.description)
    for length in lengths {
      for _ in 0..<6 {
        var piece = toy.text(length: length, using: &generator).prefix(length)
        // As many whole characters as there is room for, then ASCII.
        while let last = piece.last, last >= 0x80 { piece.removeLast() }
        piece += [UInt8](repeating: UInt8(ascii: "a"), count: length - piece.count)
        let bytes = Array(piece)
        let expected = plain.encode(bytes)
        for text in [bytes, bytes, [0x20] + bytes, bytes + [0x20], [0x20] + bytes + [0x20]] {
          let encoded = try encoder.encode(text, recordingEnds: true)
          let ids = (text[0] == 0x20 ? [32] : []) + expected + (text.last == 0x20 ? [32] : [])
          #expect(encoded.ids == ids, "\(ByteString(text))")
          #expect(encoded.ends.last == text.count)
        }
      }
    }
  }

  @Test(arguments: [Tokenizer.AddedTokens.recognized, .ignored])
  func countsWhatItEncodes(addedTokens: Tokenizer.AddedTokens) throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let encoder = try tokenizer.makeEncoder()
    var generator = SeededGenerator(seed: 63)
    for _ in 0..<300 {
      let text = RandomText.text(length: 200, using: &generator)
      let count = try encoder.count(text, addedTokens: addedTokens)
      #expect(try encoder.encode(text, addedTokens: addedTokens).ids.count == count)
      #expect(try encoder.count(text, addedTokens: addedTokens) == count)
    }
    // More tokens than a count keeps at once, in one piece and in many.
    for piece in ["x y ", "zqj", "\u{E000}"] {
      let text = (0..<20_000).flatMap { _ in Array(piece.utf8) }
      #expect(
        try encoder.count(text, addedTokens: addedTokens)
          == encoder.encode(text, addedTokens: addedTokens).ids.count)
    }
  }
}
