public import Bytes

/// Reads the vocabulary of a model out of a GGUF file, `tokenizer.ggml.*`: byte-level BPE (`gpt2`), or
/// SentencePiece's BPE (`llama`).
///
/// What the file asks for and cpc does not do is an error that names it.
public struct GGUFReader: Sendable {
  /// What stands in the file's head.
  public let metadata: GGUFMetadata

  /// Reads from metadata.
  public init(_ metadata: GGUFMetadata) {
    self.metadata = metadata
  }

  /// Returns the chat template that the file carries, `tokenizer.chat_template`; nil if it has none.
  ///
  /// - Throws: `VocabularyError` if it is no string.
  public func chatTemplate() throws(VocabularyError) -> ByteString? {
    try metadata.string("tokenizer.chat_template")
  }

  /// Returns the tokens, merges and configuration of the file.
  ///
  /// - Throws: `VocabularyError` with the key that is missing or unsupported, or the byte offset of
  ///   the token or merge that is wrong.
  public func read(name: ByteString) throws(VocabularyError) -> VocabularyDescription {
    let model = try required("tokenizer.ggml.model")
    if model == "llama" { return try readSentencePiece(name: name) }
    guard model == "gpt2" else { throw unsupported("tokenizer.ggml.model", model.string) }
    let pre = try required("tokenizer.ggml.pre")
    guard let preTokenizer = GGUFPreTokenizer(name: pre) else {
      throw unsupported("tokenizer.ggml.pre", pre.string)
    }
    var (tokens, addedTokens) = try readTokens()
    let merges = try readMerges(tokens: tokens, addedTokens: addedTokens)
    // An added token that merges name is what its text merges to as well.
    let contents = Dictionary(
      addedTokens.map { ($0.id, $0.content) }, uniquingKeysWith: { first, _ in first })
    for id in merges.lazy.flatMap({ [$0.left, $0.right, $0.result] }) where tokens[Int(id)].isEmpty
    {
      tokens[Int(id)] = contents[id] ?? ByteString()
    }
    return VocabularyDescription(
      name: name, tokens: tokens, merges: merges,
      configuration: VocabularyConfiguration(
        normalization: preTokenizer.normalization, splitPatterns: preTokenizer.splitPatterns,
        ignoresMerges: preTokenizer.ignoresMerges, addedTokens: addedTokens))
  }
}

// MARK: - Tokens

extension GGUFReader {
  /// What `tokenizer.ggml.token_type` says of a token. Nothing says it of a file without that array,
  /// in which all are normal.
  enum Kind: Int32 {
    case normal = 1
    case unknown = 2
    case control = 3
    case userDefined = 4
    case unused = 5
    case byte = 6
  }

  private func readTokens() throws(VocabularyError) -> ([ByteString], [AddedToken]) {
    let key: ByteString = "tokenizer.ggml.tokens"
    guard let places = try metadata.strings(key) else { throw missing(key) }
    guard places.count <= VocabularyFormat.tokenLimit else {
      throw error(at: metadata.offset(of: key), "\(key): more than the format can hold")
    }
    let kinds = try readKinds(count: places.count)
    var tokens: [ByteString] = []
    tokens.reserveCapacity(places.count)
    var addedTokens: [AddedToken] = []
    var contents: Set<ByteString> = []
    var addedContents: Set<ByteString> = []
    for (id, place) in places.enumerated() {
      let text = metadata.bytes(in: place)
      var token = ByteString()
      switch kinds?[id] ?? .normal {
      case .normal:
        guard let bytes = ByteLevelAlphabet.decode(text) else {
          throw error(at: place.start, "\(key)[\(id)]: not byte-level: \(ByteString(text))")
        }
        token = ByteString(bytes)
      case .byte:
        guard let byte = ByteTokenSpelling.byte(spelled: text) else {
          throw error(at: place.start, "\(key)[\(id)]: not a byte: \(ByteString(text))")
        }
        token = ByteString([byte])
      case .unused: break
      case .unknown, .control, .userDefined:
        guard UTF8Validation.firstInvalidOffset(in: text) == nil else {
          throw error(at: place.start, "\(key)[\(id)]: not UTF-8")
        }
        if text.isEmpty { break }
        guard addedContents.insert(ByteString(text)).inserted else {
          throw error(at: place.start, "\(key)[\(id)]: the token \(ByteString(text)) again")
        }
        // The reference reads the text of an unknown token only where it reads that of control tokens.
        addedTokens.append(
          AddedToken(
            id: UInt32(id), content: ByteString(text), isSpecial: kinds?[id] != .userDefined))
      }
      guard token.isEmpty || contents.insert(token).inserted else {
        throw error(at: place.start, "\(key)[\(id)]: the token \(token) again")
      }
      tokens.append(token)
    }
    return (tokens, addedTokens)
  }

