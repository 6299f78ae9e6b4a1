/// What differs between the patterns of Qwen and cl100k.
protocol WordSplitOptions {
  /// The classes of characters that words consist of: letters, or letters and marks.
  static var wordClasses: UInt8 { get }
  /// The most digits of a piece.
  static var digits: Int { get }
}

/// The patterns of Qwen and cl100k: a contraction; a word with one character of another kind before it;
/// digits; symbols with a blank before and line breaks behind; white space.
enum WordSplit<Options: WordSplitOptions>: SplitRule {
  private typealias Classes = CodePointClasses

  @inline(__always)
  static func endOfPiece(in text: ScannedText, from start: Int) -> Int {
    let isWord =
      text.isASCIILetter(at: start)
      || (text.base[start] == 0x20 && text.isASCIILetter(at: start + 1))
    return isWord
      ? text.endOfWord(from: start + 1, in: Options.wordClasses) : endOfOtherPiece(text, start)
  }

  @inline(__always)
  static var asciiRules: ASCIIRules? {
    ASCIIRules(contractions: .pieces, joinsDigits: Options.digits > 1)
  }

  @inline(never)
  private static func endOfOtherPiece(_ text: ScannedText, _ start: Int) -> Int {
    let (classes, width) = text.character(at: start)
    if classes & Classes.newline != 0 { return text.endOfSpace(from: start) }
    if text.base[start] == UInt8(ascii: "'") {
      let length = text.lengthOfContraction(at: start)
      if length > 0 { return start + length }
    }
    let next = start + width
    if classes & Options.wordClasses != 0 {
      return text.endOfWord(from: next, in: Options.wordClasses)
    }
    if classes & Classes.number != 0 {
      return text.endOfNumber(from: start, width: width, limit: Options.digits)
    }
    let nextClasses = text.classes(at: next)
    if nextClasses & Options.wordClasses != 0 {
      return text.endOfWord(from: next, in: Options.wordClasses)
    }
    let notSymbol = Classes.space | Classes.letter | Classes.number | Options.wordClasses
    if classes & notSymbol == 0 { return endOfSymbols(text, next, notSymbol) }
    if text.base[start] == 0x20, next < text.count, nextClasses & notSymbol == 0 {
      return endOfSymbols(text, next, notSymbol)
    }
    return text.endOfSpace(from: start)
  }

  /// `[^\s\p{L}\p{N}]*[\r\n]*`
  @inline(__always)
  private static func endOfSymbols(_ text: ScannedText, _ start: Int, _ notSymbol: UInt8) -> Int {
    text.endOfBytes(from: text.endOfRun(from: start, outside: notSymbol)) { byte in
      byte == 0x0A || byte == 0x0D
    }
  }
}

/// Qwen 2 to 3.
enum QwenOptions: WordSplitOptions {
  static var wordClasses: UInt8 { CodePointClasses.letter }
  static var digits: Int { 1 }
}

/// Qwen 3.5.
enum QwenWithMarksOptions: WordSplitOptions {
  static var wordClasses: UInt8 { CodePointClasses.letter | CodePointClasses.mark }
  static var digits: Int { 1 }
}

/// cl100k, Llama 3, GLM.
enum CL100KOptions: WordSplitOptions {
  static var wordClasses: UInt8 { CodePointClasses.letter }
  static var digits: Int { 3 }
}
