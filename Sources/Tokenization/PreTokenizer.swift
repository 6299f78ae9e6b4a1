internal import Bytes
internal import TextProcessing

/// Splits text into the pieces that are merged each by itself.
struct PreTokenizer: Sendable {
  /// The families of split patterns of which it is known how far a change at the end of a text can
  /// reach back; see `StableBoundary`.
  enum Family: Sendable {
    /// Qwen 2 to 3: single digits, words without marks.
    case qwen
    /// Any other pattern.
    case unknown
  }

  static let qwenPattern: ByteString =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  let pattern: Pattern
  let family: Family

  /// Compiles the split pattern of a vocabulary.
  init(splitPattern: ByteString) throws(PatternError) {
    pattern = try Pattern(SplitPattern.translated(splitPattern))
    family = splitPattern == Self.qwenPattern ? .qwen : .unknown
  }

  /// Calls `body` with each piece of `text` in order. Text that the pattern does not match is a piece
  /// of its own, so the pieces put together are the text.
  func forEachPiece(
    of text: UnsafeRawBufferPointer, matcher: PatternMatcher, _ body: (ByteRange) -> Void
  ) throws(PatternError) {
    var offset = 0
    while offset < text.count {
      guard let match = try matcher.firstMatch(in: text, from: offset) else {
        body(ByteRange(offset, text.count))
        return
      }
      if match.start > offset { body(ByteRange(offset, match.start)) }
      body(match)
      offset = match.end
    }
  }
}
