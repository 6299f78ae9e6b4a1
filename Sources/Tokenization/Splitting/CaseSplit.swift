internal import CVector

/// What differs between the patterns of o200k and tekken.
protocol CaseSplitOptions {
  /// Whether a contraction is the end of the word before it.
  static var takesContractions: Bool { get }
  /// The most digits of a piece.
  static var digits: Int { get }
}

/// The patterns of o200k and tekken: words that end where lower case turns to upper, with one character
/// of another kind before; digits; symbols with a blank before and line breaks or slashes behind; white
/// space.
enum CaseSplit<Options: CaseSplitOptions>: SplitRule {
  private typealias Classes = CodePointClasses

  @inline(__always)
  static func endOfPiece(in text: ScannedText, from start: Int) -> Int {
    let isPrefixed = text.base[start] == 0x20
    let first = isPrefixed ? start &+ 1 : start
    guard text.isASCIILetter(at: first) else { return endOfOtherPiece(text, start) }
    let upperEnd = text.endOfASCIIRun(from: first, cvector_upper_letters, of: Classes.upper)
    let end = text.endOfASCIIRun(from: upperEnd, cvector_lower_letters, of: Classes.lower)
    // A character that is not ASCII may go on with the word.
    guard end == text.count || text.base[end] < 0x80 else { return endOfOtherPiece(text, start) }
    return endWithContraction(text, end)
  }

  @inline(__always)
  private static func endWithContraction(_ text: ScannedText, _ end: Int) -> Int {
    guard Options.takesContractions, text.byte(at: end) == UInt8(ascii: "'") else { return end }
    return end + text.lengthOfContraction(at: end)
  }

  @inline(__always)
  static var asciiRules: ASCIIRules? {
    ASCIIRules(
      contractions: Options.takesContractions ? .suffixes : .none,
      joinsDigits: Options.digits > 1, splitsCase: true, takesSlashes: true)
  }

  @inline(never)
  private static func endOfOtherPiece(_ text: ScannedText, _ start: Int) -> Int {
    let (classes, width) = text.character(at: start)
    if let end = endOfWord(text, start, classes, width) { return endWithContraction(text, end) }
    if classes & Classes.number != 0 {
      return text.endOfNumber(from: start, width: width, limit: Options.digits)
    }
    let notSymbol = Classes.space | Classes.letter | Classes.number
    let symbols = text.base[start] == 0x20 ? start + 1 : start
    if symbols < text.count, text.character(at: symbols).classes & notSymbol == 0 {
      return text.endOfBytes(from: text.endOfRun(from: symbols, outside: notSymbol)) { byte in
        byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "/")
      }
    }
    return text.endOfSpace(from: start)
  }

  /// `[^\r\n\p{L}\p{N}]?[U]*[W]+|[^\r\n\p{L}\p{N}]?[U]+[W]*` with U the classes of `upper` and W those of
  /// `lower`.
  private static func endOfWord(
    _ text: ScannedText, _ start: Int, _ classes: UInt8, _ width: Int
  ) -> Int? {
    let isPrefix = classes & (Classes.newline | Classes.letter | Classes.number) == 0
    // The optional first character is taken if the rest matches behind it; a mark is tried both ways.
    return (isPrefix ? endOfLowerWord(text, start + width) : nil)
      ?? endOfLowerWord(text, start)
      ?? (isPrefix ? endOfUpperWord(text, start + width) : nil)
      ?? endOfUpperWord(text, start)
  }

  /// `[U]*[W]+`: if nothing of W alone follows the run of U, the run gives back what it has of both.
  private static func endOfLowerWord(_ text: ScannedText, _ start: Int) -> Int? {
    let upperEnd = text.endOfRun(from: start, in: Classes.upper)
    let lowerEnd = text.endOfRun(from: upperEnd, in: Classes.lower)
    if lowerEnd > upperEnd { return lowerEnd }
    var end = upperEnd
    while end > start {
      let previous = text.startOfCharacter(endingAt: end)
      if text.character(at: previous).classes & Classes.lower != 0 { return end }
      end = previous
    }
    return nil
  }

  /// `[U]+[W]*`, tried where `[U]*[W]+` has failed: no W follows the run.
  private static func endOfUpperWord(_ text: ScannedText, _ start: Int) -> Int? {
    let end = text.endOfRun(from: start, in: Classes.upper)
    return end > start ? end : nil
  }
}

/// o200k, Llama 4, MiniMax.
enum O200KOptions: CaseSplitOptions {
  static var takesContractions: Bool { true }
  static var digits: Int { 3 }
}

/// Mistral's tekken.
enum TekkenOptions: CaseSplitOptions {
  static var takesContractions: Bool { false }
  static var digits: Int { 1 }
}
