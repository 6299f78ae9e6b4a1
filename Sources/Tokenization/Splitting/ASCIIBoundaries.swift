internal import CVector

/// In what the known patterns differ that share `ASCIIBoundaries`.
struct ASCIIRules {
  /// What an apostrophe with `s`, `t`, `re`, `ve`, `m`, `ll` or `d` behind is.
  enum Contractions {
    /// An apostrophe and a beginning of a word.
    case none
    /// A piece, where a piece begins.
    case pieces
    /// The end of the word before it.
    case suffixes
  }

  let contractions: Contractions
  /// Whether a piece has up to three digits, instead of one.
  let joinsDigits: Bool
  /// Whether a word ends between lower and upper case.
  var splitsCase = false
  /// Whether a piece takes slashes, too, behind the line breaks behind its symbols.
  var takesSlashes = false
  /// Whether white space before a digit is split as at the end of a text.
  var digitsEndSpace = false
}

/// Where pieces end in 64 bytes of ASCII, found for all of them at once.
///
/// The known patterns with words that take a character before them agree on most of ASCII. L, N, P, B and R
/// stand for letters, digits, symbols, blanks with tabs, and line breaks:
/// * N begins a piece, or each third of a run does.
/// * P begins one if it stands behind neither P nor a blank: a run of P is one piece with the blank before it.
/// * L begins one behind N and R; behind P only if that P does not begin a piece, since a P that does is
///   the character that a word takes before it; where words end with their case, also as upper behind lower.
/// * R behind P belongs to it. The rest of a run of white space begins a piece; so does what stands behind
///   its last R; and so does its last B, which belongs to what follows.
/// * A contraction ends a piece, whatever follows.
///
/// Only the last two look further than one byte back. A character that is not ASCII stops the search; so does a line
/// break behind blanks that have one before them, and white space whose end is not seen.
struct ASCIIBoundaries {
  /// How many bytes the text must have from the start of the search on: 64, and 16 from each of them on.
  static let reach = 80

  /// The ends of pieces that are certain, each the beginning of the next: bit i for the offset `start + i`.
  let ends: UInt64
  /// Whether the search was stopped, so that it does not go on behind the last end.
  let isStopped: Bool

  /// Searches 64 bytes.
  ///
  /// - Parameter start: where a piece begins, `reach` bytes or more before the end of the text.
  @inline(__always)
  init(_ text: ScannedText, from start: Int, _ rules: ASCIIRules) {
    let kinds = cvector_kinds_of_64(text.base + start)
    let (letters, digits, newlines) = (kinds.letters, kinds.digits, kinds.newlines)
    let blanks = kinds.blanks | kinds.tabs
    let space = blanks | newlines
    let symbols = ~(letters | digits | space | kinds.others)
    let beginningSymbols = symbols & ~(symbols << 1 | kinds.blanks << 1)
    // Adding the first bit of a run carries through all of it.
    let takenNewlines = newlines & ~(newlines &+ (newlines & symbols << 1))
    let freeSpace = space & ~takenNewlines
    let lastBlanks = blanks & ~(space >> 1 | (rules.digitsEndSpace ? digits >> 1 : 0))

    var begins = beginningSymbols | lastBlanks | (freeSpace & ~(freeSpace << 1))
    let indents = blanks & newlines << 1
    begins |= indents
    begins |= letters & (digits << 1 | newlines << 1 | (symbols & ~beginningSymbols) << 1)
    if rules.splitsCase { begins |= kinds.upper & (letters & ~kinds.upper) << 1 }
    begins |= rules.joinsDigits ? Self.groups(of: digits) : digits
    Self.findContractions(
      kinds.apostrophes & beginningSymbols & letters >> 1, letters, text, start, rules.contractions,
      &begins)

    // Adding the first of the blanks behind a line break carries to what is behind the last.
    var stops = kinds.others | (newlines & (blanks &+ indents) & ~blanks)
    if rules.contractions == .suffixes {
      // What a word may take for its end must be seen; U+017F is an `s`.
      stops |= kinds.apostrophes & letters << 1 & (kinds.others >> 1 | 1 << 63)
    }
    if rules.takesSlashes {
      let doubtful = symbols & takenNewlines << 1
      if doubtful != 0 {
        stops |= doubtful & cvector_equal_of_64(text.base + start, UInt8(ascii: "/"))
      }
    }
    let known = stops & (0 &- stops) &- 1
    // Of white space at the end of what is known only the beginning is.
    let last = UInt64.max >> UInt64(truncatingIfNeeded: (known & ~space).leadingZeroBitCount)
    ends = begins & known & (last << 1 | 1) & ~1
    isStopped = stops != 0
  }

  /// The digits that begin a group of three.
  @inline(__always)
  private static func groups(of digits: UInt64) -> UInt64 {
    var begins = digits & ~(digits << 1)
    let fourth = digits & digits << 1 & digits << 2 & digits << 3
    var more = begins << 3 & fourth
    while more != 0 {
      begins |= more
      more = more << 3 & fourth
    }
    return begins
  }

  /// Corrects the beginnings of pieces where contractions are.
  ///
  /// - Parameter apostrophes: those before a letter and not behind other symbols or blanks.
  @inline(__always)
  private static func findContractions(
    _ apostrophes: UInt64, _ letters: UInt64, _ text: ScannedText, _ start: Int,
    _ contractions: ASCIIRules.Contractions, _ begins: inout UInt64
  ) {
    var rest: UInt64
    switch contractions {
    case .none: return
    // Without a letter behind it a contraction is a piece like others.
    case .pieces: rest = apostrophes & letters >> 2
    case .suffixes: rest = apostrophes & letters << 1
    }
    var lastEnd = -1
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest &- 1
      let length = text.lengthOfContraction(at: start &+ index)
      guard length > 0 else { continue }
      let end = index &+ length
      if contractions == .suffixes {
        // A word takes one.
        if index == lastEnd { continue }
        begins &= ~((1 << UInt64(length) &- 1) << UInt64(index))
      }
      begins |= letters & 1 << UInt64(end)
      lastEnd = end
    }
  }
}
