internal import Bytes
internal import OrderedJSON

/// A step that splits pieces into smaller ones, as `Split` of Hugging Face `tokenizers` does.
public struct SplitStep: Hashable, Sendable {
  /// What becomes of the matches.
  public enum Behavior: String, Hashable, Sendable {
    /// Each is a piece.
    case isolated = "Isolated"
    /// They are dropped.
    case removed = "Removed"
    /// Each is the end of the piece before it.
    case mergedWithPrevious = "MergedWithPrevious"
    /// Each is the beginning of the piece behind it.
    case mergedWithNext = "MergedWithNext"
    /// Those that touch are one piece.
    case contiguous = "Contiguous"
  }

  /// What is looked for.
  public var match: TextMatch
  /// What becomes of it.
  public var behavior: Behavior
  /// Whether what lies between the matches counts as the matches.
  public var isInverted: Bool

  /// Makes a step.
  public init(_ match: TextMatch, _ behavior: Behavior, isInverted: Bool = false) {
    self.match = match
    self.behavior = behavior
    self.isInverted = isInverted
  }

  /// Reads the JSON form; nil if it is none.
  init?(_ node: JSONNode) {
    guard let match = TextMatch(node["pattern"]),
      case .string(let name)? = node["behavior"]?.value,
      let behavior = Behavior(rawValue: name.string)
    else { return nil }
    var isInverted = false
    if case .bool(true)? = node["invert"]?.value { isInverted = true }
    self.init(match, behavior, isInverted: isInverted)
  }

  /// The JSON form, that of `tokenizer.json`.
  var json: JSONValue {
    .object([
      "type": .string("Split"), "pattern": match.json,
      "behavior": .string(ByteString(behavior.rawValue)), "invert": .bool(isInverted),
    ])
  }

  /// Makes pieces of stretches that match and stretches that do not, which follow each other without
  /// gaps.
  func pieces(of stretches: [(range: ByteRange, isMatch: Bool)]) -> [ByteRange] {
    var pieces: [ByteRange] = []
    var previousIsMatch = false
    let ordered = behavior == .mergedWithNext ? stretches.reversed() : stretches
    for (range, matches) in ordered {
      let isMatch = matches != isInverted
      let joins =
        switch behavior {
        case .isolated, .removed: false
        case .contiguous: isMatch == previousIsMatch
        case .mergedWithPrevious, .mergedWithNext: isMatch && !previousIsMatch
        }
      previousIsMatch = isMatch
      if behavior == .removed, isMatch { continue }
      guard joins, let last = pieces.last else {
        pieces.append(range)
        continue
      }
      pieces[pieces.count - 1] = ByteRange(
        min(last.start, range.start), max(last.end, range.end))
    }
    return behavior == .mergedWithNext ? pieces.reversed() : pieces
  }
}
