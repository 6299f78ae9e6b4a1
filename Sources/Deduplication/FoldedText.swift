public import Bytes

/// A text as the prompt shows it, with references in place of what was shown before.
public struct FoldedText: Sendable {
  /// What the prompt shows.
  public var bytes: [UInt8]
  /// The references in it, in their order.
  public var references: [FoldedReference] = []
  /// The tokens of the text as it was given; nil where nothing was folded.
  public var tokensBefore: Int?
  /// The tokens of `bytes`; nil where nothing was folded.
  public var tokensAfter: Int?
  /// How many places of the text read as the beginning of a reference; each has one more backslash now.
  public var escapedMarkCount = 0

  /// Makes a text that is shown as it is.
  public init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Whether there is a reference in it.
  public var isFolded: Bool { !references.isEmpty }
}

/// A reference, and what it stands for.
public struct FoldedReference: Hashable, Sendable {
  /// What it stands for, in the bytes of the text as it was given.
  public var range: ByteRange
  /// Where it stands, in the bytes that are shown.
  public var shown: ByteRange
  /// The text that it points to.
  public var source: ByteString
  /// The tokens that it saves.
  public var savedTokens: Int
}
