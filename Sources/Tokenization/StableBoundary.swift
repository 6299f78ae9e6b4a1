internal import Bytes
internal import TextProcessing

/// What is known of the text that may follow a boundary.
public enum Continuation: Hashable, Sendable {
  /// Nothing.
  case anything
  /// It begins with an added token.
  case addedToken
  /// It begins as `TextBoundary.canFollowLineBreak` asks.
  case lineStart
}

extension TextEncoder {
  /// Returns the furthest byte up to which the tokens of `text[..<offset]` stay what they are,
  /// whatever follows that `continuation` allows.
  ///
  /// A boundary between L and R is stable if `tokens(L + R) = tokens(L) + tokens(R)`. The rules:
  /// * beside an added token every boundary is stable;
  /// * behind a line break it is stable before what `TextBoundary.canFollowLineBreak` accepts,
  ///   since every alternative of the known patterns that takes a line break ends with it;
  /// * otherwise the piece that holds the first character of the trailing run of white space, or else
  ///   the last piece, is held back, and so is every end that could begin an added token.
  /// The last two are applied to Qwen's pattern; for any other only the first holds so far.
  ///
  /// - Parameters:
  ///   - text: the text that was or will be encoded, UTF-8.
  ///   - offset: the boundary, in bytes, at the start of a code point.
  ///   - lastAddedTokenEnd: where the last added token before the boundary ends, 0 if there is none;
  ///     nil looks for it from the beginning of the text.
  /// - Returns: a byte offset, at most `offset`, at which a token ends.
  /// - Complexity: linear in the stretch between the last added token and `offset`; without
  ///   `lastAddedTokenEnd` in all of the text before `offset`.
  public func stableEnd(
    in text: [UInt8], at offset: Int, before continuation: Continuation,
    lastAddedTokenEnd: Int? = nil
  ) throws(TokenizerError) -> Int {
    try text.withRawBytes { bytes throws(TokenizerError) in
      let left = UnsafeRawBufferPointer(rebasing: bytes[..<min(max(offset, 0), bytes.count)])
      return try stableEnd(
        of: left, before: continuation, anchor: lastAddedTokenEnd ?? endOfLastAddedToken(in: left))
    }
  }

  private func stableEnd(
    of left: UnsafeRawBufferPointer, before continuation: Continuation, anchor: Int
  ) throws(TokenizerError) -> Int {
    guard anchor < left.count, continuation != .addedToken else { return left.count }
    guard tokenizer.preTokenizer.family == .qwen else { return anchor }
    let possibleBeginnings = tokenizer.lengthsOfPossibleBeginnings(atEndOf: left)
    if continuation == .lineStart, possibleBeginnings.isEmpty,
      left.last == UInt8(ascii: "\n")
    {
      return left.count
    }
    let stretch = UnsafeRawBufferPointer(rebasing: left[anchor...])
    do {
      guard try Normalizer.normalized(stretch, tables: .unicode9) == nil else { return anchor }
      var end = try heldBackEnd(of: stretch)
      for length in possibleBeginnings where length <= stretch.count {
        let shorter = UnsafeRawBufferPointer(rebasing: stretch[..<(stretch.count - length)])
        end = min(end, try heldBackEnd(of: shorter))
      }
      return anchor + end
    } catch {
      throw .engine(message: "\(error)")
    }
  }

  private func endOfLastAddedToken(in text: UnsafeRawBufferPointer) -> Int {
    tokenizer.addedTokens(in: text).last?.range.end ?? 0
  }

  /// The start of the piece that holds the first character of the trailing run of white space, or of
  /// the last piece if there is no such run.
  private func heldBackEnd(of stretch: UnsafeRawBufferPointer) throws(PatternError) -> Int {
    let textEnd = Self.endWithoutTrailingWhitespace(stretch)
    let target = textEnd < stretch.count ? textEnd : stretch.count - 1
    var end = 0
    try tokenizer.preTokenizer.forEachPiece(of: stretch, matchers: matchers) { piece in
      if piece.start <= target { end = piece.start }
    }
    return end
  }

  private static func endWithoutTrailingWhitespace(_ text: UnsafeRawBufferPointer) -> Int {
    let scalars = String(decoding: text.suffix(256), as: UTF8.self).unicodeScalars
    var end = text.count
    for scalar in scalars.reversed() {
      guard scalar.properties.isWhitespace else { return end }
      end -= UTF8.width(scalar)
    }
    // A run of white space that fills the window: nothing of the stretch is kept.
    return 0
  }
}
