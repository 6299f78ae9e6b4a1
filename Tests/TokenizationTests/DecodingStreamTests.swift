import Bytes
import TestSupport
import Testing
import Tokenization

/// What `StreamingDecoder` gives for vocabularies with decoding steps is what `decode` gives.
@Suite struct DecodingStreamTests {
  @Test func givesWhatDecodeGivesForTheVariantsOfTheFixture() throws {
    var tokenizers: [String: Tokenizer] = [:]
    for vector in try CharacterVocabulary.vectors("vectors.jsonl") {
      let tokenizer =
        try tokenizers[vector.variant] ?? CharacterVocabulary.tokenizer(vector.variant)
      tokenizers[vector.variant] = tokenizer
      try Self.expectSame(tokenizer, vector.ids)
    }
    #expect(tokenizers.count > 3)
  }

  /// Steps in any order, over tokens whose texts overlap with what is replaced and taken off.
  @Test func givesWhatDecodeGivesForAnySteps() throws {
    var generator = SeededGenerator(seed: 47)
    let contents: [ByteString] = ["a", "ab", "aab", "b", " ", "\u{2581}", "aa"]
    let added: [ByteString] = ["aab", "\u{2581}", "\u{2581}a", "é", "  "]
    let ids: [UInt32] = [97, 98, 32, 0xC3, 0xA9, 256, 257, 258, 259, 260]
    for _ in 0..<300 {
      func content() -> ByteString { contents.randomElement(using: &generator) ?? "a" }
      var description = VocabularyDescription(
        name: "toy", tokens: (UInt8.min...UInt8.max).map { ByteString([$0]) } + added, merges: [],
        configuration: VocabularyConfiguration(
          normalization: .none, splitPatterns: [], ignoresMerges: false, addedTokens: []))
      description.configuration.decoding = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: return .replace(content(), with: content())
        case 1: return .metaspace(content(), dropsFirst: .random(using: &generator))
        case 2:
          return .strip(
            content(), start: .random(in: 0...3, using: &generator),
            stop: .random(in: 0...3, using: &generator))
        default: return .fuse
        }
      }
      let tokenizer = try ToyVocabulary.tokenizer(description)
      for length in 0..<20 {
        try Self.expectSame(
          tokenizer, (0..<length).map { _ in ids.randomElement(using: &generator) ?? 97 })
      }
    }
  }

  /// Whole words come at once, not when the text ends.
  @Test func givesTextAsItComes() throws {
    var description = VocabularyDescription(
      name: "toy", tokens: (UInt8.min...UInt8.max).map { ByteString([$0]) } + ["\u{2581}a"],
      merges: [],
      configuration: VocabularyConfiguration(
        normalization: .none, splitPatterns: [], ignoresMerges: false, addedTokens: []))
    description.configuration.decoding = [
      .replace("\u{2581}", with: " "), .fuse, .strip(" ", start: 1, stop: 0),
    ]
    var decoder = StreamingDecoder(try ToyVocabulary.tokenizer(description))
    #expect(try [256, 256, 98].map { try decoder.string(appending: $0) } == ["a", " a", "b"])
    #expect(decoder.finish() == [])
  }

  private static func expectSame(_ tokenizer: Tokenizer, _ ids: [UInt32]) throws {
    var decoder = StreamingDecoder(tokenizer)
    var bytes: [UInt8] = []
    for id in ids { bytes += try decoder.append(id) }
    bytes += decoder.finish()
    let expected = try tokenizer.decode(ids)
    #expect(bytes == expected, "\(tokenizer.vocabulary.configuration.decoding) \(ids)")
  }
}
