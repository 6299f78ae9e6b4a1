public import Bytes

/// Writes JSON as bytes, compact or indented by two spaces; members in their order, numbers as
/// spelled, non-ASCII text as it is.
public struct JSONWriter {
  /// How the text is laid out.
  public enum Style: Sendable {
    /// No white space at all.
    case compact
    /// One member or element a line, indented by two spaces a level; arrays of numbers on one line.
    case indented
  }

  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  private let style: Style

  /// Makes a writer.
  public init(style: Style = .compact) {
    self.style = style
  }

  /// Returns the JSON text of `value`, without a newline at the end.
  public static func write(_ value: JSONValue, style: Style = .compact) -> [UInt8] {
    var writer = JSONWriter(style: style)
    writer.write(value)
    return writer.bytes
  }

  /// Appends `value`.
  public mutating func write(_ value: JSONValue) {
    write(value, level: 0)
  }

  /// Appends an array of unsigned integers on one line, whatever the style.
  public mutating func write(tokens: some Sequence<UInt32>) {
    bytes.append(UInt8(ascii: "["))
    var isFirst = true
    for token in tokens {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      Self.append(token, to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// Appends bytes as they are.
  public mutating func write(raw text: ByteString) {
    bytes.append(contentsOf: text.bytes)
  }

  /// Appends `text` in quotes to `bytes`, with what RFC 8259 demands escaped and no more.
  public static func appendQuoted(_ text: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    while true {
      let end = text.withUnsafeBytes { PlainStringBytes.end(in: $0, from: start) }
      bytes.append(contentsOf: text[start..<end])
      guard end < text.count else { break }
      appendEscape(text[end], to: &bytes)
      start = end + 1
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends the escape of a byte that must have one.
  static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: Array("u00".utf8))
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }

  private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    var divisor: UInt32 = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  private mutating func append(_ word: StaticString) {
    word.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private mutating func write(_ value: JSONValue, level: Int) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .number(let number): write(raw: number.spelling)
    case .string(let text): Self.appendQuoted(text.bytes, to: &bytes)
    case .array(let elements) where style == .indented && Self.areNumbers(elements):
      append("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { append(", ") }
        write(element.value, level: level)
      }
      append("]")
    case .array(let elements):
      writeSequence(open: "[", close: "]", count: elements.count, level: level) { writer, index in
        writer.write(elements[index].value, level: level + 1)
      }
    case .object(let members):
      writeSequence(open: "{", close: "}", count: members.count, level: level) { writer, index in
        Self.appendQuoted(members[index].key.bytes, to: &writer.bytes)
        writer.append(writer.style == .compact ? ":" : ": ")
        writer.write(members[index].node.value, level: level + 1)
      }
    }
  }

  private mutating func writeSequence(
    open: StaticString, close: StaticString, count: Int, level: Int,
    element: (inout JSONWriter, Int) -> Void
  ) {
    append(open)
    for index in 0..<count {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      startLine(level: level + 1)
      element(&self, index)
    }
    if count > 0 { startLine(level: level) }
    append(close)
  }

  private static func areNumbers(_ elements: [JSONNode]) -> Bool {
    elements.allSatisfy { if case .number = $0.value { true } else { false } }
  }

  private mutating func startLine(level: Int) {
    guard style == .indented else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
  }
}
