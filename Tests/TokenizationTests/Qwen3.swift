import Bytes
import TestSupport
import Tokenization

/// The shipped vocabulary of Qwen3.
enum Qwen3 {
  static let tokenizer: Result<Tokenizer, any Error> = Result {
    let catalog = try VocabularyCatalog(
      folder: Shared.packageRoot + "/tokenizers", cacheFolder: nil)
    return try Tokenizer(try catalog.open("qwen3"))
  }
}

/// The vocabularies that ship, by name.
enum Shipped {
  private static let catalog = Result {
    try VocabularyCatalog(folder: Shared.packageRoot + "/tokenizers", cacheFolder: nil)
  }

  /// The tokenizer of the vocabulary `name`.
  static func tokenizer(_ name: ByteString) throws -> Tokenizer {
    try Tokenizer(try catalog.get().open(name))
  }
}
