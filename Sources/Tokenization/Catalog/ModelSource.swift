public import Bytes

/// The file that a model's vocabulary is read from.
public enum ModelSource: Hashable, Sendable {
  /// A Hugging Face `tokenizer.json`.
  case tokenizerJSON(path: String)
  /// Mistral's `tekken.json`.
  case tekken(path: String)
  /// `tokenizer.model`: SentencePiece's, or a tiktoken rank file of Llama 3 and 4.
  case sentencePiece(path: String)
  /// A tiktoken rank file: `tiktoken.model` or `qwen.tiktoken`.
  case ranks(path: String)
  /// GPT-2's `vocab.json`, with `merges.txt` beside it.
  case vocabularyJSON(path: String)
  /// A GGUF file.
  case gguf(path: String)

  /// The file's path.
  public var path: String {
    switch self {
    case .tokenizerJSON(let path), .tekken(let path), .sentencePiece(let path),
      .ranks(let path),
      .vocabularyJSON(let path), .gguf(let path):
      path
    }
  }

  /// Finds the model that `name` leads to: a folder in the layout of Hugging Face, a `.gguf` file, or
  /// `ORG/NAME` in the cache of Hugging Face, in this order.
  ///
  /// - Parameter cache: where `ORG/NAME` is looked up.
  /// - Returns: nil if `name` is neither a folder nor a path nor `ORG/NAME`.
  /// - Throws: `VocabularyError` that says where it looked, if nothing is there.
  public static func named(
    _ name: ByteString, cache: HuggingFaceCache? = .located()
  ) throws(VocabularyError) -> ModelSource? {
    try ModelLocation.named(name, cache: cache).map { location throws(VocabularyError) in
      try ModelSource(in: location)
    }
  }

  /// Finds the file in a model that the vocabulary is read from.
  ///
  /// - Throws: `VocabularyError` if a folder has none of those that cpc reads.
  public init(in location: ModelLocation) throws(VocabularyError) {
    switch location {
    case .folder(let path): self = try Self.tokenizer(in: path)
    case .gguf(let path): self = .gguf(path: path)
    }
  }

  /// The first of the files that cpc reads of which `folder` has one.
  private static func tokenizer(in folder: String) throws(VocabularyError) -> ModelSource {
    func has(_ name: String) -> Bool { Files.exists("\(folder)/\(name)") }
    if has("tokenizer.json") { return .tokenizerJSON(path: folder + "/tokenizer.json") }
    if has("tekken.json") { return .tekken(path: folder + "/tekken.json") }
    switch (has("vocab.json"), has("merges.txt")) {
    case (true, true): return .vocabularyJSON(path: folder + "/vocab.json")
    case (true, false):
      throw VocabularyError(source: folder, message: "vocab.json is there, merges.txt is missing")
    case (false, true):
      throw VocabularyError(source: folder, message: "merges.txt is there, vocab.json is missing")
    case (false, false): break
    }
    if has("tokenizer.model") { return .sentencePiece(path: folder + "/tokenizer.model") }
    if has("tiktoken.model") { return .ranks(path: folder + "/tiktoken.model") }
    if has("qwen.tiktoken") { return .ranks(path: folder + "/qwen.tiktoken") }
    throw VocabularyError(
      source: folder,
      message:
        "holds no tokenizer.json, tekken.json, tokenizer.model, tiktoken.model, or vocab.json with "
        + "merges.txt")
  }
}
