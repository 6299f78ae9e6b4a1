public import Bytes
internal import OrderedJSON

/// Reads Mistral's `tekken.json`.
public enum TekkenReader {
  /// Returns the tokens, merges and configuration of the file.
  ///
  /// Of the ranks that the file lists only those are used that fit into the vocabulary's size, and a
  /// token's id is its rank plus the number of special tokens.
  ///
  /// - Parameters:
  ///   - source: the file's name for messages.
  ///   - addedTokens: the special tokens, for a file that does not list them.
  /// - Throws: `VocabularyError` with the field that is missing or wrong.
  public static func read(
    _ bytes: [UInt8], source: String, name: ByteString, addedTokens: [AddedToken]
  ) throws(VocabularyError) -> VocabularyDescription {
    let root: JSONNode
    do {
      root = try JSONParser.parse(bytes)
    } catch {
      throw VocabularyError(source: source, message: error.description)
    }
    guard let config = root["config"],
      case .string(let pattern)? = config["pattern"]?.value,
      let size = integer(config["default_vocab_size"]),
      let specialCount = integer(config["default_num_special_tokens"]),
      (0..<VocabularyFormat.tokenLimit).contains(specialCount),
      (specialCount + 1...VocabularyFormat.tokenLimit).contains(size),
      case .array(let entries)? = root["vocab"]?.value
    else {
      throw VocabularyError(
        source: source,
        message: "needs config.pattern, default_vocab_size, default_num_special_tokens and vocab")
    }
    guard specialCount <= 2 * entries.count + 1024 else {
      throw VocabularyError(
        source: source,
        message: "default_num_special_tokens: \(specialCount) in a file of \(entries.count) tokens")
    }
    var ranked: [ByteString] = []
    var contents: Set<ByteString> = []
    for (index, entry) in entries.prefix(size - specialCount).enumerated() {
      guard integer(entry["rank"]) == index,
        case .string(let text)? = entry["token_bytes"]?.value,
        let content = Base64.decode(text.bytes[...])
      else {
        throw VocabularyError(source: source, message: "vocab[\(index)] needs its rank and bytes")
      }
      guard !content.isEmpty, content.count <= TiktokenReader.lengthLimit else {
        throw VocabularyError(
          source: source, message: "vocab[\(index)]: a token of \(content.count) bytes")
      }
      guard contents.insert(ByteString(content)).inserted else {
        throw VocabularyError(
          source: source, message: "vocab[\(index)]: the token \(text) again")
      }
      ranked.append(ByteString(content))
    }
    let specials = try readSpecialTokens(root, source) ?? addedTokens
    let firstID = UInt32(specialCount)
    return VocabularyDescription(
      name: name, tokens: Array(repeating: ByteString(), count: specialCount) + ranked,
      merges: VocabularyDescription.merges(ofRanked: ranked, firstID: firstID),
      configuration: VocabularyConfiguration(
        normalization: .none, splitPatterns: [pattern], ignoresMerges: true,
        addedTokens: specials))
  }

  /// The special tokens that the file lists; nil if it lists none.
  private static func readSpecialTokens(
    _ root: JSONNode, _ source: String
  ) throws(VocabularyError) -> [AddedToken]? {
    guard case .array(let entries)? = root["special_tokens"]?.value else { return nil }
    var tokens: [AddedToken] = []
    for (index, entry) in entries.enumerated() {
      guard let rank = integer(entry["rank"]), (0..<VocabularyFormat.tokenLimit).contains(rank),
        case .string(let text)? = entry["token_str"]?.value, !text.isEmpty
      else {
        throw VocabularyError(
          source: source, message: "special_tokens[\(index)] needs a rank and token_str")
      }
      tokens.append(AddedToken(id: UInt32(rank), content: text))
    }
    return tokens
  }

  private static func integer(_ node: JSONNode?) -> Int? {
    if case .number(let number)? = node?.value { number.integer } else { nil }
  }
}
