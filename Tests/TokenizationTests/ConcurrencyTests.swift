import Bytes
import TestSupport
import Testing
import Tokenization

@Suite struct ConcurrencyTests {
  @Test(arguments: TokenizedTextTests.names)
  func encodesInPartsAsAtOnce(name: ByteString) async throws {
    let tokenizer = try Shipped.tokenizer(name)
    var generator = SeededGenerator(seed: 51)
    for length in [0, 5, 40, 300] {
      for _ in 0..<6 {
        let text = RandomText.text(length: length, using: &generator)
        let expected = try tokenizer.encode(text)
        for count in [0, 1, 2, 7, 1_000] {
          let ids = try await tokenizer.encode(text, concurrency: count, shortestPart: 4)
          #expect(ids == expected)
        }
      }
    }
  }

  @Test func leavesTextWholeThatHasNoPlaceToCut() async throws {
    let tokenizer = try Qwen3.tokenizer.get()
    for unit in ["a", " ", "日", "<|im_", "e\u{301}", "\n"] {
      let text = Array(String(repeating: unit, count: 70_000 / unit.utf8.count).utf8)
      #expect(try await tokenizer.encode(text, concurrency: 3) == tokenizer.encode(text))
    }
  }

  @Test func ignoresAddedTokensOnRequest() async throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let text = Array(String(repeating: "a<|im_end|> b\n", count: 50).utf8)
    let ids = try await tokenizer.encode(
      text, addedTokens: .ignored, concurrency: 9, shortestPart: 1)
    #expect(try ids == tokenizer.encode(text, addedTokens: .ignored))
  }

  @Test func refusesBytesThatAreNotUTF8WithTheirOffset() async throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let text = Array(String(repeating: "one two ", count: 20).utf8) + [0xFF] + Array("a b".utf8)
    await #expect(throws: TokenizerError.invalidUTF8(offset: 160)) {
      try await tokenizer.encode(text, concurrency: 4, shortestPart: 8)
    }
  }
}
