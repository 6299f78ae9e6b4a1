public import Bytes

/// A token that stands outside the merges: where its text occurs, it is one token.
///
/// The flags are those of Hugging Face `tokenizers`.
public struct AddedToken: Hashable, Sendable {
  /// The token id.
  public var id: UInt32
  /// The text that stands for it.
  public var content: ByteString
  /// Whether it controls the model (and is left out when text is decoded for people).
  public var isSpecial: Bool
  /// Whether white space before it is part of it.
  public var stripsLeft: Bool
  /// Whether white space after it is part of it.
  public var stripsRight: Bool
  /// Whether it counts only where no letter, digit, mark or underscore touches it.
  public var isSingleWord: Bool
  /// Whether it is looked for in normalised text, behind those that are not.
  public var isNormalized: Bool

  /// Makes an added token.
  public init(
    id: UInt32, content: ByteString, isSpecial: Bool = true, stripsLeft: Bool = false,
    stripsRight: Bool = false, isSingleWord: Bool = false, isNormalized: Bool = false
  ) {
    self.id = id
    self.content = content
    self.isSpecial = isSpecial
    self.stripsLeft = stripsLeft
    self.stripsRight = stripsRight
    self.isSingleWord = isSingleWord
    self.isNormalized = isNormalized
  }
}
