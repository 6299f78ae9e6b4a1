internal import Bytes

/// What is known of the text that may follow a boundary.
public enum Continuation: Hashable, Sendable {
  /// Nothing.
  case anything
  /// It begins with an added token.
  case addedToken
  /// It begins as `TextBoundary.canFollowLineBreak` asks.
  case lineStart
  /// It begins with this character, behind which anything may stand.
  case character(Unicode.Scalar)
}

extension TextEncoder {
  /// Returns the furthest byte at or before `offset` at which a boundary is known to be stable.
  ///
  /// A boundary between L and R is stable if `tokens(L + R) = tokens(L) + tokens(R)` for every R that
  /// `continuation` allows. The returned boundary is one for the whole of what stands behind it: the
  /// tokens of `text[..<offset]` that end at or before it stay what they are, and what follows can be
  /// encoded by itself from there. The rules:
  /// * beside an added token that takes no white space every boundary is stable;
  /// * so is one between two characters that no piece can hold together (`KnownSplit.canJoin`);
  /// * otherwise the pieces are held back that what follows could make longer
  ///   (`KnownSplit.endOfKeptPieces`), every end that could begin an added token, and, where the
  ///   vocabulary normalises, what could compose with what follows.
  ///
  /// For a split pattern that is not known only the first rule holds; a vocabulary with an added token
  /// that counts only between words has no stable boundary but the start.
  ///
  /// - Parameters:
  ///   - text: the text that was or will be encoded, UTF-8.
  ///   - offset: the boundary in bytes. Inside a character it is taken as the character's start.
  /// - Returns: a byte offset from 0 to `offset` at which a token ends.
  /// - Complexity: linear in the stretch from the last place before `offset` where two characters
  ///   stand that no piece can hold together, which is a word or two in most texts; for a split
  ///   pattern that is not known, from the last added token.
  public func stableEnd(
    in text: [UInt8], at offset: Int, before continuation: Continuation
  ) throws(TokenizerError) -> Int {
    try text.withRawBytes { bytes throws(TokenizerError) in
      let end = boundaries.startOfCharacter(at: min(max(offset, 0), bytes.count), in: bytes)
      return try boundaries.stableEnd(
        of: UnsafeRawBufferPointer(rebasing: bytes[..<end]), before: continuation,
        matchers: matchers)
    }
  }
}
