public import Bytes
internal import OrderedJSON

/// Reads a Hugging Face `tokenizer.json` of a byte-level BPE model.
///
/// What the file asks for and cpc does not do is an error that names it.
public struct TokenizerJSONReader {
  private let root: JSONNode
  private let source: String

  /// Parses the file.
  ///
  /// - Parameter source: the file's name for messages.
  /// - Throws: `VocabularyError` if it is not JSON.
  public init(_ bytes: [UInt8], source: String) throws(VocabularyError) {
    self.source = source
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
    if case .bool(true)? = model["byte_fallback"]?.value {
      throw unsupported("model.byte_fallback", "true")
    }
    let addedTokens = try readAddedTokens()
    let tokens = try readTokens(model, addedTokens)
    var ignoresMerges = false
    if case .bool(true)? = model["ignore_merges"]?.value { ignoresMerges = true }
    return VocabularyDescription(
      name: name, tokens: tokens, merges: try readMerges(model, tokens: tokens),
      configuration: VocabularyConfiguration(
        normalization: try readNormalization(), splitPatterns: try readSplitPatterns(),
        ignoresMerges: ignoresMerges, addedTokens: addedTokens))
  }
}

// MARK: - Model

extension TokenizerJSONReader {
  /// The tokens of the model by id. Those that are added tokens too are left to those.
  private func readTokens(
    _ model: JSONNode, _ addedTokens: [AddedToken]
  ) throws(VocabularyError) -> [ByteString] {
    guard case .object(let members)? = model["vocab"]?.value else { throw missing("model.vocab") }
    var contents: [UInt32: ByteString] = [:]
    for token in addedTokens { contents[token.id] = token.content }
    var tokens = [ByteString?](repeating: nil, count: members.count)
    for member in members {
      guard case .number(let number) = member.node.value, let id = number.integer,
        tokens.indices.contains(id), tokens[id] == nil
      else { throw invalid("model.vocab", "the ids are not 0 to \(members.count - 1)") }
      if contents[UInt32(id)] == member.key {
        tokens[id] = ByteString()
      } else if let bytes = ByteLevelAlphabet.decode(member.key.bytes) {
        tokens[id] = ByteString(bytes)
      } else {
        throw unsupported("model.vocab", "a token that is not byte-level: \(member.key)")
      }
    }
    return tokens.compactMap { $0 }
  }

  private func readMerges(
    _ model: JSONNode, tokens: [ByteString]
  ) throws(VocabularyError) -> [VocabularyDescription.Merge] {
    guard case .array(let nodes)? = model["merges"]?.value else { throw missing("model.merges") }
    var ids: [ByteString: UInt32] = [:]
    ids.reserveCapacity(tokens.count)
    for (id, token) in tokens.enumerated() where !token.isEmpty { ids[token] = UInt32(id) }
    var merges: [VocabularyDescription.Merge] = []
    merges.reserveCapacity(nodes.count)
    for (rank, node) in nodes.enumerated() {
      guard let (left, right) = Self.pair(node),
        let leftID = ids[left], let rightID = ids[right],
        let result = ids[ByteString(left.bytes + right.bytes)]
      else { throw invalid("model.merges[\(rank)]", "not a pair of tokens that make a token") }
      merges.append(VocabularyDescription.Merge(left: leftID, right: rightID, result: result))
    }
    return merges
  }

  /// The two parts of a merge, which is spelled `["a", "b"]` or `"a b"`.
  private static func pair(_ node: JSONNode) -> (ByteString, ByteString)? {
    var parts: [[UInt8]] = []
    switch node.value {
    case .array(let elements):
      for case .string(let part) in elements.map(\.value) { parts.append(part.bytes) }
    case .string(let text):
      parts = text.bytes.split(separator: 0x20).map { Array($0) }
    default: return nil
    }
    guard parts.count == 2, let left = ByteLevelAlphabet.decode(parts[0]),
      let right = ByteLevelAlphabet.decode(parts[1])
    else { return nil }
    return (ByteString(left), ByteString(right))
  }
}

// MARK: - What surrounds the model

extension TokenizerJSONReader {
  private func readNormalization()
    throws(VocabularyError) -> VocabularyConfiguration.Normalization
  {
    guard let normalizer = root["normalizer"], case .object = normalizer.value else { return .none }
    switch kind(of: normalizer) {
    case "NFC": return .nfc
    case "Sequence":
      if case .array(let steps)? = normalizer["normalizers"]?.value, steps.isEmpty { return .none }
      throw unsupported("normalizer", "a Sequence of normalizers")
    default: throw unsupported("normalizer", kind(of: normalizer))
    }
  }

