/// Numbers that tools write at the start of lines.
enum LineNumber {
  private static let digitLimit = 7

  /// The offset behind the line number at `start`, or nil if none is there.
  ///
  /// - Parameter start: the start of a line.
  static func end(in text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
    var offset = start
    while offset < end, text[offset] == 0x20 { offset += 1 }
    let first = offset
    while offset < end, isDigit(text[offset]), offset - first <= digitLimit { offset += 1 }
    guard offset > first, offset - first <= digitLimit, offset < end else { return nil }
    switch text[offset] {
    case 0x09:
      // Without blanks it is the first column of a table.
      return first > start ? offset + 1 : nil
    case UInt8(ascii: ":"):
      let hasDigit = offset + 1 < end && isDigit(text[offset + 1])
      return hasDigit ? nil : offset + 1
    case 0xE2:
      // U+2192.
      let isArrow = offset + 2 < end && text[offset + 1] == 0x86 && text[offset + 2] == 0x92
      return isArrow ? offset + 3 : nil
    default: return nil
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
