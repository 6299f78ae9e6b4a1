/// Finds the pieces of the known split patterns by hand: what a regular expression engine finds with
/// the patterns of `SplitFamily`, alternative by alternative, first match wins.
struct SplitScanner: Sendable {
  /// Which alternatives a family has.
  private let hasLeadingContractions: Bool
  private let hasWordsByCase: Bool
  private let hasTrailingContractions: Bool
  private let wordClasses: UInt8
  private let digits: Int
  private let takesSlashes: Bool

  private typealias Classes = CodePointClasses
  private let notSymbol: UInt8

  /// Makes the scanner of a family.
  init(_ family: SplitFamily) {
    let marks = family == .qwenWithMarks ? Classes.mark : 0
    hasWordsByCase = family == .o200k || family == .tekken
    hasLeadingContractions = !hasWordsByCase
    hasTrailingContractions = family == .o200k
    wordClasses = Classes.letter | marks
    notSymbol = Classes.space | Classes.letter | Classes.number | marks
    digits = family == .cl100k || family == .o200k ? 3 : 1
    takesSlashes = hasWordsByCase
  }

  /// Returns the end of the piece that begins at `start`, which is not the end of the text.
  @inline(__always)
  func endOfPiece(in text: ScannedText, from start: Int) -> Int {
    let (classes, width) = text.character(at: start)
    if hasLeadingContractions, text.byte(at: start) == UInt8(ascii: "'") {
      let length = lengthOfContraction(in: text, at: start)
      if length > 0 { return start + length }
    }
    if let end = hasWordsByCase
      ? endOfWordByCase(in: text, from: start, classes, width)
      : endOfWord(in: text, from: start, classes, width)
    {
      return end
    }
    if classes & Classes.number != 0 { return endOfNumber(in: text, from: start, width) }
    let symbols = text.byte(at: start) == 0x20 ? start + 1 : start
    if symbols < text.count, text.character(at: symbols).classes & notSymbol == 0 {
      return endOfSymbols(in: text, from: symbols)
    }
    return endOfSpace(in: text, from: start)
  }

  /// `[^\r\n\p{L}\p{N}]?\p{L}+`
  @inline(__always)
  private func endOfWord(
    in text: ScannedText, from start: Int, _ classes: UInt8, _ width: Int
  ) -> Int? {
    if classes & wordClasses != 0 {
      return text.endOfRun(from: start + width, in: wordClasses)
    }
    guard classes & (Classes.newline | Classes.number) == 0 else { return nil }
    let end = text.endOfRun(from: start + width, in: wordClasses)
    return end > start + width ? end : nil
  }

  /// `\p{N}` or `\p{N}{1,3}`
  private func endOfNumber(in text: ScannedText, from start: Int, _ width: Int) -> Int {
    var end = start + width
    var count = 1
    while count < digits, end < text.count {
      let (classes, width) = text.character(at: end)
      if classes & Classes.number == 0 { break }
      end += width
      count += 1
    }
    return end
  }

  /// `[^\s\p{L}\p{N}]+[\r\n]*`, the slash being in the last class for some
  private func endOfSymbols(in text: ScannedText, from start: Int) -> Int {
    let end = text.endOfRun(from: start, outside: notSymbol)
    return text.endOfBytes(from: end) { byte in
      byte == 0x0A || byte == 0x0D || (takesSlashes && byte == UInt8(ascii: "/"))
    }
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`
  private func endOfSpace(in text: ScannedText, from start: Int) -> Int {
    var end = start
    var lastStart = start
    var endOfNewlines = start
    while end < text.count {
      let (classes, width) = text.character(at: end)
      if classes & Classes.space == 0 { break }
      lastStart = end
      end += width
      if classes & Classes.newline != 0 { endOfNewlines = end }
    }
    if endOfNewlines > start { return endOfNewlines }
    if end == text.count || lastStart == start { return end }
    return lastStart
  }

  /// The length of `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at `offset`, where an apostrophe stands; 0 if there
  /// is none. U+017F is an `s` when case is ignored.
  private func lengthOfContraction(in text: ScannedText, at offset: Int) -> Int {
    let second = text.byte(at: offset + 2) | 0x20
    switch text.byte(at: offset + 1) | 0x20 {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return second == UInt8(ascii: "e") ? 3 : 0
    case UInt8(ascii: "l"): return second == UInt8(ascii: "l") ? 3 : 0
    case 0xE5:
      return text.byte(at: offset + 1) == 0xC5 && text.byte(at: offset + 2) == 0xBF ? 3 : 0
    default: return 0
    }
  }
}

// MARK: - Words by case

extension SplitScanner {
  /// `[^\r\n\p{L}\p{N}]?[U]*[W]+C?|[^\r\n\p{L}\p{N}]?[U]+[W]*C?` with U the classes of `upper`, W those
  /// of `lower`, and C a contraction.
  private func endOfWordByCase(
    in text: ScannedText, from start: Int, _ classes: UInt8, _ width: Int
  ) -> Int? {
    let isPrefix =
      classes & (CodePointClasses.newline | CodePointClasses.letter | CodePointClasses.number) == 0
    // The optional first character is taken if the rest matches behind it; a mark is tried both ways.
    let end =
      (isPrefix ? endOfLowerWord(in: text, from: start + width) : nil)
      ?? endOfLowerWord(in: text, from: start)
      ?? (isPrefix ? endOfUpperWord(in: text, from: start + width) : nil)
      ?? endOfUpperWord(in: text, from: start)
    guard let end, hasTrailingContractions, text.byte(at: end) == UInt8(ascii: "'") else {
      return end
    }
    return end + lengthOfContraction(in: text, at: end)
  }

  /// `[U]*[W]+`: if nothing of W alone follows the run of U, the run gives back what it has of both.
  private func endOfLowerWord(in text: ScannedText, from start: Int) -> Int? {
    let upperEnd = text.endOfRun(from: start, in: CodePointClasses.upper)
    let lowerEnd = text.endOfRun(from: upperEnd, in: CodePointClasses.lower)
    if lowerEnd > upperEnd { return lowerEnd }
    var end = upperEnd
    while end > start {
      let previous = text.startOfCharacter(endingAt: end)
      if text.character(at: previous).classes & CodePointClasses.lower != 0 { return end }
      end = previous
    }
    return nil
  }

  /// `[U]+[W]*`, tried where `[U]*[W]+` has failed: no W follows the run.
  private func endOfUpperWord(in text: ScannedText, from start: Int) -> Int? {
    let end = text.endOfRun(from: start, in: CodePointClasses.upper)
    return end > start ? end : nil
  }
}
