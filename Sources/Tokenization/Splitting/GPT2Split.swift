/// The pattern of GPT-2: a contraction in lower case; letters, digits or symbols with a blank before
/// them; white space.
enum GPT2Split: SplitRule {
  private typealias Classes = CodePointClasses

  @inline(__always)
  static func endOfPiece(in text: ScannedText, from start: Int) -> Int {
    let first = text.base[start] == 0x20 ? start + 1 : start
    return text.isASCIILetter(at: first)
      ? text.endOfWord(from: first + 1, in: Classes.letter) : endOfOtherPiece(text, start)
  }

  @inline(never)
  private static func endOfOtherPiece(_ text: ScannedText, _ start: Int) -> Int {
    if text.base[start] == UInt8(ascii: "'") {
      let length = lengthOfContraction(text, start)
      if length > 0 { return start + length }
    }
    let first = text.base[start] == 0x20 ? start + 1 : start
    guard first < text.count else { return endOfSpace(text, start) }
    let classes = text.character(at: first).classes
    if classes & Classes.letter != 0 { return text.endOfWord(from: first, in: Classes.letter) }
    if classes & Classes.number != 0 { return text.endOfRun(from: first, in: Classes.number) }
    if classes & Classes.space == 0 {
      return text.endOfRun(from: first, outside: Classes.space | Classes.letter | Classes.number)
    }
    return endOfSpace(text, start)
  }

  /// The length of `'s|'t|'re|'ve|'m|'ll|'d`; 0 if none stands there.
  private static func lengthOfContraction(_ text: ScannedText, _ start: Int) -> Int {
    let (first, second) = (text.byte(at: start + 1), text.byte(at: start + 2))
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return second == UInt8(ascii: "e") ? 3 : 0
    case UInt8(ascii: "l"): return second == UInt8(ascii: "l") ? 3 : 0
    default: return 0
    }
  }

  /// `\s+(?!\S)|\s+`
  private static func endOfSpace(_ text: ScannedText, _ start: Int) -> Int {
    let end = text.endOfRun(from: start, in: Classes.space)
    if end == text.count || end <= start { return max(end, start + 1) }
    let lastStart = text.startOfCharacter(endingAt: end)
    return lastStart > start ? lastStart : end
  }
}
