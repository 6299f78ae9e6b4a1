public import Bytes
internal import OrderedJSON

/// What a vocabulary does with text before and beside the merges.
public struct VocabularyConfiguration: Hashable, Sendable {
  /// How text is normalised before it is split.
  public enum Normalization: String, Sendable {
    case none
    case nfc
  }

  /// How text is normalised before it is split.
  public var normalization: Normalization
  /// The regular expression whose matches are the pieces, in the syntax of the model's own files.
  public var splitPattern: ByteString
  /// Whether a piece that is a token is that token even if the merges lead elsewhere.
  public var ignoresMerges: Bool
  /// The tokens outside the merges, by id.
  public var addedTokens: [AddedToken]

  /// Makes a configuration.
  public init(
    normalization: Normalization, splitPattern: ByteString, ignoresMerges: Bool,
    addedTokens: [AddedToken]
  ) {
    self.normalization = normalization
    self.splitPattern = splitPattern
    self.ignoresMerges = ignoresMerges
    self.addedTokens = addedTokens
  }
}

// MARK: - Metadata section

extension VocabularyConfiguration {
  /// The JSON of the metadata section.
  func metadata(name: ByteString) -> JSONValue {
    .object([
      "name": .string(name),
      "normalization": .string(ByteString(normalization.rawValue)),
      "split": .string(splitPattern),
      "ignore_merges": .bool(ignoresMerges),
      "added_tokens": .array(
        of: addedTokens.map { token in
          .object([
            "id": .integer(Int(token.id)),
            "content": .string(token.content),
            "special": .bool(token.isSpecial),
            "lstrip": .bool(token.stripsLeft),
            "rstrip": .bool(token.stripsRight),
            "single_word": .bool(token.isSingleWord),
          ])
        }),
    ])
  }

  /// Reads the metadata section of `source`.
  static func read(
    _ bytes: [UInt8], source: String
  ) throws(VocabularyError) -> (name: ByteString, configuration: VocabularyConfiguration) {
    let damaged = VocabularyError(source: source, message: "damaged metadata")
    guard let node = try? JSONParser.parse(bytes),
      case .string(let name)? = node["name"]?.value,
      case .string(let normalizationName)? = node["normalization"]?.value,
      let normalization = Normalization(rawValue: normalizationName.string),
      case .string(let splitPattern)? = node["split"]?.value,
      case .bool(let ignoresMerges)? = node["ignore_merges"]?.value,
      case .array(let nodes)? = node["added_tokens"]?.value
    else { throw damaged }
    let addedTokens = nodes.compactMap { AddedToken($0) }
    guard addedTokens.count == nodes.count else { throw damaged }
    return (
      name,
      VocabularyConfiguration(
        normalization: normalization, splitPattern: splitPattern, ignoresMerges: ignoresMerges,
        addedTokens: addedTokens)
    )
  }
}

extension AddedToken {
  /// Reads an entry of `added_tokens`, as `tokenizer.json` and the metadata section spell it; nil if
  /// it has no id in range or no text. Flags that are absent are false.
  init?(_ node: JSONNode) {
    guard case .number(let number)? = node["id"]?.value, let id = number.integer,
      (0..<VocabularyFormat.tokenLimit).contains(id),
      case .string(let content)? = node["content"]?.value, !content.isEmpty
    else { return nil }
    func flag(_ key: ByteString) -> Bool {
      if case .bool(true)? = node[key]?.value { true } else { false }
    }
    self.init(
      id: UInt32(id), content: content, isSpecial: flag("special"), stripsLeft: flag("lstrip"),
      stripsRight: flag("rstrip"), isSingleWord: flag("single_word"))
  }
}
