public import Bytes
internal import OrderedJSON

/// Reads a Hugging Face `tokenizer.json` of a BPE model, whose merges begin with bytes (GPT-2, Llama 3,
/// Qwen) or with characters (SentencePiece: Llama 2, Mistral, Gemma).
///
/// What the file asks for and cpc does not do is an error that names it.
public struct TokenizerJSONReader: Sendable {
  let root: JSONNode
  let source: String

  private let configuration: TokenizerConfiguration

  /// Takes a file that is parsed.
  init(root: JSONNode, source: String, configuration: TokenizerConfiguration) {
    self.root = root
    self.source = source
    self.configuration = configuration
  }

  /// Parses the file.
  ///
  /// - Parameters:
  ///   - source: the file's name for messages.
  ///   - configuration: what `tokenizer_config.json` beside it says.
  /// - Throws: `VocabularyError` if it is not JSON.
  public init(
    _ bytes: [UInt8], source: String, configuration: TokenizerConfiguration = .init()
  ) throws(VocabularyError) {
    self.source = source
    self.configuration = configuration
    do {
      root = try JSONParser.parse(bytes)
    } catch {
      throw VocabularyError(source: source, message: error.description)
    }
  }

  /// Returns the tokens, merges and configuration of the file.
  ///
  /// - Throws: `VocabularyError` with the field that is missing or unsupported.
  public func read(name: ByteString) throws(VocabularyError) -> VocabularyDescription {
    let model = try object("model", in: root)
    if case .string(let type)? = model["type"]?.value, type != "BPE" {
      throw unsupported("model.type", type.string)
    }
    try requireAbsent("dropout", in: model)
    try requireAbsent("continuing_subword_prefix", in: model)
    try requireAbsent("end_of_word_suffix", in: model)
    var configuration = VocabularyConfiguration(
      normalization: .none, splitPatterns: [], ignoresMerges: flag("ignore_merges", in: model),
      addedTokens: try readAddedTokens())
    try readNormalizers(into: &configuration)
    let isByteLevel = try readPreTokenizers(into: &configuration)
    configuration.decoding = try readDecoding(isByteLevel: isByteLevel)
    return isByteLevel
      ? try readBytes(model, name, configuration) : try readCharacters(model, name, configuration)
  }

  /// A vocabulary whose tokens are spelled in the byte-level alphabet.
  private func readBytes(
    _ model: JSONNode, _ name: ByteString, _ configuration: VocabularyConfiguration
  ) throws(VocabularyError) -> VocabularyDescription {
    let entries = try readVocabulary(model)
    var contents: [UInt32: ByteString] = [:]
    for token in configuration.addedTokens { contents[token.id] = token.content }
    var tokens: [ByteString] = []
    var ids: [ByteString: UInt32] = [:]
    for (id, entry) in entries.enumerated() {
      let isAdded = contents[UInt32(id)] == entry
      if let bytes = ByteLevelAlphabet.decode(entry.bytes), !isAdded || bytes == entry.bytes {
        tokens.append(isAdded && bytes.count > 1 ? ByteString() : ByteString(bytes))
        ids[entry] = UInt32(id)
      } else if isAdded {
        tokens.append(ByteString())
      } else {
        throw unsupported("model.vocab", "a token that is not byte-level: \(entry)")
      }
    }
    let merges = try readMerges(model, ids: ids)
    // An added token is left to the added tokens, unless merges name it: then text leads to it too.
    for id in merges.lazy.flatMap({ [$0.left, $0.right, $0.result] }) where tokens[Int(id)].isEmpty
    {
      tokens[Int(id)] = entries[Int(id)]
    }
    return VocabularyDescription(
      name: name, tokens: tokens, merges: merges, configuration: configuration)
  }
}

// MARK: - Added tokens

extension TokenizerJSONReader {
  /// The added tokens of the file, and those that `tokenizer_config.json` adds, by id.
  func readAddedTokens() throws(VocabularyError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    if case .array(let nodes)? = root["added_tokens"]?.value {
      for (index, node) in nodes.enumerated() {
        guard let token = AddedToken(node) else {
          throw invalid("added_tokens[\(index)]", "needs an id and a content")
        }
        tokens.append(token)
      }
    }
    let contents = Set(tokens.map(\.content))
    let additions = configuration.addedTokens.filter { !contents.contains($0.content) }
    if additions.isEmpty { return tokens.sorted { $0.id < $1.id } }
    var spellings = Dictionary(
      tokens.map { ($0.id, $0.content) }, uniquingKeysWith: { first, _ in first })
    var ids: [ByteString: UInt32] = [:]
    if case .object(let members)? = root["model"]?["vocab"]?.value {
      for member in members {
        guard case .number(let number) = member.node.value,
          let id = number.integer.flatMap({ UInt32(exactly: $0) })
        else { continue }
        ids[member.key] = id
        spellings[id] = member.key
      }
    }
    for token in additions {
      if let id = ids[token.content], id != token.id {
        throw configuration.conflict(token, "has the id \(id) in model.vocab")
      }
      if let other = spellings[token.id], other != token.content {
        throw configuration.conflict(token, "has the id of the token \(other)")
      }
      tokens.append(token)
    }
    return tokens.sorted { $0.id < $1.id }
  }
}

// MARK: - Fields and errors

extension TokenizerJSONReader {
  func flag(_ key: ByteString, in node: JSONNode) -> Bool {
    if case .bool(true)? = node[key]?.value { true } else { false }
  }

  func text(_ key: ByteString, in node: JSONNode) -> ByteString? {
    if case .string(let text)? = node[key]?.value { text } else { nil }
  }

  /// The elements of a `Sequence` under `key`, or the value alone, each with its field; none for null.
  func sequence(
    _ key: ByteString, elements: ByteString
  ) throws(VocabularyError) -> [(field: String, node: JSONNode)] {
    guard let node = root[key] else { return [] }
    if case .null = node.value { return [] }
    guard kind(of: node) == "Sequence" else { return [(key.string, node)] }
    guard case .array(let nodes)? = node[elements]?.value else {
      throw missing("\(key).\(elements)")
    }
    return nodes.enumerated().map { ("\(key).\(elements)[\($0)]", $1) }
  }

  func object(_ key: ByteString, in node: JSONNode) throws(VocabularyError) -> JSONNode {
    guard let value = node[key], case .object = value.value else { throw missing(key.string) }
    return value
  }

  func requireAbsent(_ key: ByteString, in model: JSONNode) throws(VocabularyError) {
    switch model[key]?.value {
    case nil, .null: return
    case .string(let text)? where text.isEmpty: return
    default: throw unsupported("model.\(key)", "set")
    }
  }

  func kind(of node: JSONNode) -> String {
    if case .string(let type)? = node["type"]?.value { type.string } else { "without a type" }
  }

  func missing(_ field: String) -> VocabularyError {
    VocabularyError(source: source, message: "\(field) is missing")
  }

  func invalid(_ field: String, _ reason: String) -> VocabularyError {
    VocabularyError(source: source, message: "\(field): \(reason)")
  }

  func unsupported(_ field: String, _ value: String) -> VocabularyError {
    VocabularyError(source: source, message: "\(field): not supported: \(value)")
  }
}
