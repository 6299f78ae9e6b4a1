internal import Bytes

extension JSONParser {
  mutating func parseString() throws(JSONSyntaxError) -> ByteString {
    offset += 1
    var start = offset
    var text: [UInt8] = []
    while true {
      skipPlainBytes()
      switch peek {
      case UInt8(ascii: "\"")?:
        let rest = bytes[start..<offset]
        offset += 1
        guard !text.isEmpty else { return ByteString(rest) }
        text.append(contentsOf: rest)
        return ByteString(text)
      case UInt8(ascii: "\\")?:
        text.append(contentsOf: bytes[start..<offset])
        try parseEscape(into: &text)
        start = offset
      case nil: throw error("unexpected end of the text in a string")
      default: throw error("control character in a string, write it as an escape")
      }
    }
  }

  /// Passes over the bytes of a string up to a quote, a backslash, a control character or the end of the text.
  mutating func skipPlainBytes() {
    offset = bytes.withUnsafeBytes { PlainStringBytes.end(in: $0, from: offset) }
  }

  private mutating func parseEscape(into text: inout [UInt8]) throws(JSONSyntaxError) {
    let start = offset
    offset += 1
    guard let byte = peek else { throw error("unexpected end of the text in a string") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try parseHexadecimal()
      if (0xD800..<0xDC00).contains(code), peek == UInt8(ascii: "\\"),
        offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: "u")
      {
        let behindHigh = offset
        offset += 2
        let low = try parseHexadecimal()
        if (0xDC00..<0xE000).contains(low) {
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        } else {
          offset = behindHigh
        }
      }
      guard let scalar = Unicode.Scalar(code) ?? replacement else {
        throw JSONSyntaxError(offset: start, message: "lone surrogate in a \\u escape")
      }
      text.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    default: throw JSONSyntaxError(offset: start, message: "unknown escape in a string")
    }
  }

  /// What stands for a lone surrogate, if it may stand in a text.
  private var replacement: Unicode.Scalar? {
    loneSurrogates == .replaced ? "\u{FFFD}" : nil
  }

  private mutating func parseHexadecimal() throws(JSONSyntaxError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("expected four hexadecimal digits after \\u")
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}
