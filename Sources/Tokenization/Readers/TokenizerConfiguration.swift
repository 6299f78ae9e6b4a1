public import Bytes
internal import OrderedJSON

/// What `tokenizer_config.json` of a model folder says that concerns tokens: transformers adds the
/// tokens of `added_tokens_decoder` to those of `tokenizer.json`, whose flags hold where both have one.
public struct TokenizerConfiguration: Sendable {
  /// The tokens of `added_tokens_decoder`, by id.
  public let addedTokens: [AddedToken]
  /// `tokenizer_class`, if it is there.
  public let tokenizerClass: ByteString?
  /// The class in the model's own code, `auto_map.AutoTokenizer`, such as
  /// `tokenization_kimi.TikTokenTokenizer`; nil if the model has none.
  let codeClass: ByteString?
  /// What a digest takes of it.
  let digestedBytes: [UInt8]
  private let source: String

  /// One that says nothing.
  public init() {
    addedTokens = []
    tokenizerClass = nil
    codeClass = nil
    digestedBytes = []
    source = ""
  }

  /// Reads the file.
  ///
  /// - Parameter source: the file's name for messages.
  /// - Throws: `VocabularyError` if it is not JSON, or with the token that is malformed.
  public init(_ bytes: [UInt8], source: String) throws(VocabularyError) {
    let root: JSONNode
    do {
      root = try JSONParser.parse(bytes)
    } catch {
      throw VocabularyError(source: source, message: error.description)
    }
    var tokens: [AddedToken] = []
    if case .object(let members)? = root["added_tokens_decoder"]?.value {
      for member in members {
        guard case .object(var entry) = member.node.value, Int(member.key.string) != nil else {
          throw Self.malformed(member.key, source)
        }
        let id = JSONNode(.number(JSONNumber(spelling: member.key)))
        entry.append(JSONMember("id", id))
        guard let token = AddedToken(JSONNode(.object(entry))) else {
          throw Self.malformed(member.key, source)
        }
        tokens.append(token)
      }
    }
    addedTokens = tokens.sorted { $0.id < $1.id }
    if case .string(let name)? = root["tokenizer_class"]?.value {
      tokenizerClass = name
    } else {
      tokenizerClass = nil
    }
    codeClass = Self.codeClass(root)
    let digested = root["added_tokens_decoder"].map { JSONWriter.write($0.value) } ?? []
    digestedBytes = tokens.isEmpty ? [] : digested
    self.source = source
  }

  private static func codeClass(_ root: JSONNode) -> ByteString? {
    switch root["auto_map"]?["AutoTokenizer"]?.value {
    case .string(let name): return name
    case .array(let names):
      if case .string(let name)? = names.first?.value { return name }
      return nil
    default: return nil
    }
  }

  /// An error about a token that the model's other files contradict.
  func conflict(_ token: AddedToken, _ reason: String) -> VocabularyError {
    VocabularyError(
      source: source,
      message: "added_tokens_decoder.\(token.id): the token \(token.content) \(reason)")
  }

  private static func malformed(_ key: ByteString, _ source: String) -> VocabularyError {
    VocabularyError(
      source: source, message: "added_tokens_decoder.\(key): needs an id as its key and a content")
  }
}
