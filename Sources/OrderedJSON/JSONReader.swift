public import Bytes

/// Reads a JSON text (RFC 8259) value by value, without a node for each: for long lists whose elements all have
/// one form.
///
/// Each call reads the value that stands next, whole. If it is of another kind than asked for the answer is nil.
public struct JSONReader {
  private var parser: JSONParser

  /// Begins with the value of a text.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8.
  ///   - loneSurrogates: what becomes of escapes that are half of a character.
  /// - Throws: `JSONSyntaxError` if the text is not UTF-8.
  public init(
    _ bytes: [UInt8], loneSurrogates: JSONParser.LoneSurrogates = .refused
  ) throws(JSONSyntaxError) {
    parser = try JSONParser(bytes, loneSurrogates: loneSurrogates)
  }

  /// The byte offset of what is read next.
  public var offset: Int { parser.offset }

  /// Whether the value that stands next is an array or an object.
  public var isAtContainer: Bool {
    parser.peek == UInt8(ascii: "[") || parser.peek == UInt8(ascii: "{")
  }

  /// Reads an object.
  ///
  /// - Parameters:
  ///   - keys: the names that are told apart.
  ///   - body: reads the value of a member; it gets the place of its name in `keys`, nil for another name.
  public mutating func readMembers(
    _ keys: [ByteString], _ body: (inout JSONReader, Int?) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) -> Void? {
    guard parser.peek == UInt8(ascii: "{") else { return try skip() }
    var hasNext = try parser.enter(until: "}")
    while hasNext {
      try parser.expectKey()
      let place = try parser.parseKey(among: keys)
      try parser.passColon()
      try body(&self, place)
      hasNext = try parser.advance(until: "}")
    }
    return ()
  }

  /// Reads an array; `body` reads an element.
  public mutating func readElements(
    _ body: (inout JSONReader) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) -> Void? {
    guard parser.peek == UInt8(ascii: "[") else { return try skip() }
    var hasNext = try parser.enter(until: "]")
    while hasNext {
      try body(&self)
      hasNext = try parser.advance(until: "]")
    }
    return ()
  }

  /// Reads a value of any kind.
  public mutating func readNode() throws(JSONSyntaxError) -> JSONNode {
    try parser.parseValue()
  }

  /// Reads a text.
  public mutating func readString() throws(JSONSyntaxError) -> ByteString? {
    guard parser.peek == UInt8(ascii: "\"") else { return try skip() }
    return try parser.parseString()
  }

  /// Reads a number; nil too if it has a fraction or an exponent, or does not fit.
  public mutating func readInteger() throws(JSONSyntaxError) -> Int? {
    switch parser.peek {
    case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?:
      return Self.integer(parser.bytes[try parser.passNumber()])
    default: return try skip()
    }
  }

  /// Reads a truth value.
  public mutating func readBool() throws(JSONSyntaxError) -> Bool? {
    switch parser.peek {
    case UInt8(ascii: "t")?:
      try parser.expect("true")
      return true
    case UInt8(ascii: "f")?:
      try parser.expect("false")
      return false
    default: return try skip()
    }
  }

  /// Passes over a value of any kind, in no more memory than its longest text takes.
  public mutating func skipValue() throws(JSONSyntaxError) {
    try parser.passValue()
  }

  /// Makes sure that nothing stands behind the value.
  public mutating func finish() throws(JSONSyntaxError) {
    try parser.finish()
  }

  /// Passes over a value of any kind and answers nil.
  private mutating func skip<Value>() throws(JSONSyntaxError) -> Value? {
    try skipValue()
    return nil
  }

  /// The number of this spelling.
  private static func integer(_ spelling: ArraySlice<UInt8>) -> Int? {
    let isNegative = spelling.first == UInt8(ascii: "-")
    var value = 0
    for byte in isNegative ? spelling.dropFirst() : spelling {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let digit = Int(byte - UInt8(ascii: "0"))
      let (sum, overflows) = tens.addingReportingOverflow(isNegative ? -digit : digit)
      if isTooLarge || overflows { return nil }
      value = sum
    }
    return value
  }
}

extension JSONParser {
  /// Passes over a value that `parseValue` would parse.
  fileprivate mutating func passValue() throws(JSONSyntaxError) {
    switch peek {
    case UInt8(ascii: "{")?:
      var hasNext = try enter(until: "}")
      while hasNext {
        try expectKey()
        _ = try parseKey(among: [])
        try passColon()
        try passValue()
        hasNext = try advance(until: "}")
      }
    case UInt8(ascii: "[")?:
      var hasNext = try enter(until: "]")
      while hasNext {
        try passValue()
        hasNext = try advance(until: "]")
      }
    case UInt8(ascii: "\"")?: _ = try parseKey(among: [])
    case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: _ = try passNumber()
    default: _ = try parseValue()
    }
  }

  /// Parses a key, and returns its place in `keys`, nil if it is none of them. A key without escapes is compared
  /// where it stands.
  fileprivate mutating func parseKey(among keys: [ByteString]) throws(JSONSyntaxError) -> Int? {
    let start = offset
    offset += 1
    skipPlainBytes()
    if peek == UInt8(ascii: "\"") {
      let key = bytes[(start + 1)..<offset]
      offset += 1
      return keys.firstIndex { $0.count == key.count && $0.bytes.elementsEqual(key) }
    }
    offset = start
    return keys.firstIndex(of: try parseString())
  }
}
