public import Bytes
public import Deduplication

/// A request body in which repeats are references.
public struct FoldedBody: Sendable {
  /// The body: the bytes that were given, but for the strings in which something was folded.
  public var bytes: [UInt8]
  /// The texts that were folded or could have been, in the order in which the model sees them.
  public var texts: [FoldedBodyText]
}

/// A text of a body, and what became of it.
public struct FoldedBodyText: Sendable {
  /// Where its string stands in the body, a JSON pointer (RFC 6901).
  public var path: ByteString
  /// Where it stands in that string, if the string is JSON of which the fields are folded; a JSON pointer.
  public var field: ByteString?
  /// How references to it name it, such as `tool result 3`.
  public var name: ByteString
  /// What the body had.
  public var original: [UInt8]
  /// The references in it; their ranges are in the bytes of the text as it was, and as it is shown.
  public var references: [FoldedReference]
  /// The tokens of the text as it was; nil where there are no references.
  public var tokensBefore: Int?
  /// The tokens of the text as it is shown; nil where there are no references.
  public var tokensAfter: Int?
}
