import Bytes
import Dispatch
import TestSupport
import Testing
import Tokenization

@Suite struct BlockTokenCacheTests {
  private static func blocks(_ count: Int, seed: UInt64) -> [[UInt8]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in RandomText.text(length: 30, using: &generator) }
  }

  @Test func givesTheTokensOfTheEncoder() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let encoder = try tokenizer.makeEncoder()
    for limit in [0, 40_000, 1 << 22] {
      let cache = BlockTokenCache(for: tokenizer, limit: limit)
      let blocks = Self.blocks(150, seed: 61)
      for block in blocks + blocks.reversed() + blocks {
        let expected = try encoder.encode(block, recordingEnds: true)
        let tokens = try cache.tokens(of: block, using: encoder)
        #expect(tokens.ids == expected.ids)
        #expect(tokens.ends == expected.ends)
        #expect(cache.byteCount <= limit)
      }
    }
  }

  /// A prompt of blocks whose ends are stable is the tokens of its blocks.
  @Test func givesTheTokensOfAPromptOfFrames() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let encoder = try tokenizer.makeEncoder()
    let cache = BlockTokenCache(for: tokenizer, limit: 1 << 22)
    let frames = Self.blocks(40, seed: 62).map {
      Array("<doc>\n".utf8) + $0 + Array("\n</doc>\n".utf8)
    }
    for frame in frames {
      #expect(
        try encoder.stableEnd(in: frame, at: frame.count, before: .character("<")) == frame.count)
    }
    let ids = try frames.flatMap { try cache.tokens(of: $0, using: encoder).ids }
    #expect(try ids == encoder.encode(Array(frames.joined())).ids)
  }

  /// Ranges laid anywhere: the tokens are those of the whole text.
  @Test(arguments: TokenizedTextTests.names)
  func givesTheTokensOfTextsWithBlocksAnywhere(name: ByteString) throws {
    let tokenizer = try Shipped.tokenizer(name)
    let encoder = try tokenizer.makeEncoder()
    let cache = BlockTokenCache(for: tokenizer, limit: 1 << 22)
    var generator = SeededGenerator(seed: 64)
    for text in Self.blocks(80, seed: 65) {
      let starts = [0] + text.indices.filter { text[$0] & 0xC0 != 0x80 } + [text.count]
      let bounds = (0..<8).map { _ in starts.randomElement(using: &generator) ?? 0 }.sorted()
      let blocks = stride(from: 0, to: 8, by: 2).map { ByteRange(bounds[$0], bounds[$0 + 1]) }
      let expected = try encoder.encode(text, recordingEnds: true)
      for _ in 0..<2 {
        let tokens = try cache.tokens(of: text, blocks: blocks, using: encoder)
        #expect(tokens.ids == expected.ids)
        #expect(tokens.ends == expected.ends)
      }
    }
  }

  @Test func keepsWhatIsAskedForAndDropsTheRest() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let encoder = try tokenizer.makeEncoder()
    let cache = BlockTokenCache(for: tokenizer, limit: 64_000)
    _ = try cache.tokens(of: Array("a block".utf8), using: encoder)
    let one = cache.byteCount
    #expect(one > 0)
    _ = try cache.tokens(of: Array("a block".utf8), using: encoder)
    #expect(cache.byteCount == one)
    for number in 0..<2_000 {
      _ = try cache.tokens(of: Array("block \(number)".utf8), using: encoder)
    }
    #expect(cache.byteCount > 16_000)
    #expect(cache.byteCount <= 64_000)
  }

  @Test func leavesOtherVocabulariesAlone() throws {
    let cache = BlockTokenCache(for: try Qwen3.tokenizer.get(), limit: 1 << 20)
    let other = try Shipped.tokenizer("o200k")
    let block = Array("one two three".utf8)
    #expect(
      try cache.tokens(of: block, using: other.makeEncoder()).ids == other.encode(block))
    #expect(cache.byteCount == 0)
  }

  @Test func refusesBlocksThatAreNotUTF8() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let cache = BlockTokenCache(for: tokenizer, limit: 1 << 20)
    #expect(throws: TokenizerError.invalidUTF8(offset: 1)) {
      try cache.tokens(of: [0x61, 0xFF], using: tokenizer.makeEncoder())
    }
  }

  @Test func servesManyThreadsAtOnce() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let cache = BlockTokenCache(for: tokenizer, limit: 20_000)
    let blocks = Self.blocks(60, seed: 63)
    let expected = try blocks.map { try tokenizer.encode($0) }
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      guard let encoder = try? tokenizer.makeEncoder() else { return }
      for (block, ids) in zip(blocks, expected) {
        let found = try? cache.tokens(of: block, using: encoder)
        #expect(found?.ids == ids)
      }
    }
  }
}
