import Bytes
import TestSupport
import Testing
import TextProcessing
import Tokenization

/// The vectors are of `tokenizers` 0.23.3; `Scripts/generate_character_vectors.py` writes them.
@Suite struct CharacterVocabularyTests {
  static let variants = [
    "llama-2", "gemma", "metaspace-always", "metaspace-first", "metaspace-never", "unknown",
    "unknown-apart", "no-unknown", "splits", "whole",
  ]

  @Test(arguments: variants)
  func equalsTheReference(variant: String) throws {
    let tokenizer = try CharacterVocabulary.tokenizer(variant)
    let vectors = try CharacterVocabulary.vectors("vectors.jsonl").filter { $0.variant == variant }
    #expect(vectors.count > 30)
    for vector in vectors {
      let text = ByteString(vector.text)
      #expect(try tokenizer.encode(vector.text) == vector.ids, "\(text)")
      // The reference writes U+FFFD for bytes that are no text.
      let decoded = String(decoding: try tokenizer.decode(vector.ids), as: UTF8.self)
      if decoded.unicodeScalars.contains("\u{FFFD}") { continue }
      #expect(ByteString(decoded) == ByteString(vector.decoded), "\(text)")
    }
  }

  /// What the metadata says of a vocabulary is all that is needed to use it.
  @Test(arguments: variants)
  func metadataHoldsTheConfiguration(variant: String) throws {
    let configuration = try CharacterVocabulary.description(variant).configuration
    #expect(try CharacterVocabulary.tokenizer(variant).vocabulary.configuration == configuration)
  }

  @Test(arguments: ["llama-2", "gemma", "metaspace-first"])
  func decodingGivesTheTextBack(variant: String) throws {
    let tokenizer = try CharacterVocabulary.tokenizer(variant)
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<500 {
      // Text that begins with a blank loses it to `prepend_scheme` in the reference too.
      let text = Array("x".utf8) + RandomText.text(length: 40, using: &generator)
      let ids = try tokenizer.encode(text, addedTokens: .ignored)
      #expect(try tokenizer.decode(ids) == Self.withBlanks(text))
    }
  }

  /// `▁` itself comes back as a blank.
  private static func withBlanks(_ text: [UInt8]) -> [UInt8] {
    Array(String(decoding: text, as: UTF8.self).utf8).replacing([0xE2, 0x96, 0x81], with: [0x20])
  }

  /// Cutting before words is an optimisation: whole documents give the same tokens.
  @Test func cutsBeforeWordsChangeNothing() throws {
    let description = try CharacterVocabulary.description("llama-2")
    #expect(description.configuration.splitPatterns.count == 1)
    var uncut = description
    uncut.configuration.splitPatterns = []
    let cutting = try ToyVocabulary.tokenizer(description)
    let whole = try ToyVocabulary.tokenizer(uncut)
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<1_500 {
      var text = RandomText.text(length: 30, using: &generator)
      for word in ["\u{2581}the", " ", "  prefix", "\u{2581}\u{2581}"].shuffled(using: &generator) {
        text += word.utf8
      }
      #expect(try cutting.encode(text) == whole.encode(text))
    }
  }

  /// A merge that reaches over the beginning of a word forbids the cuts.
  @Test func doesNotCutWhereAMergeReachesOverWords() throws {
    let text = """
      {"added_tokens":[],"normalizer":null,"pre_tokenizer":null,"decoder":null,"model":{"type":"BPE",
       "vocab":{"a":0,"\u{2581}":1,"a\u{2581}":2},"merges":[["a","\u{2581}"]]}}
      """
    let description = try TokenizerJSONReader(Array(text.utf8), source: "x").read(name: "toy")
    #expect(description.configuration.splitPatterns.isEmpty)
    let tokenizer = try ToyVocabulary.tokenizer(description)
    #expect(try tokenizer.encode(Array("a\u{2581}a?b".utf8)) == [2, 0])
    #expect(try tokenizer.encode(Array("?".utf8)).isEmpty)
  }

  @Test(arguments: variants)
  func endsOfTokensLieInTheText(variant: String) throws {
    let encoder = try CharacterVocabulary.tokenizer(variant).makeEncoder()
    for vector in try CharacterVocabulary.vectors("vectors.jsonl") {
      let encoded = try encoder.encode(vector.text, recordingEnds: true)
      #expect(encoded.ends.count == encoded.ids.count)
      #expect(encoded.ends == encoded.ends.sorted())
      #expect(encoded.ends.allSatisfy { (0...vector.text.count).contains($0) })
    }
  }

  @Test func endsOfTokensFollowTheTextWithoutThePrefix() throws {
    let tokenizer = try CharacterVocabulary.tokenizer("llama-2")
    let text = Array("The router picks a node, 路由器 \u{1F980} end".utf8)
    let encoded = try tokenizer.makeEncoder().encode(text, recordingEnds: true)
    #expect(encoded.ends.last == text.count)
    var start = 0
    for (id, end) in zip(encoded.ids, encoded.ends) {
      let bytes = tokenizer.vocabulary.bytes(of: id).map { Array($0) } ?? []
      let token = bytes.replacing([0xE2, 0x96, 0x81], with: [0x20])
      #expect(token == Array(text[start..<end]) || start == 0)
      start = end
    }
  }

  @Test func findsAddedTokensInNormalizedTextAtTheirPlaces() throws {
    let tokenizer = try CharacterVocabulary.tokenizer("gemma")
    let found = tokenizer.addedTokens(in: Array("é <Norm al> <s>".utf8))
    #expect(found.map(\.range) == [ByteRange(3, 12), ByteRange(13, 16)])
  }

  @Test func takesLongTextsWithoutSlowingDown() throws {
    let tokenizer = try CharacterVocabulary.tokenizer("llama-2")
    for unit in ["a", " ", "\n", "ab", "é", "日", "\u{2581}", "\u{1F980}"] {
      let text = Array(String(repeating: unit, count: 300_000 / unit.utf8.count).utf8)
      #expect(try !tokenizer.encode(text).isEmpty)
    }
  }
}
