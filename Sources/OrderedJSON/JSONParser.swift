internal import Bytes

/// Reads JSON (RFC 8259) into `JSONNode`s.
///
/// The order and every occurrence of object members are kept, and numbers are kept as spelled. A
/// byte-order mark at the start is passed over. Strings with lone surrogate escapes are refused if
/// nothing else is asked for, since no UTF-8 text stands for them.
public struct JSONParser {
  /// What becomes of an escape such as `\ud800` that is half of a character.
  public enum LoneSurrogates: Sendable {
    /// It is an error.
    case refused
    /// It is read as U+FFFD, as a text that is cut in the middle of a character is shown.
    case replaced
  }

  /// The deepest nesting of arrays and objects that is read.
  public static let depthLimit = 512

  private let bytes: [UInt8]
  private let loneSurrogates: LoneSurrogates
  private var offset = 0
  private var depth = 0

  private init(_ bytes: [UInt8], loneSurrogates: LoneSurrogates) {
    self.bytes = bytes
    self.loneSurrogates = loneSurrogates
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  /// Parses a text that holds exactly one value.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8; ill-formed sequences are an error with their offset.
  ///   - loneSurrogates: what becomes of escapes that are half of a character.
  /// - Throws: `JSONSyntaxError`, with the byte offset of the fault.
  /// - Complexity: linear.
  public static func parse(
    _ bytes: [UInt8], loneSurrogates: LoneSurrogates = .refused
  ) throws(JSONSyntaxError) -> JSONNode {
    if let invalid = UTF8Validation.firstInvalidOffset(in: bytes) {
      throw JSONSyntaxError(offset: invalid, message: "not UTF-8")
    }
    var parser = JSONParser(bytes, loneSurrogates: loneSurrogates)
    parser.skipWhitespace()
    let node = try parser.parseValue()
    parser.skipWhitespace()
    guard parser.offset == bytes.count else {
      throw parser.error("unexpected \(parser.found) after the value")
    }
    return node
  }

  private mutating func parseValue() throws(JSONSyntaxError) -> JSONNode {
    let start = offset
    guard let byte = peek else { throw error("unexpected end of the text, expected a value") }
    switch byte {
    case UInt8(ascii: "{"): return JSONNode(try parseObject(), offset: start)
    case UInt8(ascii: "["): return JSONNode(try parseArray(), offset: start)
    case UInt8(ascii: "\""): return JSONNode(.string(try parseString()), offset: start)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return JSONNode(.number(try parseNumber()), offset: start)
    case UInt8(ascii: "t"):
      try expect("true")
      return JSONNode(.bool(true), offset: start)
    case UInt8(ascii: "f"):
      try expect("false")
      return JSONNode(.bool(false), offset: start)
    case UInt8(ascii: "n"):
      try expect("null")
      return JSONNode(.null, offset: start)
    default: throw error("unexpected \(found), expected a value")
    }
  }

  private mutating func parseObject() throws(JSONSyntaxError) -> JSONValue {
    try enter()
    var members: [JSONMember] = []
    if consume("}") { return .object(leave(members)) }
    while true {
      let keyOffset = offset
      guard peek == UInt8(ascii: "\"") else {
        throw error("unexpected \(found), expected a key in double quotes")
      }
      let key = try parseString()
      skipWhitespace()
      guard consume(":") else { throw error("unexpected \(found), expected ':'") }
      members.append(JSONMember(key, try parseValue(), keyOffset: keyOffset))
      skipWhitespace()
      if consume("}") { return .object(leave(members)) }
      guard consume(",") else { throw error("unexpected \(found), expected ',' or '}'") }
    }
  }

  private mutating func parseArray() throws(JSONSyntaxError) -> JSONValue {
    try enter()
    var elements: [JSONNode] = []
    if consume("]") { return .array(leave(elements)) }
    while true {
      elements.append(try parseValue())
      skipWhitespace()
      if consume("]") { return .array(leave(elements)) }
      guard consume(",") else { throw error("unexpected \(found), expected ',' or ']'") }
    }
  }

  private mutating func parseNumber() throws(JSONSyntaxError) -> JSONNumber {
    let start = offset
    if peek == UInt8(ascii: "-") { offset += 1 }
    let integerStart = offset
    let digits = skipDigits()
    guard digits > 0, digits == 1 || bytes[integerStart] != UInt8(ascii: "0") else {
      throw error("malformed number")
    }
    if peek == UInt8(ascii: ".") {
      offset += 1
      guard skipDigits() > 0 else { throw error("malformed number, expected a digit") }
    }
    if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { offset += 1 }
      guard skipDigits() > 0 else { throw error("malformed number, expected a digit") }
    }
    return JSONNumber(spelling: ByteString(bytes[start..<offset]))
  }

  private mutating func skipDigits() -> Int {
    let start = offset
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
    return offset - start
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func parseString() throws(JSONSyntaxError) -> ByteString {
    offset += 1
    var start = offset
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        text.append(contentsOf: bytes[start..<offset])
        offset += 1
        return ByteString(text)
      case UInt8(ascii: "\\"):
        text.append(contentsOf: bytes[start..<offset])
        try parseEscape(into: &text)
        start = offset
      case 0..<0x20: throw error("control character in a string, write it as an escape")
      default: offset += 1
      }
    }
    throw error("unexpected end of the text in a string")
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

// MARK: - Cursor

extension JSONParser {
  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private var found: String {
    guard let byte = peek else { return "end of the text" }
    return byte > 0x20 && byte < 0x7F
      ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
  }

  private func error(_ message: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: offset, message: message)
  }

  private mutating func skipWhitespace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  private mutating func expect(_ word: StaticString) throws(JSONSyntaxError) {
    let expected = ByteString(stringLiteral: word).bytes
    guard bytes[offset...].starts(with: expected) else {
      throw error("unexpected \(found), expected '\(word)'")
    }
    offset += expected.count
  }

  private mutating func consume(_ byte: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: byte) else { return false }
    offset += 1
    skipWhitespace()
    return true
  }

  private mutating func enter() throws(JSONSyntaxError) {
    depth += 1
    guard depth <= Self.depthLimit else {
      throw error("nested more than \(Self.depthLimit) levels deep")
    }
    offset += 1
    skipWhitespace()
  }

  private mutating func leave<Element>(_ elements: [Element]) -> [Element] {
    depth -= 1
    return elements
  }
}
