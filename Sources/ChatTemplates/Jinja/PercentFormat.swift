internal import Bytes

// Python's `format % arguments`.
extension Interpreter {
  func formatPercent(_ format: Text, _ arguments: Value) throws(TemplateError) -> Text {
    var values: [Value] = [arguments]
    if case .tuple(let list) = arguments { values = list.elements }
    var reader = PercentReader(bytes: format.bytes, values: values, arguments: arguments)
    var result = Text()
    while let place = format.firstOffset(of: [UInt8(ascii: "%")], from: reader.offset) {
      result.append(format, ByteRange(reader.offset, place))
      reader.offset = place + 1
      result.append(try formatField(&reader))
      try check(textBytes: result.count)
      try charge(1)
    }
    result.append(format, ByteRange(reader.offset, format.count))
    guard reader.isExhausted else {
      throw failure("not all arguments converted during string formatting")
    }
    return result
  }

  private func formatField(_ reader: inout PercentReader) throws(TemplateError) -> Text {
    let key = reader.takeKey()
    var specification = FormatSpecification()
    reader.takeFlags(&specification)
    specification.width = reader.takeNumber() ?? 0
    if reader.take(UInt8(ascii: ".")) { specification.precision = reader.takeNumber() ?? 0 }
    guard let type = reader.takeByte() else { throw failure("incomplete format") }
    if type == UInt8(ascii: "%") { return Text("%") }
    guard let value = reader.value(key) else {
      throw failure("not enough arguments for format string")
    }
    switch type {
    case UInt8(ascii: "s"), UInt8(ascii: "r"), UInt8(ascii: "a"):
      specification.type = UInt8(ascii: "s")
      specification.alignment = specification.alignment ?? UInt8(ascii: ">")
      let text = type == UInt8(ascii: "s") ? try text(of: value) : try representation(of: value)
      return try self.format(.string(text), specification)
    case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "u"):
      specification.type = UInt8(ascii: "d")
      guard let number = value.number else {
        throw failure("%d format: a real number is required, not \(value.typeName)")
      }
      guard case .float(let float) = number else { return try self.format(value, specification) }
      guard let integer = Int(exactly: float.rounded(.towardZero)) else {
        throw failure("arithmetic on integers of more than 64 bits", kind: .unsupported)
      }
      return try self.format(.integer(integer), specification)
    case UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "e"), UInt8(ascii: "E"),
      UInt8(ascii: "g"), UInt8(ascii: "G"), UInt8(ascii: "x"), UInt8(ascii: "X"),
      UInt8(ascii: "o"):
      specification.type = type
      guard value.number != nil else {
        throw failure("must be real number, not \(value.typeName)")
      }
      return try self.format(value, specification)
    default:
      throw failure("unsupported format character '\(Character(Unicode.Scalar(type)))'")
    }
  }
}

/// Reads the fields of a format for `%`, and the values for them.
private struct PercentReader {
  let bytes: [UInt8]
  let values: [Value]
  let arguments: Value
  var offset = 0
  private var used = 0

  init(bytes: [UInt8], values: [Value], arguments: Value) {
    self.bytes = bytes
    self.values = values
    self.arguments = arguments
  }

  /// Whether all values were used; what has items, but is no tuple, need not be.
  var isExhausted: Bool {
    switch arguments {
    case .dictionary, .list, .range: true
    default: used >= values.count
    }
  }

  mutating func takeByte() -> UInt8? {
    guard offset < bytes.count else { return nil }
    offset += 1
    return bytes[offset - 1]
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  mutating func takeKey() -> ByteString? {
    guard take(UInt8(ascii: "(")) else { return nil }
    let start = offset
    while let byte = takeByte() {
      if byte == UInt8(ascii: ")") { return ByteString(bytes[start..<(offset - 1)]) }
    }
    return nil
  }

  mutating func takeFlags(_ specification: inout FormatSpecification) {
    while true {
      if take(UInt8(ascii: "-")) {
        specification.alignment = UInt8(ascii: "<")
      } else if take(UInt8(ascii: "0")) {
        specification.fill = Text("0")
        specification.alignment = specification.alignment ?? UInt8(ascii: "=")
      } else if take(UInt8(ascii: "+")) {
        specification.sign = UInt8(ascii: "+")
      } else if take(UInt8(ascii: " ")) {
        specification.sign = UInt8(ascii: " ")
      } else if take(UInt8(ascii: "#")) {
        specification.isAlternate = true
      } else {
        return
      }
    }
  }

  mutating func takeNumber() -> Int? {
    var number: Int?
    while offset < bytes.count, bytes[offset] >= 0x30, bytes[offset] <= 0x39 {
      number = min((number ?? 0) * 10 + Int(bytes[offset] - 0x30), 1 << 40)
      offset += 1
    }
    return number
  }

  mutating func value(_ key: ByteString?) -> Value? {
    if let key {
      guard case .dictionary(let dictionary) = arguments else { return nil }
      return dictionary[key]
    }
    guard used < values.count else { return nil }
    used += 1
    return values[used - 1]
  }
}
