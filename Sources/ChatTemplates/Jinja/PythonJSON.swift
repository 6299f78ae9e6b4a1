internal import Bytes

/// Writes values as Python's `json.dumps` does, for the filter `tojson`.
struct PythonJSON {
  /// The arguments of `json.dumps`.
  struct Style {
    var escapesNonASCII = false
    var sortsKeys = false
    /// The white space of one level; nil for everything on one line.
    var indentation: [UInt8]?
    var itemSeparator = Array(", ".utf8)
    var keySeparator = Array(": ".utf8)
  }

  private let style: Style
  private let interpreter: Interpreter
  private var text = Text()

  /// Returns the JSON text of `value`.
  ///
  /// - Throws: `TemplateError` if the value cannot be written as JSON.
  static func write(
    _ value: Value, _ style: Style, _ interpreter: Interpreter
  ) throws(TemplateError) -> Text {
    var writer = PythonJSON(style: style, interpreter: interpreter)
    try writer.write(value, level: 0)
    try interpreter.charge(textBytes: writer.text.count)
    return writer.text
  }

  private mutating func write(_ value: Value, level: Int) throws(TemplateError) {
    try interpreter.enterValue()
    defer { interpreter.leaveValue() }
    try interpreter.check(textBytes: text.count)
    switch value {
    case .none: text.append("null")
    case .boolean(let value): text.append(value ? "true" : "false")
    case .integer(let value): text.append(String(value).utf8)
    case .largeInteger(let value): text.append(try interpreter.digits(of: value).utf8)
    case .float(let value): text.append(Self.spelling(of: value).utf8)
    case .string(let string):
      try interpreter.charge(scanning: string)
      appendQuoted(string)
    case .list(let list), .tuple(let list): try write(list.elements, level)
    case .dictionary(let dictionary): try write(dictionary, level)
    default:
      throw interpreter.failure("Object of type \(value.typeName) is not JSON serializable")
    }
  }

  private static func spelling(of value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return FloatText.shortest(value)
  }

  private mutating func write(_ elements: [Value], _ level: Int) throws(TemplateError) {
    text.append("[")
    for (index, element) in elements.enumerated() {
      if index > 0 { text.append(style.itemSeparator) }
      try startLine(level + 1)
      try write(element, level: level + 1)
    }
    if !elements.isEmpty { try startLine(level) }
    text.append("]")
  }

  private mutating func write(
    _ dictionary: ValueDictionary, _ level: Int
  ) throws(TemplateError) {
    text.append("{")
    var entries = Array(zip(dictionary.keys, dictionary.values))
    if style.sortsKeys { entries = try sorted(entries) }
    for (index, entry) in entries.enumerated() {
      if index > 0 { text.append(style.itemSeparator) }
      try startLine(level + 1)
      appendQuoted(try key(entry.0))
      text.append(style.keySeparator)
      try write(entry.1, level: level + 1)
    }
    if !entries.isEmpty { try startLine(level) }
    text.append("}")
  }

  private func sorted(
    _ entries: [(Value, Value)]
  ) throws(TemplateError) -> [(Value, Value)] {
    let pairs = entries.map { Value.tuple(ValueList([$0.0, $0.1])) }
    let sorted = try interpreter.sorted(pairs, by: entries.map(\.0), reverse: false)
    return sorted.compactMap {
      guard case .tuple(let list) = $0 else { return nil }
      return (list.elements[0], list.elements[1])
    }
  }

  private func key(_ key: Value) throws(TemplateError) -> Text {
    switch key {
    case .string(let text): text
    case .none: Text("null")
    case .boolean(let value): Text(value ? "true" : "false")
    case .integer(let value): Text(String(value))
    case .largeInteger(let value): Text(try interpreter.digits(of: value))
    case .float(let value): Text(Self.spelling(of: value))
    default:
      throw interpreter.failure(
        "keys must be str, int, float, bool or None, not \(key.typeName)")
    }
  }

  private mutating func startLine(_ level: Int) throws(TemplateError) {
    guard let indentation = style.indentation else { return }
    text.append("\n")
    for _ in 0..<level {
      text.append(indentation)
      try interpreter.check(textBytes: text.count)
    }
  }
}

// MARK: - Strings

extension PythonJSON {
  private mutating func appendQuoted(_ string: Text) {
    text.append(UInt8(ascii: "\""))
    if string.bytes.contains(where: needsEscape) {
      appendEscaped(string)
    } else {
      text.append(string)
    }
    text.append(UInt8(ascii: "\""))
  }

  private func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
      || byte >= 0x7F && style.escapesNonASCII
  }

  private mutating func appendEscaped(_ string: Text) {
    for segment in string.segments {
      var escaped: [UInt8] = []
      escaped.reserveCapacity(segment.count)
      if style.escapesNonASCII {
        CodePoints.forEach(in: string.bytes, segment) { scalar, _ in
          Self.appendASCII(scalar, to: &escaped)
        }
      } else {
        for byte in string.bytes[segment.start..<segment.end] { Self.append(byte, to: &escaped) }
      }
      text.append(escaped, from: string.slice(segment))
    }
  }

  private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): bytes += "\\\"".utf8
    case UInt8(ascii: "\\"): bytes += "\\\\".utf8
    case 0x08: bytes += "\\b".utf8
    case 0x09: bytes += "\\t".utf8
    case 0x0A: bytes += "\\n".utf8
    case 0x0C: bytes += "\\f".utf8
    case 0x0D: bytes += "\\r".utf8
    case 0..<0x20: appendEscape(UInt16(byte), to: &bytes)
    default: bytes.append(byte)
    }
  }

  private static func appendASCII(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    if scalar.value < 0x7F {
      append(UInt8(scalar.value), to: &bytes)
    } else {
      for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] { appendEscape(unit, to: &bytes) }
    }
  }

  private static func appendEscape(_ unit: UInt16, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes += "\\u".utf8
    for shift in [12, 8, 4, 0] { bytes.append(digits[Int(unit >> UInt16(shift)) & 15]) }
  }
}
