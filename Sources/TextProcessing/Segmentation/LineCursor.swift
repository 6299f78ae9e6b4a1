internal import Bytes

/// A line of a text.
struct Line {
  /// The offset of its first byte.
  let start: Int
  /// The offset of its line end.
  let contentEnd: Int
  /// The offset behind its line end.
  let end: Int

  /// Whether it holds white space of ASCII alone.
  func isBlank(in text: UnsafeRawBufferPointer) -> Bool {
    for offset in start..<contentEnd where !WhiteSpace.isASCII(text[offset]) { return false }
    return true
  }

  /// List items longer than this many bytes are cut into sentences.
  private static let wholeLimit = 256

  /// Whether it is one segment, whatever stops are in it: a heading or a row of a table; if it is not
  /// long, also a list item or a line of code, as its first and last characters tell.
  func isWhole(in text: UnsafeRawBufferPointer) -> Bool {
    var first = start
    while first < contentEnd, text[first] == 0x20 || text[first] == 0x09 { first += 1 }
    guard first < contentEnd else { return true }
    switch text[first] {
    case UInt8(ascii: "#"), UInt8(ascii: "|"): return true
    default: break
    }
    guard contentEnd - start <= Self.wholeLimit else { return false }
    let isIndented = first - start >= 4 || first > start && text[first - 1] == 0x09
    return isIndented || isListItem(text, first) || endsAsCode(text)
  }

  private func isListItem(_ text: UnsafeRawBufferPointer, _ first: Int) -> Bool {
    func byte(_ offset: Int) -> UInt8 { offset < contentEnd ? text[offset] : 0x20 }
    switch text[first] {
    case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"):
      return byte(first + 1) == 0x20
    case UInt8(ascii: "/"):
      return byte(first + 1) == UInt8(ascii: "/") || byte(first + 1) == UInt8(ascii: "*")
    case 0xE2:
      // A bullet, U+2022.
      return byte(first + 1) == 0x80 && byte(first + 2) == 0xA2
    default: break
    }
    var offset = first
    while offset < contentEnd, isDigit(text[offset]), offset - first < 4 { offset += 1 }
    let hasMark = byte(offset) == UInt8(ascii: ".") || byte(offset) == UInt8(ascii: ")")
    return offset > first && hasMark && byte(offset + 1) == 0x20
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private func endsAsCode(_ text: UnsafeRawBufferPointer) -> Bool {
    var last = contentEnd - 1
    while last > start, WhiteSpace.isASCII(text[last]) { last -= 1 }
    let byte = text[last]
    return byte == UInt8(ascii: ";") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
  }
}

/// Goes through the lines of a text.
struct LineCursor {
  private let text: UnsafeRawBufferPointer
  private var marks: MarkCursor
  private var start = 0

  init(_ text: UnsafeRawBufferPointer) {
    self.text = text
    marks = MarkCursor(text, .lineEnds)
  }

  /// Returns the next line, or nil at the end of the text.
  mutating func next() -> Line? {
    guard start < text.count else { return nil }
    guard let contentEnd = marks.next(before: text.count) else {
      defer { start = text.count }
      return Line(start: start, contentEnd: text.count, end: text.count)
    }
    var end = contentEnd + 1
    if text[contentEnd] == 0x0D, end < text.count, text[end] == 0x0A {
      end += 1
      marks.skip(to: end)
    }
    defer { start = end }
    return Line(start: start, contentEnd: contentEnd, end: end)
  }
}
