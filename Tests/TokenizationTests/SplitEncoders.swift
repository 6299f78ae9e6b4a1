import Bytes
import TestSupport
import Tokenization

/// Encoders that split as a shipped vocabulary does, over a toy vocabulary without added tokens.
enum SplitEncoders {
  /// A vocabulary for each family of split patterns.
  static let names: [ByteString] = [
    "qwen3", "qwen3.5", "cl100k", "o200k", "tekken", "deepseek-v3",
  ]

  /// The split patterns of the vocabulary `name`.
  static func patterns(of name: ByteString) throws -> [ByteString] {
    let catalog = try VocabularyCatalog(
      folder: Shared.packageRoot + "/tokenizers", cacheFolder: nil)
    return try catalog.configuration(of: name).configuration.splitPatterns
  }

  /// An encoder with the split patterns of the vocabulary `name`, and otherwise as told.
  static func encoder(
    _ name: ByteString, normalization: VocabularyConfiguration.Normalization = .none,
    addedTokens: [AddedToken] = []
  ) throws -> TextEncoder {
    var generator = SeededGenerator(seed: 13)
    var description = ToyVocabulary.random(using: &generator)
    let first = description.tokens.count
    description.configuration.splitPatterns = try patterns(of: name)
    description.configuration.normalization = normalization
    description.configuration.addedTokens = addedTokens.enumerated().map { index, token in
      var token = token
      token.id = UInt32(first + index)
      return token
    }
    let vocabulary = try Vocabulary(
      bytes: try VocabularyCompiler.compile(description, source: "toy"), source: "toy")
    return try Tokenizer(vocabulary).makeEncoder()
  }
}
