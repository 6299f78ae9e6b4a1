internal import Bytes

// What is asked of the bytes around a stop before a pattern is applied.
extension SentenceScanner {
  /// The last of the ASCII stops from `mark` on.
  func lastOfRun(from mark: Int, before end: Int) -> Int {
    var last = mark
    while last + 1 < end, Self.isASCIIStop(text[last + 1]) { last += 1 }
    return last
  }

  private static func isASCIIStop(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?")
  }

  /// Whether the byte behind an ASCII stop can follow the end of a sentence: a blank, something that
  /// closes, the bracket of a note, or what is not ASCII.
  @inline(__always)
  func mayEnd(at stop: Int, before end: Int) -> Bool {
    guard stop + 1 < end else { return false }
    switch text[stop + 1] {
    case 0x09, 0x0B, 0x0C, 0x20, 0x22, 0x27, 0x29, 0x2A, 0x5B, 0x5D, 0x5F, 0x60, 0x7D, 0x80...:
      return true
    default: return false
    }
  }

  /// Whether the character at `lead`, which is not ASCII, is a stop.
  @inline(__always)
  func isStop(at lead: Int, before end: Int) -> Bool {
    let byte = text[lead]
    let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    guard lead + length < end else { return false }
    var code = Int(byte) & (0xFF >> (length + 1))
    for offset in lead + 1..<lead + length {
      guard text[offset] & 0xC0 == 0x80 else { return false }
      code = code << 6 | Int(text[offset] & 0x3F)
    }
    return code >> 6 < stops.count && stops[code >> 6] >> UInt64(code & 63) & 1 != 0
  }

  /// The start of the word before `stop`: letters, digits and stops of ASCII, and other characters but
  /// punctuation, at most `limit` bytes.
  func startOfWord(before stop: Int, from start: Int, limit: Int) -> Int {
    let lowest = max(start, stop - limit)
    var word = stop
    var offset = stop
    while offset > lowest {
      offset -= 1
      let byte = text[offset]
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."): word = offset
      case 0x80..<0xC0: continue
      // Mostly punctuation: U+0080 to U+00BF but the ordinal signs, U+2000 to U+3FFF, U+F000 to U+FFFF.
      case 0xC2 where !isOrdinalSign(at: offset): return word
      case 0xE2, 0xE3, 0xEF: return word
      case 0xC0...: word = offset
      default: return word
      }
    }
    return word
  }

  private func isOrdinalSign(at lead: Int) -> Bool {
    let second = text[lead + 1]
    return second == 0xAA || second == 0xBA
  }
}
