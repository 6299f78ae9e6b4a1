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
  /// The steps that change text after that; added tokens that are looked for in normalised text are
  /// looked for behind them.
  public var normalizers: [TextRewriting] = []
  /// The steps that change what lies between added tokens, before it is split.
  public var rewritings: [TextRewriting] = []
  /// The regular expressions whose matches are the pieces, in the syntax of the model's own files.
  /// Each splits the pieces that the one before left, each piece as a text of its own.
  public var splitPatterns: [ByteString]
  /// The steps that split text instead, where matches are more than pieces; empty otherwise.
  public var splits: [SplitStep] = []
  /// How characters become the first symbols; nil for a vocabulary whose merges begin with bytes.
  public var characters: CharacterModel?
  /// The steps that make text of tokens; without any their bytes are put together.
  public var decoding: [DecodingStep] = []
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
    let (node, tokens, areWhole) = try Self.parse(bytes, source)
    guard case .string(let name)? = node["name"]?.value,
      case .string(let normalizationName)? = node["normalization"]?.value,
      let normalization = VocabularyConfiguration.Normalization(
        rawValue: normalizationName.string),
      case .array(let patternNodes)? = node["split"]?.value,
      case .bool(let ignoresMerges)? = node["ignore_merges"]?.value,
      let tokens
    else {
      throw VocabularyError(
        source: source,
        message: "needs name, normalization, split, ignore_merges and added_tokens")
    }
    let patterns: [ByteString] = patternNodes.compactMap { node in
      if case .string(let pattern) = node.value { pattern } else { nil }
    }
    guard patterns.count == patternNodes.count, areWhole else {
      throw VocabularyError(source: source, message: "a split or an added token is malformed")
    }
    self.name = name
    configuration = VocabularyConfiguration(
      normalization: normalization, splitPatterns: patterns, ignoresMerges: ignoresMerges,
      addedTokens: tokens)
    configuration.normalizers = try Self.steps("normalizers", of: node, source) {
      TextRewriting($0)
    }
    configuration.rewritings = try Self.steps("rewritings", of: node, source) { TextRewriting($0) }
    configuration.splits = try Self.steps("splits", of: node, source) { SplitStep($0) }
    configuration.decoding = try Self.steps("decoding", of: node, source) { DecodingStep($0) }
    if let characters = node["characters"] {
      guard let model = CharacterModel(characters) else {
        throw VocabularyError(source: source, message: "characters is malformed")
      }
      configuration.characters = model
    }
  }

  private static let keys: [ByteString] = [
    "name", "normalization", "split", "ignore_merges", "added_tokens", "normalizers", "rewritings",
    "splits",
    "decoding", "characters",
  ]

  /// Parses the JSON form.
  ///
  /// - Returns: the members but for the added tokens, of which there may be thousands; those; and whether none is
  ///   malformed.
  private static func parse(
    _ bytes: [UInt8], _ source: String
  ) throws(VocabularyError) -> (JSONNode, [AddedToken]?, Bool) {
    var members: [JSONMember] = []
    var tokens: [AddedToken]?
    var areWhole = true
    do {
      var reader = try JSONReader(bytes)
      _ = try reader.readMembers(keys) { reader, place throws(JSONSyntaxError) in
        guard let place, keys[place] == "added_tokens" else {
          let node = try reader.readNode()
          if let place { members.append(JSONMember(keys[place], node)) }
          return
        }
        tokens = []
        let isArray: Void? = try reader.readElements { reader throws(JSONSyntaxError) in
          guard let token = try AddedToken(from: &reader) else { return areWhole = false }
          tokens?.append(token)
        }
        if isArray == nil { tokens = nil }
      }
      try reader.finish()
    } catch {
      throw VocabularyError(source: source, message: error.description)
    }
    return (JSONNode(.object(members)), tokens, areWhole)
  }

  private static func steps<Step>(
    _ key: ByteString, of node: JSONNode, _ source: String, _ read: (JSONNode) -> Step?
  ) throws(VocabularyError) -> [Step] {
    guard let value = node[key]?.value else { return [] }
    guard case .array(let nodes) = value else {
      throw VocabularyError(source: source, message: "\(key) is no array")
    }
    let steps = nodes.compactMap(read)
    guard steps.count == nodes.count else {
      throw VocabularyError(source: source, message: "a step of \(key) is malformed")
    }
    return steps
  }

  /// The JSON form; flags that are false and steps that there are none of are left out.
  public var json: JSONValue {
    var members = [
      JSONMember("name", JSONNode(.string(name))),
      JSONMember(
        "normalization",
        JSONNode(.string(ByteString(configuration.normalization.rawValue)))),
      JSONMember(
        "split", JSONNode(.array(of: configuration.splitPatterns.map { .string($0) }))),
      JSONMember("ignore_merges", JSONNode(.bool(configuration.ignoresMerges))),
      JSONMember("added_tokens", JSONNode(.array(of: configuration.addedTokens.map(\.json)))),
    ]
    let steps: [(ByteString, [JSONValue])] = [
      ("normalizers", configuration.normalizers.map(\.json)),
      ("rewritings", configuration.rewritings.map(\.json)),
      ("splits", configuration.splits.map(\.json)),
      ("decoding", configuration.decoding.map(\.json)),
    ]
    for (key, values) in steps where !values.isEmpty {
      members.append(JSONMember(key, JSONNode(.array(of: values))))
    }
    if let characters = configuration.characters {
      members.append(JSONMember("characters", JSONNode(characters.json)))
    }
    return .object(members)
  }
}
