internal import Bytes
internal import CUnicode

/// The rules by which sentences end, as patterns over bytes.
///
/// They follow Unicode Standard Annex 29, section 5.1, and add what that leaves to a tailoring:
/// abbreviations, initials, numbers of headings and dates, ellipses, stops inside a line of code.
struct SentenceRules: Sendable {
  /// Matches at a stop behind which a sentence ends, through the white space behind it. Of several stops
  /// in a row it matches at the last.
  let end: Pattern
  /// Matches from the start of a word through the stop behind it if the stop does not end a sentence.
  let exception: Pattern
  /// Matches from the start of a line through the stop of the number of a heading or list item.
  let number: Pattern
  /// The stops that are not ASCII, as a table of bits.
  let stops: [UInt64]

  /// The rules, compiled when they are first asked for.
  static let compiled = Result { () throws(PatternError) in try SentenceRules() }

  private init() throws(PatternError) {
    let letters = Letters()
    end = try Pattern(ByteString(Self.endSource(letters)), options: [.bytes, .anchored])
    exception = try Pattern(
      ByteString(Self.exceptionSource(letters)), options: [.bytes, .anchored])
    number = try Pattern(ByteString(Self.numberSource), options: [.bytes, .anchored])
    let all =
      CharacterRanges.terminators.ranges + CharacterRanges.fullStops.ranges
      + CharacterRanges.separators.ranges
    stops = CharacterRanges(all).bits
  }

  /// Patterns of the letters, which are long.
  private struct Letters {
    let lower = CharacterRanges(classed: CUNICODE_CLASS_LOWER, not: CUNICODE_CLASS_UPPER).pattern
    let upper = CharacterRanges(classed: CUNICODE_CLASS_UPPER, not: CUNICODE_CLASS_LOWER).pattern
  }

  private static func endSource(_ letters: Letters) -> String {
    let blank = CharacterRanges.blanks.pattern
    let close = CharacterRanges.closers.pattern + "{0,16}+"
    let terminator = CharacterRanges.terminators.pattern
    let fullStop = CharacterRanges.fullStops.pattern
    // The number of a note: in brackets, or superscript.
    let note = #"(?:\[\d{1,3}\]|\xC2[\xB2\xB3\xB9]){0,8}+"#
    // What closes a quotation in French stands apart from it.
    let closesApart = "\\xC2\\xBB(?=\(blank)|\\z)"
    let guillemet = "(?:\(blank){1,2}+\(closesApart))?+"
    let next =
      "(?!\(CharacterRanges.continuers.pattern)|[.!?]|\(closesApart)|\(terminator)|\(fullStop))"
    let notLower = "(?!\(CharacterRanges.openers.pattern){0,4}+(?:\(letters.lower)))"
    // Kana, ideographs, syllables and full-width forms, which need no white space before them.
    let wide = #"(?=[\xE3-\xED\xEF])"#
    let rest = "\(close)\(note)\(guillemet)"
    return """
      (?:\\.\(rest)\(blank)++(?:(?=[A-Z])|\(next)\(notLower))\
      |[!?](?:\(blank)++|\(wide))\(next)\
      |[!?]\(rest)(?:\(blank)++|\(wide))\(next)\(notLower)\
      |\(terminator)\(rest)\(blank)*+\(next)\
      |\(fullStop)\(rest)(?:\(blank)++|(?<=\\xEF\\xBC\\x8E)\(wide)(?!\\xEF\\xBC[\\x90-\\x99]))\
      \(next)\(notLower)\
      |\(CharacterRanges.separators.pattern)\(blank)*+)
      """
  }

  private static func exceptionSource(_ letters: Letters) -> String {
    let (lower, upper) = (letters.lower, letters.upper)
    let blank = CharacterRanges.blanks.pattern
    // What follows the stop of the whole word.
    let stop = #"\.(?![A-Za-z0-9.\xC3-\xDF])"#
    let open = Abbreviations.pattern(Abbreviations.open)
    let beforeNumber = Abbreviations.pattern(Abbreviations.beforeNumbers)
    let month = Abbreviations.pattern(Abbreviations.months)
    let starter = Abbreviations.pattern(Abbreviations.starters)
    return """
      (?:\(open)\(stop)\
      |\(beforeNumber)\(stop)(?=\(blank)*+[(\\[]?[0-9])\
      |(?:\(upper)\\.)*\(upper)\(stop)(?!\(blank)++(?:\(starter))(?![A-Za-z\\x80-\\xFF']))\
      |(?:\(lower)\\.)*\(lower)\(stop)(?=\(blank)*+(?:\(upper)|\(lower)){1,2}\\.)\
      |(?:\(lower)\\.)*\(lower)\(stop)(?=\(blank)*+[0-9])\
      |[0-9]{1,2}\(stop)(?=\(blank)*+(?:\(month))))
      """
  }

  private static var numberSource: String {
    let heading = Abbreviations.pattern(Abbreviations.headings)
    return #"[ \t#>*+(\-]*+(?:"# + heading + #" )?(?:[0-9]{1,4}(?:\.[0-9]{1,4}){0,6}+"#
      + #"|(?:\xEF\xBC[\x90-\x99]){1,4}+|[A-Za-z]|[ivxlc]{1,6}|[IVXLC]{1,6})(?:\.|\xEF\xBC\x8E)"#
  }
}
