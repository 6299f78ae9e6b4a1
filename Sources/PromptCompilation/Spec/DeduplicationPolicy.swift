public import Deduplication

extension Policy {
  /// What becomes of content that stands in the prompt already.
  public struct Deduplication: Hashable, Sendable {
    /// Whether a block with the text of an earlier one becomes a reference to it.
    public var unifiesBlocks = true
    /// What of a text may become a reference.
    public var folding = FoldSettings()
    /// Whether the results of tools in the conversation are folded too.
    public var foldsToolResults = true
    /// How references inside of texts read.
    public var wording = ReferenceWording.standard

    /// Makes the default: blocks and tool results, down to sentences.
    public init() {}
  }
}
