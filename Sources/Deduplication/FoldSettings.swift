public import TextProcessing

/// What is folded, and from what size on.
public struct FoldSettings: Hashable, Sendable {
  /// The smallest part of a text that may become a reference.
  public enum Level: String, Sendable, CaseIterable {
    /// A whole text that was shown before.
    case block
    /// A run of whole lines.
    case chunk
    /// A run of sentences or lines.
    case sentence
  }

  /// The smallest part that may become a reference.
  public var level = Level.sentence
  /// The fewest tokens that a part must have, and that stand for it no longer.
  public var minimumTokens = 24
  /// The fewest tokens that a reference must save.
  public var minimumSaving = 12
  /// What counts as equal.
  public var comparison = TextComparison.exact

  /// Whether a text that differs from an earlier one by some words may become a reference that tells them.
  public var foldsNearDuplicates = false

  /// Makes the default: sentences of 24 tokens and more that are equal byte for byte.
  public init() {}
}
