import Bytes
import TestSupport
import Testing
import TextProcessing
import Tokenization

@Suite struct TokenizerTests {
  /// Decoding gives the text back, in the form that the normaliser gives it; encoding is stable.
  @Test func roundTripsRandomText() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<4_000 {
      let text = RandomText.text(length: 60, using: &generator)
      let ids = try tokenizer.encode(text, addedTokens: .ignored)
      let decoded = try tokenizer.decode(ids)
      #expect(decoded == (try Normalizer.normalized(text, tables: .unicode9)))
      #expect(try tokenizer.encode(decoded, addedTokens: .ignored) == ids)
      #expect(try tokenizer.encode(text, addedTokens: .ignored) == ids)
    }
  }

  @Test func refusesBytesThatAreNotUTF8WithTheirOffset() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2_000 {
      let text = RandomText.text(length: 20, using: &generator)
      let cut = String(decoding: text, as: UTF8.self).unicodeScalars
        .prefix(Int.random(in: 0...10, using: &generator)).reduce(0) { $0 + UTF8.width($1) }
      let damaged = text[..<cut] + [0xFF] + text[cut...]
      #expect(throws: TokenizerError.invalidUTF8(offset: cut)) {
        try tokenizer.encode(Array(damaged))
      }
    }
  }

  @Test func endsOfTokensFollowTheText() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    var generator = SeededGenerator(seed: 6)
    let encoder = try tokenizer.makeEncoder()
    for _ in 0..<2_000 {
      let text = try Normalizer.normalized(RandomText.text(length: 40, using: &generator))
      let encoded = try encoder.encode(text, recordingEnds: true)
      #expect(encoded.ends.last ?? 0 == text.count)
      var start = 0
      for (id, end) in zip(encoded.ids, encoded.ends) {
        #expect(try tokenizer.decode([id]) == Array(text[start..<end]))
        start = end
      }
    }
  }

  /// Where normalisation changes the text, ends still lie in the original text and never decrease.
  @Test func endsOfTokensFollowTextThatIsNotNormalized() throws {
    let encoder = try Qwen3.tokenizer.get().makeEncoder()
    let text = Array("x e\u{301}e\u{301} \u{1100}\u{1161} end".utf8)
    let encoded = try encoder.encode(text, recordingEnds: true)
    #expect(encoded.ends == encoded.ends.sorted())
    #expect(encoded.ends.last == text.count)
    #expect(encoded.tokenCount(before: text.count - 4) == encoded.ids.count - 1)
  }

  @Test func skipsSpecialTokensOnRequest() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let ids = try tokenizer.encode(Array("<|im_start|>a<think>b<|im_end|>".utf8))
    #expect(try tokenizer.decode(ids, skippingSpecial: true) == Array("a<think>b".utf8))
  }

  @Test func refusesIdsThatNoTokenHas() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    #expect(throws: TokenizerError.unknownToken(id: 151_669, index: 1)) {
      try tokenizer.decode([0, 151_669])
    }
    #expect(throws: TokenizerError.self) { try tokenizer.decode([.max]) }
  }

  @Test func findsAddedTokensWithTheirPlaces() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let found = tokenizer.addedTokens(in: Array("é<|im_end|><|im_end<think>".utf8))
    #expect(found.map(\.range) == [ByteRange(2, 12), ByteRange(20, 27)])
    #expect(found.map(\.token.id) == [151_645, 151_667])
  }

  @Test func takesLongPiecesWithoutSlowingDown() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    for unit in ["a", " ", "\n", "ab", "é", "=", "1", "'s", "\u{301}", "日"] {
      let text = Array(String(repeating: unit, count: 300_000 / unit.utf8.count).utf8)
      let ids = try tokenizer.encode(text)
      #expect(try tokenizer.decode(ids) == text)
    }
  }
}
