internal import Bytes
internal import OrderedJSON
internal import Tokenization

/// A GGUF file: what its metadata says beside the vocabulary.
struct ModelFile {
  private let metadata: GGUFMetadata

  /// Reads the metadata.
  ///
  /// - Throws: `CompilationError` if it is no GGUF file.
  init(path: String) throws(CompilationError) {
    metadata = try CompilationError.of { () throws(VocabularyError) in try GGUFMetadata(path: path)
    }
  }

  /// The chat templates, `tokenizer.chat_template` and `tokenizer.chat_template.tool_use`.
  ///
  /// - Returns: nil if there is none.
  /// - Throws: `CompilationError` if one cannot be compiled.
  func templates() throws(CompilationError) -> ModelTemplates? {
    func template(_ key: ByteString) throws(CompilationError) -> ModelTemplate? {
      guard let source = try string(key) else { return nil }
      return try ModelTemplate(source: source.bytes, name: "\(metadata.source):\(key)")
    }
    guard let standard = try template("tokenizer.chat_template") else { return nil }
    return ModelTemplates(
      standard, withTools: try template("tokenizer.chat_template.tool_use"))
  }

  /// The special tokens that a template can name, by the ids that the metadata gives them.
  ///
  /// - Throws: `CompilationError` if the metadata is malformed.
  func specialTokens() throws(CompilationError) -> [JSONMember] {
    // `seperator` and `unknown` are the format's own spelling.
    let keys: [(name: ByteString, key: String)] = [
      ("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"),
      ("sep_token", "seperator"), ("pad_token", "padding"), ("cls_token", "cls"),
      ("mask_token", "mask"),
    ]
    let tokens = try CompilationError.of { () throws(VocabularyError) in
      try metadata.strings("tokenizer.ggml.tokens") ?? []
    }
    var members: [JSONMember] = []
    for (name, key) in keys {
      guard let id = try integer(ByteString("tokenizer.ggml.\(key)_token_id")),
        tokens.indices.contains(id)
      else { continue }
      let text = ByteString(metadata.bytes(in: tokens[id]))
      members.append(JSONMember(name, JSONNode(.string(text))))
    }
    return members
  }

  /// The special tokens that llama.cpp puts in front of a text; nil if the metadata does not say, or says that one
  /// comes behind it.
  ///
  /// - Throws: `CompilationError` if the metadata is malformed.
  func textPrefix() throws(CompilationError) -> [ByteString]? {
    guard try bool("tokenizer.ggml.add_eos_token") != true else { return nil }
    // Of SentencePiece's models the token comes first unless something else is said.
    let isSentencePiece = try string("tokenizer.ggml.model") == "llama"
    let isAdded = try bool("tokenizer.ggml.add_bos_token") ?? (isSentencePiece ? true : nil)
    guard let isAdded else { return nil }
    guard isAdded else { return [] }
    let first = try specialTokens().first { $0.key == "bos_token" }?.node.string
    return first.map { [$0] }
  }

  /// The most tokens of a prompt; nil if the metadata does not say.
  ///
  /// - Throws: `CompilationError` if the metadata is malformed.
  func contextLength() throws(CompilationError) -> Int? {
    guard let architecture = try string("general.architecture"),
      let length = try integer(ByteString("\(architecture).context_length")), length > 0
    else { return nil }
    return length
  }

  private func string(_ key: ByteString) throws(CompilationError) -> ByteString? {
    try CompilationError.of { () throws(VocabularyError) in try metadata.string(key) }
  }

  private func bool(_ key: ByteString) throws(CompilationError) -> Bool? {
    try CompilationError.of { () throws(VocabularyError) in try metadata.bool(key) }
  }

  private func integer(_ key: ByteString) throws(CompilationError) -> Int? {
    try CompilationError.of { () throws(VocabularyError) in try metadata.integer(key) }
  }
}
