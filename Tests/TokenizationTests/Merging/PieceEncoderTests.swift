import Bytes
import TestSupport
import Testing
import Tokenization

/// Pieces that are encoded in another way than most.
@Suite struct PieceEncoderTests {
  private func tokenizer(_ change: (inout VocabularyDescription) -> Void) throws -> Tokenizer {
    var generator = SeededGenerator(seed: 71)
    var description = ToyVocabulary.random(using: &generator)
    change(&description)
    return try ToyVocabulary.tokenizer(description)
  }

  /// The pieces that were found before PCRE2 gave up are not those of the next text.
  @Test func beginsAnewAfterATextThatFailed() throws {
    let encoder = try tokenizer { $0.configuration.splitPatterns = [#"(?:a+)+b|x| "#] }
      .makeEncoder()
    let hard = "x x x x " + String(repeating: "a", count: 40)
    #expect(throws: TokenizerError.self) { try encoder.encode(Array(hard.utf8)) }
    #expect(try encoder.encode(Array("x".utf8)).ids == [120])
  }

  /// A whole token is one without merges that lead to it, however long it is.
  @Test(arguments: [2, 15, 16, 512, 513, 4_000])
  func takesWholeTokensOfAnyLength(count: Int) throws {
    let token = ByteString([UInt8](repeating: UInt8(ascii: "z"), count: count))
    let tokenizer = try tokenizer {
      $0.tokens.append(token)
      $0.configuration.ignoresMerges = true
    }
    let encoder = try tokenizer.makeEncoder()
    for _ in 0..<2 { #expect(try encoder.encode(token.bytes).ids.count == 1) }
  }

  /// Characters without a token, which are passed over or unknown, are not part of the token beside them.
  @Test(arguments: ["llama-2", "unknown", "unknown-apart", "no-unknown"])
  func recordsTheSameEndsForPiecesThatItKnows(variant: String) throws {
    let tokenizer = try CharacterVocabulary.tokenizer(variant)
    let known = try tokenizer.makeEncoder()
    for text in ["☃e", "e☃", "e☃n", "☃☃eth☃", "e nte😀h😀中h e", "ethnthe 中中中 ethnthehehe ☃ then"] {
      let text = Array(text.utf8)
      let fresh = try tokenizer.makeEncoder().encode(text, recordingEnds: true)
      for _ in 0..<2 {
        let encoded = try known.encode(text, recordingEnds: true)
        #expect(encoded.ids == fresh.ids && encoded.ends == fresh.ends)
      }
    }
  }

  /// Many pieces that are no tokens, short and long, are merged side by side as each by itself, whatever is kept.
  @Test(arguments: ["qwen3", "o200k", "tekken"] as [ByteString])
  func mergesManyNewPiecesAsEachByItself(name: ByteString) throws {
    let (tokenizer, _) = try ShippedFile.open(name)
    var generator = SeededGenerator(seed: 72)
    let letters = Array("etaoinzqxkéß中文语言学習한글🙂")
    let words = (0..<1_500).map { _ in
      String(
        (0..<Int.random(in: 2...24, using: &generator)).map { _ in
          letters[Int.random(in: 0..<letters.count, using: &generator)]
        })
    }
    let text = Array(words.map { " " + $0 }.joined().utf8)
    let alone = try tokenizer.makeEncoder()
    let pieces = try alone.pieces(of: text)
    let expected = try pieces.flatMap {
      try tokenizer.makeEncoder().encode(Array(text[$0.start..<$0.end])).ids
    }
    let together = try tokenizer.makeEncoder()
    #expect(try tokenizer.makeEncoder().count(text) == expected.count)
    for _ in 0..<2 {
      let encoded = try together.encode(text, recordingEnds: true)
      #expect(encoded.ids == expected)
      #expect(try together.encode(text).ids == expected)
      let decoded = zip([0] + encoded.ends, encoded.ends).map { Array(text[$0..<$1]) }
      #expect(
        decoded == encoded.ids.map { tokenizer.vocabulary.bytes(of: $0).map(Array.init) ?? [] })
    }
  }
}
