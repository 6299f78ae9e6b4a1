internal import Bytes
internal import OrderedJSON

/// How a vocabulary whose merges begin with characters, as SentencePiece's do, reads a character
/// that is no token. A character whose bytes all have tokens is those; this is for the others.
public struct CharacterModel: Hashable, Sendable {
  /// The token of a character that is not known; without it such a character is passed over.
  public var unknownToken: UInt32?
  /// Whether a run of characters that are not known is one token.
  public var fusesUnknown: Bool

  /// Makes a model.
  public init(unknownToken: UInt32?, fusesUnknown: Bool) {
    self.unknownToken = unknownToken
    self.fusesUnknown = fusesUnknown
  }
}

extension CharacterModel {
  /// Reads the JSON form; nil if it is none.
  init?(_ node: JSONNode) {
    guard case .bool(let fusesUnknown)? = node["fuse_unknown"]?.value else { return nil }
    self.init(unknownToken: nil, fusesUnknown: fusesUnknown)
    guard let unknown = node["unknown"] else { return }
    guard case .number(let number) = unknown.value, let id = number.integer,
      (0..<VocabularyFormat.tokenLimit).contains(id)
    else { return nil }
    unknownToken = UInt32(id)
  }

  /// The JSON form.
  var json: JSONValue {
    var members = [JSONMember("fuse_unknown", JSONNode(.bool(fusesUnknown)))]
    if let unknownToken {
      members.append(JSONMember("unknown", JSONNode(.integer(Int(unknownToken)))))
    }
    return .object(members)
  }
}
