public import Bytes
public import OrderedJSON

/// What a vocabulary does with text before and beside the merges.
public struct VocabularyConfiguration: Hashable, Sendable {
  /// How text is normalised before it is split.
  public enum Normalization: String, Sendable {
    case none
    case nfc
  }

  /// How text is normalised before it is split.
  public var normalization: Normalization
  /// The regular expressions whose matches are the pieces, in the syntax of the model's own files.
  /// Each splits the pieces that the one before left, each piece as a text of its own.
  public var splitPatterns: [ByteString]
  /// Whether a piece that is a token is that token even if the merges lead elsewhere.
  public var ignoresMerges: Bool
  /// The tokens outside the merges, by id.
  public var addedTokens: [AddedToken]

  /// Makes a configuration.
  public init(
    normalization: Normalization, splitPatterns: [ByteString], ignoresMerges: Bool,
    addedTokens: [AddedToken]
  ) {
    self.normalization = normalization
    self.splitPatterns = splitPatterns
    self.ignoresMerges = ignoresMerges
    self.addedTokens = addedTokens
  }
}

/// A configuration with the name of its vocabulary: the metadata of a compiled file, and the content of
/// `tokenizers/NAME.json`.
public struct NamedConfiguration: Hashable, Sendable {
  /// The name of the vocabulary, such as `qwen3`.
  public var name: ByteString
  /// The configuration.
  public var configuration: VocabularyConfiguration

  /// Names a configuration.
  public init(name: ByteString, configuration: VocabularyConfiguration) {
    self.name = name
    self.configuration = configuration
  }

  /// Reads the JSON form.
  ///
  /// - Parameter source: what messages call it.
  /// - Throws: `VocabularyError` if it is not JSON or a field is missing or wrong.
  public init(_ bytes: [UInt8], source: String) throws(VocabularyError) {
    let node: JSONNode
    do {
      node = try JSONParser.parse(bytes)
    } catch {
      throw VocabularyError(source: source, message: error.description)
    }
    guard case .string(let name)? = node["name"]?.value,
      case .string(let normalizationName)? = node["normalization"]?.value,
      let normalization = VocabularyConfiguration.Normalization(
        rawValue: normalizationName.string),
      case .array(let patternNodes)? = node["split"]?.value,
      case .bool(let ignoresMerges)? = node["ignore_merges"]?.value,
      case .array(let tokenNodes)? = node["added_tokens"]?.value
    else {
      throw VocabularyError(
        source: source,
        message: "needs name, normalization, split, ignore_merges and added_tokens")
    }
    let patterns: [ByteString] = patternNodes.compactMap { node in
      if case .string(let pattern) = node.value { pattern } else { nil }
    }
    let tokens = tokenNodes.compactMap { AddedToken($0) }
    guard patterns.count == patternNodes.count, tokens.count == tokenNodes.count else {
      throw VocabularyError(source: source, message: "a split or an added token is malformed")
    }
    self.name = name
    configuration = VocabularyConfiguration(
      normalization: normalization, splitPatterns: patterns, ignoresMerges: ignoresMerges,
      addedTokens: tokens)
  }

  /// The JSON form; flags that are false are left out.
  public var json: JSONValue {
    .object([
      "name": .string(name),
      "normalization": .string(ByteString(configuration.normalization.rawValue)),
      "split": .array(of: configuration.splitPatterns.map { .string($0) }),
      "ignore_merges": .bool(configuration.ignoresMerges),
      "added_tokens": .array(of: configuration.addedTokens.map(\.json)),
    ])
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
      stripsRight: flag("rstrip"), isSingleWord: flag("single_word"),
      isNormalized: flag("normalized"))
  }

  /// The JSON form; flags that are false are left out.
  var json: JSONValue {
    let flags: [(ByteString, Bool)] = [
      ("special", isSpecial), ("lstrip", stripsLeft), ("rstrip", stripsRight),
      ("single_word", isSingleWord), ("normalized", isNormalized),
    ]
    return .object(
      [
        JSONMember("id", JSONNode(.integer(Int(id)))),
        JSONMember("content", JSONNode(.string(content))),
      ] + flags.filter(\.1).map { JSONMember($0.0, JSONNode(.bool(true))) })
  }
}