  func readKinds(count: Int) throws(VocabularyError) -> [Kind]? {
    let key: ByteString = "tokenizer.ggml.token_type"
    guard let numbers = try metadata.integers(key) else { return nil }
    guard numbers.count == count else {
      throw error(
        at: metadata.offset(of: key), "\(key): \(numbers.count) types for \(count) tokens")
    }
    var kinds: [Kind] = []
    kinds.reserveCapacity(count)
    for (id, number) in numbers.enumerated() {
      guard let kind = Kind(rawValue: number) else {
        throw error(at: metadata.offset(of: key), "\(key)[\(id)]: unknown type \(number)")
      }
      kinds.append(kind)
    }
    return kinds
  }
}

// MARK: - Merges

extension GGUFReader {
  private func readMerges(
    tokens: [ByteString], addedTokens: [AddedToken]
  ) throws(VocabularyError) -> [VocabularyDescription.Merge] {
    let key: ByteString = "tokenizer.ggml.merges"
    guard let places = try metadata.strings(key) else { throw missing(key) }
    guard places.count < VocabularyFormat.mergeLimit else {
      throw error(at: metadata.offset(of: key), "\(key): more than the format can hold")
    }
    var ids: [ByteString: UInt32] = [:]
    ids.reserveCapacity(tokens.count)
    for token in addedTokens
    where ByteLevelAlphabet.decode(token.content.bytes) == token.content.bytes {
      ids[token.content] = token.id
    }
    for (id, token) in tokens.enumerated() where !token.isEmpty { ids[token] = UInt32(id) }
    var merges: [VocabularyDescription.Merge] = []
    merges.reserveCapacity(places.count)
    for (rank, place) in places.enumerated() {
      let parts = metadata.bytes(in: place).split(
        separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard parts.count == 2, let left = ByteLevelAlphabet.decode(Array(parts[0])),
        let right = ByteLevelAlphabet.decode(Array(parts[1])),
        let leftID = ids[ByteString(left)], let rightID = ids[ByteString(right)],
        let result = ids[ByteString(left + right)]
      else {
        throw error(
          at: place.start, "\(key)[\(rank)]: not a pair of tokens that make a token")
      }
      merges.append(VocabularyDescription.Merge(left: leftID, right: rightID, result: result))
    }
    return merges
  }
}

// MARK: - Errors

extension GGUFReader {
  func required(_ key: ByteString) throws(VocabularyError) -> ByteString {
    guard let value = try metadata.string(key) else { throw missing(key) }
    return value
  }

  func missing(_ key: ByteString) -> VocabularyError {
    error(at: metadata.byteCount, "the metadata ends without \(key)")
  }

  func unsupported(_ key: ByteString, _ value: String) -> VocabularyError {
    error(at: metadata.offset(of: key), "not supported: \(key): \(value)")
  }

  func error(at offset: Int?, _ message: String) -> VocabularyError {
    VocabularyError(source: metadata.source, message: "byte \(offset ?? 0): \(message)")
  }
}
