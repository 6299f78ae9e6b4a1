internal import Bytes
internal import OrderedJSON

/// How a vocabulary whose merges begin with characters, as SentencePiece's do, reads a character
/// that is no token. A character whose bytes all have tokens is those; this is for the others.
public struct CharacterModel: Hashable, Sendable {
  /// The token of a character that is not known; without it such a character is passed over.
  public var unknownToken: UInt32?
  /// Whether a run of characters that are not known is one token.
  public var fusesUnknown: Bool

  /// The ranges of merge ranks of which none comes before another: of their merges the leftmost is
  /// made first. Ascending, without overlap.
  public var ties: [ClosedRange<UInt32>] = []

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
    if let ties = node["ties"] {
      guard let ranges = Self.ties(ties) else { return nil }
      self.ties = ranges
    }
    guard let unknown = node["unknown"] else { return }
    guard case .number(let number) = unknown.value, let id = number.integer,
      (0..<VocabularyFormat.tokenLimit).contains(id)
    else { return nil }
    unknownToken = UInt32(id)
  }

  private static func ties(_ node: JSONNode) -> [ClosedRange<UInt32>]? {
    guard case .array(let nodes) = node.value else { return nil }
    var ranges: [ClosedRange<UInt32>] = []
    for node in nodes {
      guard case .array(let ends) = node.value, ends.count == 2,
        case .number(let first) = ends[0].value, let first = first.integer,
        case .number(let last) = ends[1].value, let last = last.integer,
        first > Int(ranges.last?.upperBound ?? 0) || ranges.isEmpty && first == 0,
        last >= first, last < VocabularyFormat.mergeLimit
      else { return nil }
      ranges.append(UInt32(first)...UInt32(last))
    }
    return ranges
  }

  /// The JSON form.
  var json: JSONValue {
    var members = [JSONMember("fuse_unknown", JSONNode(.bool(fusesUnknown)))]
    if let unknownToken {
      members.append(JSONMember("unknown", JSONNode(.integer(Int(unknownToken)))))
    }
    if !ties.isEmpty {
      let ranges = ties.map { range in
        JSONValue.array(of: [.integer(Int(range.lowerBound)), .integer(Int(range.upperBound))])
      }
      members.append(JSONMember("ties", JSONNode(.array(of: ranges))))
    }
    return .object(members)
  }
}
