public import Bytes

/// A part of a prompt with its address in bytes and in tokens. The sections of a prompt stand one
/// behind the other and cover all of it.
public struct Section: Hashable, Sendable {
  /// What a section holds.
  public enum Kind: String, Sendable, CaseIterable {
    /// From the beginning to the end of the system text.
    case system
    /// The tools, with the words of the template around them.
    case tools
    /// An earlier message, or what of it stands behind its blocks.
    case turn
    /// A block in its frame in an earlier message that stands as it was sent.
    case earlierBlock = "earlier_block"
    /// What the template puts before the current user message.
    case opening
    /// A block in its frame.
    case block
    /// A reference to a block.
    case reference
    /// The line that tells the importance order.
    case annotation
    /// The question.
    case query
    /// What the template puts behind, the generation prompt included.
    case closing
  }

  /// What it holds.
  public var kind: Kind
  /// The label of a block, the index of a turn; nil for others.
  public var label: ByteString?
  /// Its bytes in the prompt's text.
  public var bytes: ByteRange
  /// The bytes of the user's own text in it; for a block, without the frame.
  public var content: ByteRange
  /// Its tokens: what they decode to is the text of `bytes`.
  public var tokens: TokenRange
  /// The token position at or before the end up to which nothing that may follow changes a token.
  public var stableEnd: Int
  /// The prefix chain at `stableEnd`.
  public var prefix: Digest
}