  /// The regular expressions of the `Split`s that stand before `ByteLevel`, or that of a `ByteLevel`
  /// alone.
  private func readSplitPatterns() throws(VocabularyError) -> [ByteString] {
    let preTokenizer = try object("pre_tokenizer", in: root)
    if kind(of: preTokenizer) == "ByteLevel" {
      try checkByteLevel(preTokenizer, "pre_tokenizer", usesPattern: true)
      return [Self.byteLevelPattern]
    }
    guard case .array(let steps)? = preTokenizer["pretokenizers"]?.value, let last = steps.last,
      steps.count > 1, kind(of: last) == "ByteLevel"
    else { throw unsupported("pre_tokenizer", "anything but Splits, then ByteLevel") }
    try checkByteLevel(
      last, "pre_tokenizer.pretokenizers[\(steps.count - 1)]", usesPattern: false)
    var patterns: [ByteString] = []
    for (index, step) in steps.dropLast().enumerated() {
      patterns.append(try readSplit(step, "pre_tokenizer.pretokenizers[\(index)]"))
    }
    return patterns
  }

  /// The pattern of GPT-2, which `ByteLevel` splits with if it is told to.
  private static let byteLevelPattern: ByteString =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  private func checkByteLevel(
    _ step: JSONNode, _ field: String, usesPattern: Bool
  ) throws(VocabularyError) {
    guard case .bool(false)? = step["add_prefix_space"]?.value else {
      throw unsupported("\(field).add_prefix_space", "true")
    }
    var isUsed = true
    if case .bool(false)? = step["use_regex"]?.value { isUsed = false }
    guard isUsed == usesPattern else {
      throw unsupported("\(field).use_regex", isUsed ? "true behind Splits" : "false alone")
    }
  }

  /// The pattern of a `Split`. Keeping the matches and dropping the rest is the same as keeping both
  /// for a pattern that matches everything, as that of o200k does.
  private func readSplit(_ step: JSONNode, _ field: String) throws(VocabularyError) -> ByteString {
    guard kind(of: step) == "Split" else { throw unsupported(field, kind(of: step)) }
    guard case .string(let pattern)? = step["pattern"]?["Regex"]?.value else {
      throw unsupported("\(field).pattern", "anything but a Regex")
    }
    var isInverted = false
    if case .bool(true)? = step["invert"]?.value { isInverted = true }
    guard case .string(let behavior)? = step["behavior"]?.value else {
      throw missing("\(field).behavior")
    }
    let matchesEverything = SplitFamily([pattern]) != nil
    switch (behavior, isInverted) {
    case ("Isolated", false): return pattern
    case ("Removed", true) where matchesEverything: return pattern
    default:
      throw unsupported(
        "\(field).behavior", "\(behavior)\(isInverted ? ", inverted" : "")")
    }
  }

  private func readAddedTokens() throws(VocabularyError) -> [AddedToken] {
    guard case .array(let nodes)? = root["added_tokens"]?.value else { return [] }
    var tokens: [AddedToken] = []
    for (index, node) in nodes.enumerated() {
      guard let token = AddedToken(node) else {
        throw invalid("added_tokens[\(index)]", "needs an id and a content")
      }
      tokens.append(token)
    }
    return tokens.sorted { $0.id < $1.id }
  }
}

// MARK: - Errors

extension TokenizerJSONReader {
  private func object(_ key: ByteString, in node: JSONNode) throws(VocabularyError) -> JSONNode {
    guard let value = node[key], case .object = value.value else { throw missing(key.string) }
    return value
  }

  private func requireAbsent(_ key: ByteString, in model: JSONNode) throws(VocabularyError) {
    switch model[key]?.value {
    case nil, .null: return
    case .string(let text)? where text.isEmpty: return
    default: throw unsupported("model.\(key)", "set")
    }
  }

  private func kind(of node: JSONNode) -> String {
    if case .string(let type)? = node["type"]?.value { type.string } else { "without a type" }
  }

  private func missing(_ field: String) -> VocabularyError {
    VocabularyError(source: source, message: "\(field) is missing")
  }

  private func invalid(_ field: String, _ reason: String) -> VocabularyError {
    VocabularyError(source: source, message: "\(field): \(reason)")
  }

  private func unsupported(_ field: String, _ value: String) -> VocabularyError {
    VocabularyError(source: source, message: "\(field): not supported: \(value)")
  }
}
