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

  let bytes: [UInt8]
  let loneSurrogates: LoneSurrogates
  var offset = 0
  private var depth = 0

  /// Begins with the value of a text.
  init(_ bytes: [UInt8], loneSurrogates: LoneSurrogates) throws(JSONSyntaxError) {
    if let invalid = UTF8Validation.firstInvalidOffset(in: bytes) {
      throw JSONSyntaxError(offset: invalid, message: "not UTF-8")
    }
    self.bytes = bytes
    self.loneSurrogates = loneSurrogates
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    skipWhitespace()
  }

  /// Makes sure that nothing stands behind the value.
  mutating func finish() throws(JSONSyntaxError) {
    skipWhitespace()
    guard offset == bytes.count else { throw error("unexpected \(found) after the value") }
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
    var parser = try JSONParser(bytes, loneSurrogates: loneSurrogates)
    let node = try parser.parseValue()
    try parser.finish()
    return node
  }

  mutating func parseValue() throws(JSONSyntaxError) -> JSONNode {
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
    var members: [JSONMember] = []
    var hasNext = try enter(until: "}")
    while hasNext {
      let keyOffset = offset
      try expectKey()
      let key = try parseString()
      try passColon()
      members.append(JSONMember(key, try parseValue(), keyOffset: keyOffset))
      hasNext = try advance(until: "}")
    }
    return .object(members)
  }

  private mutating func parseArray() throws(JSONSyntaxError) -> JSONValue {
    var elements: [JSONNode] = []
    var hasNext = try enter(until: "]")
    while hasNext {
      elements.append(try parseValue())
      hasNext = try advance(until: "]")
    }
    return .array(elements)
  }

  private mutating func parseNumber() throws(JSONSyntaxError) -> JSONNumber {
    JSONNumber(spelling: ByteString(bytes[try passNumber()]))
  }

  /// Passes over a number and returns where it stands.
  mutating func passNumber() throws(JSONSyntaxError) -> Range<Int> {
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
    return start..<offset
  }

  private mutating func skipDigits() -> Int {
    let start = offset
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
    return offset - start
  }
}

// MARK: - Cursor

extension JSONParser {
  var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private var found: String {
    guard let byte = peek else { return "end of the text" }
    return byte > 0x20 && byte < 0x7F
      ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
  }

  func error(_ message: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: offset, message: message)
  }

  private mutating func skipWhitespace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  mutating func expect(_ word: StaticString) throws(JSONSyntaxError) {
    let rest = bytes[offset...]
    guard word.withUTF8Buffer({ rest.starts(with: $0) }) else {
      throw error("unexpected \(found), expected '\(word)'")
    }
    offset += word.utf8CodeUnitCount
  }

  private mutating func consume(_ byte: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: byte) else { return false }
    offset += 1
    skipWhitespace()
    return true
  }

  /// Passes over the beginning of an array or object, and returns whether anything is in it.
  mutating func enter(until end: Unicode.Scalar) throws(JSONSyntaxError) -> Bool {
    depth += 1
    guard depth <= Self.depthLimit else {
      throw error("nested more than \(Self.depthLimit) levels deep")
    }
    offset += 1
    skipWhitespace()
    guard consume(end) else { return true }
    depth -= 1
    return false
  }

  /// Passes over what stands behind an element or member, and returns whether another follows.
  mutating func advance(until end: Unicode.Scalar) throws(JSONSyntaxError) -> Bool {
    skipWhitespace()
    if consume(",") { return true }
    guard consume(end) else { throw error("unexpected \(found), expected ',' or '\(end)'") }
    depth -= 1
    return false
  }

  /// Makes sure that a key begins here.
  func expectKey() throws(JSONSyntaxError) {
    guard peek == UInt8(ascii: "\"") else {
      throw error("unexpected \(found), expected a key in double quotes")
    }
  }

  /// Passes over the colon behind a key.
  mutating func passColon() throws(JSONSyntaxError) {
    skipWhitespace()
    guard consume(":") else { throw error("unexpected \(found), expected ':'") }
  }
}
