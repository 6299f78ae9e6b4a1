internal import Bytes
internal import OrderedJSON

extension TokenizerJSONReader {
  /// The spellings of the tokens of the model by id.
  func readVocabulary(_ model: JSONNode) throws(VocabularyError) -> [ByteString] {
    guard case .object(let members)? = model["vocab"]?.value else { throw missing("model.vocab") }
    guard members.count <= VocabularyFormat.tokenLimit else {
      throw unsupported("model.vocab", "more than \(VocabularyFormat.tokenLimit) tokens")
    }
    var tokens = [ByteString?](repeating: nil, count: members.count)
    var seen: Set<ByteString> = []
    for member in members {
      guard case .number(let number) = member.node.value, let id = number.integer,
        tokens.indices.contains(id), tokens[id] == nil
      else { throw invalid("model.vocab", "the ids are not 0 to \(members.count - 1)") }
      guard seen.insert(member.key).inserted else {
        throw invalid("model.vocab", "the token \(member.key) again")
      }
      tokens[id] = member.key
    }
    return tokens.compactMap { $0 }
  }

  /// The merges, which are spelled as the tokens are: `["a", "b"]` or `"a b"`.
  func readMerges(
    _ model: JSONNode, ids: [ByteString: UInt32]
  ) throws(VocabularyError) -> [VocabularyDescription.Merge] {
    guard case .array(let nodes)? = model["merges"]?.value else { throw missing("model.merges") }
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

  private static func pair(_ node: JSONNode) -> (ByteString, ByteString)? {
    var parts: [ByteString] = []
    switch node.value {
    case .array(let elements):
      for case .string(let part) in elements.map(\.value) { parts.append(part) }
    case .string(let text): parts = text.bytes.split(separator: 0x20).map { ByteString($0) }
    default: return nil
    }
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }
}

// MARK: - Characters

extension TokenizerJSONReader {
  /// A vocabulary whose tokens are spelled as they are, but for those of bytes: `<0x0A>`.
  func readCharacters(
    _ model: JSONNode, _ name: ByteString, _ given: VocabularyConfiguration
  ) throws(VocabularyError) -> VocabularyDescription {
    var configuration = given
    let entries = try readVocabulary(model)
    var ids: [ByteString: UInt32] = [:]
    for (id, entry) in entries.enumerated() { ids[entry] = UInt32(id) }
    var tokens = entries
    var byteTokens: [UInt32?] = []
    if flag("byte_fallback", in: model) {
      if configuration.ignoresMerges {
        throw unsupported("model.byte_fallback", "with ignore_merges")
      }
      byteTokens = (UInt8.min...UInt8.max).map { ids[ByteTokenSpelling.spelling(of: $0)] }
      for (byte, id) in byteTokens.enumerated() {
        if let id { tokens[Int(id)] = ByteString([UInt8(byte)]) }
      }
      // An added token stands for itself in text, whatever it is in the model.
      for token in configuration.addedTokens {
        if byteTokens.contains(token.id) { tokens[Int(token.id)] = ByteString() }
      }
    }
    configuration.characters = CharacterModel(
      unknownToken: try readUnknownToken(model, ids), fusesUnknown: flag("fuse_unk", in: model))
    let merges = try readMerges(model, ids: ids)
    if configuration.splits.isEmpty, configuration.splitPatterns.isEmpty,
      !configuration.ignoresMerges,
      WordStart.isSafe(spellings: entries, merges: merges)
    {
      configuration.splitPatterns = [WordStart.pattern]
    }
    var description = VocabularyDescription(
      name: name, tokens: tokens, merges: merges, configuration: configuration)
    description.byteTokens = byteTokens
    return description
  }

  private func readUnknownToken(
    _ model: JSONNode, _ ids: [ByteString: UInt32]
  ) throws(VocabularyError) -> UInt32? {
    switch model["unk_token"]?.value {
    case nil, .null: return nil
    case .string(let text):
      guard let id = ids[text] else {
        throw invalid("model.unk_token", "\(text) is not in model.vocab")
      }
      return id
    default: throw invalid("model.unk_token", "expected a string")
    }
  }
}
