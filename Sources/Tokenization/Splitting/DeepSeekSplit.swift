/// The three patterns of DeepSeek, of which each splits the pieces of the one before: up to three
/// digits; runs of ideographs and kana; then words, symbols and white space in what is left and in the
/// runs.
///
/// A piece of an earlier pattern is a text of its own to the last one: digits, and the change between
/// ideographs or kana and anything else, end the text for it.
enum DeepSeekSplit: SplitRule {
  private typealias Classes = CodePointClasses
  private static var wordClasses: UInt8 { Classes.letter | Classes.mark }

  @inline(__always)
  static func endOfPiece(in text: ScannedText, from start: Int) -> Int {
    let isWord =
      text.isASCIILetter(at: start)
      || (text.base[start] == 0x20 && text.isASCIILetter(at: start + 1))
    guard isWord else { return endOfOtherPiece(text, start) }
    return endOfWord(text, start + 1)
  }

  /// The end of a word that has begun before `offset`.
  @inline(__always)
  private static func endOfWord(_ text: ScannedText, _ offset: Int) -> Int {
    let end = text.endOfASCIILetters(from: offset)
    return end < text.count && text.base[end] >= 0x80
      ? Part(text, holdsIdeographs: false).endOfRun(from: end, in: wordClasses) : end
  }

  @inline(__always)
  static var asciiRules: ASCIIRules? {
    ASCIIRules(contractions: .none, joinsDigits: true, digitsEndSpace: true)
  }

  @inline(never)
  private static func endOfOtherPiece(_ text: ScannedText, _ start: Int) -> Int {
    let (classes, width) = text.character(at: start)
    if classes & Classes.number != 0 {
      return text.endOfNumber(from: start, width: width, limit: 3)
    }
    if isASCIIPunctuation(text.base[start]), text.isASCIILetter(at: start + 1) {
      return text.endOfASCIILetters(from: start + 1)
    }
    let part = Part(text, holdsIdeographs: Part.isIdeograph(text, start))
    return endOfMatch(part, start, classes, width) ?? endOfGap(part, start + width)
  }

  /// The end of what the last pattern matches at `start`, its first alternative apart; nil if that is
  /// nothing.
  private static func endOfMatch(
    _ part: Part, _ start: Int, _ classes: UInt8, _ width: Int
  ) -> Int? {
    let next = part.classes(at: start + width)
    let isPrefix = classes & (Classes.newline | Classes.letter | Classes.symbol) == 0
    if classes & wordClasses != 0 || (isPrefix && next & wordClasses != 0) {
      return part.endOfRun(from: start + width, in: wordClasses)
    }
    let isBlank = part.text.base[start] == 0x20
    if classes & Classes.symbol != 0 || (isBlank && next & Classes.symbol != 0) {
      let end = part.endOfRun(from: start + width, in: Classes.symbol)
      return part.endOfRun(from: end, in: Classes.newline)
    }
    return classes & Classes.space != 0 ? part.endOfSpace(from: start) : nil
  }

  /// The end of the characters from `offset` on that nothing matches; together they are a piece.
  private static func endOfGap(_ part: Part, _ offset: Int) -> Int {
    var offset = offset
    while let (classes, width) = part.character(at: offset),
      endOfMatch(part, offset, classes, width) == nil
    {
      offset += width
    }
    return offset
  }

  private static func isASCIIPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }
}

/// A part of a text that the last pattern of DeepSeek sees as a text: ideographs and kana alone, or
/// none of them and no digits.
private struct Part {
  let text: ScannedText
  private let holdsIdeographs: Bool

  @inline(__always)
  init(_ text: ScannedText, holdsIdeographs: Bool) {
    self.text = text
    self.holdsIdeographs = holdsIdeographs
  }

  /// `[一-龥぀-ゟ゠-ヿ]`
  static func isIdeograph(_ text: ScannedText, _ offset: Int) -> Bool {
    guard text.base[offset] >= 0xE3, text.base[offset] <= 0xE9 else { return false }
    let code = text.codePoint(at: offset).code
    return (0x4E00...0x9FA5).contains(code) || (0x3040...0x30FF).contains(code)
  }

  /// The character at `offset`, or nil where the part ends.
  func character(at offset: Int) -> (classes: UInt8, width: Int)? {
    guard offset < text.count, Self.isIdeograph(text, offset) == holdsIdeographs else { return nil }
    let character = text.character(at: offset)
    return character.classes & CodePointClasses.number == 0 ? character : nil
  }

  /// The classes of the character at `offset`; 0 where the part ends.
  func classes(at offset: Int) -> UInt8 {
    character(at: offset)?.classes ?? 0
  }

  func endOfRun(from offset: Int, in mask: UInt8) -> Int {
    var offset = offset
    while let (classes, width) = character(at: offset), classes & mask != 0 { offset += width }
    return offset
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`
  func endOfSpace(from start: Int) -> Int {
    var end = start
    var lastStart = start
    var endOfNewlines = start
    while let (classes, width) = character(at: end), classes & CodePointClasses.space != 0 {
      lastStart = end
      end += width
      if classes & CodePointClasses.newline != 0 { endOfNewlines = end }
    }
    if endOfNewlines > start { return endOfNewlines }
    if character(at: end) == nil || lastStart == start { return end }
    return lastStart
  }
}
