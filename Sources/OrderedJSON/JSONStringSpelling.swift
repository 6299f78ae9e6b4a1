internal import Bytes

/// How whoever wrote a JSON text spells its strings: which characters they escape, and how.
///
/// It is learned from literals; a text that is put in place of one is then spelled as they would have done.
/// What was not seen escaped is written as it is, but for what RFC 8259 demands.
public struct JSONStringSpelling: Sendable {
  /// The escapes of ASCII characters; nil for those that are written as they are.
  private var escapes: [[UInt8]?]
  /// Whether other characters are escaped.
  private var escapesNonASCII = false
  /// Whether U+2028 and U+2029 are escaped, which JavaScript reads as line ends.
  private var escapesLineSeparators = false
  private var digits = Array("0123456789abcdef".utf8)

  /// Whether something is escaped that need not be.
  private var escapesMore = false

  /// Makes the spelling of a text without any escape that is not needed.
  public init() {
    escapes = Self.neededEscapes
  }

  private static let neededEscapes = (0..<UInt8(128)).map { byte -> [UInt8]? in
    guard !PlainStringBytes.isPlain(byte) else { return nil }
    var escape: [UInt8] = []
    JSONWriter.appendEscape(byte, to: &escape)
    return escape
  }

  /// Learns from a literal of a text that was parsed.
  ///
  /// - Returns: whether the literal is a text: no escape in it is half of a character.
  /// - Complexity: linear.
  @discardableResult
  public mutating func learn(from literal: JSONStringLiteral, in source: [UInt8]) -> Bool {
    guard literal.hasEscapes else { return true }
    var isText = true
    var pendingHigh: Int?
    var offset = literal.range.start + 1
    let end = literal.range.end - 1
    while offset < end {
      guard source[offset] == UInt8(ascii: "\\"), offset + 1 < end else {
        if pendingHigh != nil { isText = false }
        pendingHigh = nil
        offset += 1
        continue
      }
      guard source[offset + 1] == UInt8(ascii: "u"), offset + 6 <= end else {
        if pendingHigh != nil { isText = false }
        pendingHigh = nil
        learnShort(source[offset + 1])
        offset += 2
        continue
      }
      let spelled = source[(offset + 2)..<(offset + 6)]
      let code = spelled.reduce(0) { $0 << 4 | Self.value(of: $1) }
      learnLong(code, spelled)
      let isLow = (0xDC00..<0xE000).contains(code)
      if (pendingHigh != nil) != isLow { isText = false }
      pendingHigh = (0xD800..<0xDC00).contains(code) ? code : nil
      offset += 6
    }
    return isText && pendingHigh == nil
  }

  private mutating func learnShort(_ byte: UInt8) {
    let code: UInt8
    switch byte {
    case UInt8(ascii: "b"): code = 0x08
    case UInt8(ascii: "t"): code = 0x09
    case UInt8(ascii: "n"): code = 0x0A
    case UInt8(ascii: "f"): code = 0x0C
    case UInt8(ascii: "r"): code = 0x0D
    default: code = byte
    }
    if code < 128 { learn([UInt8(ascii: "\\"), byte], of: Int(code)) }
  }

  private mutating func learnLong(_ code: Int, _ spelled: ArraySlice<UInt8>) {
    if spelled.contains(where: { (0x41...0x46).contains($0) }) {
      digits = Array("0123456789ABCDEF".utf8)
    }
    switch code {
    case 0..<128: learn(Array("\\u".utf8) + spelled, of: code)
    case 0x2028, 0x2029: (escapesLineSeparators, escapesMore) = (true, true)
    default: (escapesNonASCII, escapesMore) = (true, true)
    }
  }

  private mutating func learn(_ escape: [UInt8], of code: Int) {
    if escapes[code] == nil { escapesMore = true }
    escapes[code] = escape
  }

  /// Appends the literal of a text, with its quotes.
  ///
  /// - Parameter text: UTF-8.
  /// - Complexity: linear.
  public func append(_ text: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    let plain = escapesMore ? plainBytes : []
    var start = 0
    var offset = 0
    while true {
      offset =
        escapesMore
        ? Self.firstByte(of: text, from: offset, notIn: plain)
        : text.withUnsafeBytes { PlainStringBytes.end(in: $0, from: offset) }
      guard offset < text.count else { break }
      let byte = text[offset]
      let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      if let escape = escape(of: text, at: offset, length) {
        bytes += text[start..<offset]
        bytes += escape
        start = min(offset + length, text.count)
      }
      offset += length
    }
    bytes += text[start...]
    bytes.append(UInt8(ascii: "\""))
  }

  /// Where the first byte stands that is written otherwise than it is; behind the text if none is.
  private static func firstByte(of text: [UInt8], from offset: Int, notIn plain: [Bool]) -> Int {
    text.withUnsafeBytes { text in
      plain.withUnsafeBytes { plain in
        var offset = offset
        while offset < text.count, plain[Int(text[offset])] != 0 { offset += 1 }
        return offset
      }
    }
  }

  /// Whether each byte is written as it is, whatever stands around it.
  private var plainBytes: [Bool] {
    let isPlain = !escapesNonASCII && !escapesLineSeparators
    return escapes.map { $0 == nil } + [Bool](repeating: isPlain, count: 128)
  }

  /// The escape of the character of `length` bytes at `offset`, or nil if it is written as it is.
  private func escape(of text: [UInt8], at offset: Int, _ length: Int) -> [UInt8]? {
    let byte = text[offset]
    if byte < 0x80 { return escapes[Int(byte)] }
    guard escapesNonASCII || escapesLineSeparators, offset + length <= text.count else {
      return nil
    }
    var code = Int(byte) & (0xFF >> (length + 1))
    for next in text[(offset + 1)..<(offset + length)] { code = code << 6 | Int(next & 0x3F) }
    let isSeparator = code == 0x2028 || code == 0x2029
    guard isSeparator ? escapesLineSeparators : escapesNonASCII else { return nil }
    guard code >= 0x10000 else { return unicodeEscape(code) }
    return unicodeEscape(0xD800 + (code - 0x10000) >> 10)
      + unicodeEscape(0xDC00 + (code - 0x10000) & 0x3FF)
  }

  private func unicodeEscape(_ code: Int) -> [UInt8] {
    Array("\\u".utf8) + (0..<4).reversed().map { digits[code >> (4 * $0) & 15] }
  }

  private static func value(of digit: UInt8) -> Int {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit) - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
      Int(digit | 0x20) - 0x57
    default: 0
    }
  }
}
