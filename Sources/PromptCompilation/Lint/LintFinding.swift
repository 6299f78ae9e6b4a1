public import Bytes

/// What `lint` found.
public struct LintFinding: Hashable, Sendable {
  /// The rule.
  public var rule: LintRule
  /// Where.
  public var place: HeadPlace
  /// What is wrong, with the field, and what to do.
  public var message: String
  /// The models that it is found for; none if it needs no model.
  public var models: [ByteString] = []
  /// What mends it in the source; nil if that is for people to decide.
  var fix: [LintEdit]?

  /// Whether `PromptLinter.fixed` can mend it.
  public var isFixable: Bool { fix != nil }

  init(_ rule: LintRule, _ place: HeadPlace, _ message: String, fix: [LintEdit]? = nil) {
    self.rule = rule
    self.place = place
    self.message = message
    self.fix = fix
  }

  /// Whether another finding is the same but for the models.
  func isSame(as other: LintFinding) -> Bool {
    rule == other.rule && place == other.place && message == other.message
  }
}

/// Other bytes for a range of a source.
struct LintEdit: Hashable, Sendable {
  var range: ByteRange
  var bytes: [UInt8]

  /// Makes edits in a source; every byte outside of their ranges stays.
  ///
  /// - Parameter edits: ranges that do not overlap.
  static func applied(_ edits: [LintEdit], to source: [UInt8]) -> [UInt8] {
    var all = ByteEdits()
    for edit in edits { all.replace(edit.range, by: edit.bytes) }
    return all.applied(to: source)
  }

  /// Puts the ranges of a source into another order; what stands between them stays where it is.
  ///
  /// - Parameters:
  ///   - ranges: the ranges in their order.
  ///   - order: for each place, the number of the range that comes there.
  /// - Returns: nil if the ranges do not stand one behind the other.
  static func permuting(_ ranges: [ByteRange], _ order: [Int], in source: [UInt8]) -> [LintEdit]? {
    guard zip(ranges, ranges.dropFirst()).allSatisfy({ $0.end <= $1.start }) else { return nil }
    return zip(ranges, order).compactMap { range, index in
      let other = ranges[index]
      return other == range
        ? nil : LintEdit(range: range, bytes: Array(source[other.start..<other.end]))
    }
  }
}
