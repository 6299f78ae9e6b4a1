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
