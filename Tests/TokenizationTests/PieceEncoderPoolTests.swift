import Tokenization
import Testing

@Suite struct PieceEncoderPoolTests {
  private static let texts = [
    "The bicycles were stolen, internationalisation notwithstanding.\n", "货物在送达后三十天内可以退回。",
    "let value = cache[key] ?? 0\n", "ĥŵẑ 🎉 ١٢٣", String(repeating: "abcdefghij", count: 40),
  ].map { Array($0.utf8) }

  /// Each encoder takes over what the one before it met.
  @Test func encodersThatFollowEachOtherGiveWhatFreshOnesGive() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    for round in 0..<3 {
      for text in Self.texts {
        let expected = try Tokenizer(tokenizer.vocabulary).encode(text)
        #expect(try tokenizer.makeEncoder().encode(text).ids == expected, "round \(round)")
        let encoded = try tokenizer.makeEncoder().encode(text, recordingEnds: true)
        #expect(encoded.ids == expected)
        #expect(encoded.ends.last == text.count)
      }
    }
  }

  @Test func encodersOfManyTasksDoNotShareMemory() async throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let expected = try Self.texts.map { try Tokenizer(tokenizer.vocabulary).encode($0) }
    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask {
          var wrong = 0
          for turn in 0..<200 {
            let index = (task + turn) % Self.texts.count
            let ids = try tokenizer.encode(Self.texts[index])
            if ids != expected[index] { wrong += 1 }
          }
          return wrong
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  /// A text that is refused half-way leaves nothing behind for the next.
  @Test func anEncoderThatFailedIsOfUse() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let expected = try Tokenizer(tokenizer.vocabulary).encode(Self.texts[0])
    #expect(throws: TokenizerError.self) {
      try tokenizer.encode(Self.texts[0] + [0xFF] + Self.texts[1])
    }
    #expect(try tokenizer.encode(Self.texts[0]) == expected)
  }
}
