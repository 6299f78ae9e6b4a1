internal import CVector

/// Where pieces end in 64 bytes of ASCII, found for all of them at once.
///
/// The known patterns with words that take a character before them agree on letters, digits, single blanks
/// and symbols; L, N, S and P stand for them, and the rules look one byte back:
/// * N begins a piece; S does, since what a piece takes behind its symbols is no blank.
/// * P begins a piece if it stands behind neither P nor S: a run of P is one piece with the S before it.
/// * L begins a piece behind N; behind P only if that P does not begin a piece, since a P that does is the
///   character that a word takes before it; where words end with their case, also as upper behind lower.
///
/// What asks for more stops the search: an apostrophe, which may be a contraction, blanks in a row, white space
/// of other kinds, characters that are not ASCII, and digits in a row where a piece has several.
enum ASCIIBoundaries {
  /// Returns the ends of pieces as bits, bit i for the offset `start + i`.
  ///
  /// - Parameters:
  ///   - start: where a piece begins, 64 bytes or more before the end of the text.
  ///   - joinsDigits: whether a piece has several digits.
  ///   - splitsCase: whether a word ends between lower and upper case.
  /// - Returns: the ends of pieces that are certain, each the beginning of the next; 0 if none is.
  @inline(__always)
  static func ends(
    in text: ScannedText, from start: Int, joinsDigits: Bool, splitsCase: Bool
  ) -> UInt64 {
    let kinds = cvector_kinds_of_64(text.base + start)
    let letters = kinds.upper | kinds.lower
    let (digits, blanks) = (kinds.digits, kinds.blanks)
    let symbols = ~(letters | digits | blanks | kinds.others)
    let beginningSymbols = symbols & ~(symbols << 1 | blanks << 1)
    var begins = digits | blanks | beginningSymbols
    begins |= letters & (digits << 1 | (symbols & ~beginningSymbols) << 1)
    if splitsCase { begins |= kinds.upper & kinds.lower << 1 }
    var stops = kinds.others | (blanks & blanks << 1)
    if joinsDigits { stops |= digits & digits << 1 }
    let known = stops & (0 &- stops) &- 1
    return begins & known & ~1
  }
}
