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
      if reader.take(UInt8(ascii: "%")) {
        result.append(UInt8(ascii: "%"))
      } else {
        result.append(try formatField(&reader, isMarkup: format.isMarkup))
      }
      try check(textBytes: result.count)
      try charge(1)
    }
    result.append(format, ByteRange(reader.offset, format.count))
    guard reader.isExhausted else {
      throw failure("not all arguments converted during string formatting")
    }
    result.isMarkup = format.isMarkup
    return result
  }

  private func formatField(
    _ reader: inout PercentReader, isMarkup: Bool
  ) throws(TemplateError) -> Text {
    let key = reader.takeKey()
    var specification = FormatSpecification()
    reader.takeFlags(&specification)
    if let width = try number(&reader) {
      if width < 0 { specification.alignment = UInt8(ascii: "<") }
      specification.width = abs(width)
    }
    if reader.take(UInt8(ascii: ".")) {
      specification.precision = max(0, try number(&reader) ?? 0)
    }
    reader.skipLength()
    guard let type = reader.takeByte() else { throw failure("incomplete format") }
    specification.type = type
    guard let value = reader.value(key) else {
      throw failure(
        key == nil ? "not enough arguments for format string" : "'\(key ?? "")'")
    }
    switch Unicode.Scalar(type) {
    case "s", "r", "a", "c":
      let text = try text(of: value, as: Unicode.Scalar(type))
      return try formatText(isMarkup ? text.escapedForMarkup : text, specification)
    case "d", "i", "u", "x", "X", "o": return try formatInteger(value, specification)
    case "f", "F", "e", "E", "g", "G":
      if case .undefined(let undefined) = value { throw failure(undefined.message) }
      guard let number = value.number else {
        throw failure("must be real number, not \(value.typeName)")
      }
      return try format(number, specification, typeName: value.typeName)
    default:
      throw failure("unsupported format character '\(Character(Unicode.Scalar(type)))'")
    }
  }

  /// A width or a precision: digits, or `*` for the next value; nil if there is none.
  private func number(_ reader: inout PercentReader) throws(TemplateError) -> Int? {
    guard reader.take(UInt8(ascii: "*")) else { return reader.takeNumber() }
    guard let width = reader.value(nil)?.index else { throw failure("* wants int") }
    return min(max(width, -(1 << 40)), 1 << 40)
  }

  private func text(of value: Value, as type: Unicode.Scalar) throws(TemplateError) -> Text {
    switch type {
    case "s": return try text(of: value)
    case "r": return try representation(of: value)
    case "a": return try representation(of: value).withoutNonASCII
    default:
      if case .string(let text) = value, text.characterCount == 1 { return text }
      guard let scalar = value.number?.large?.scalar else {
        throw failure("%c requires int or char")
      }
      return Text(String(Character(scalar)))
    }
  }

  private func formatText(
    _ text: Text, _ specification: FormatSpecification
  ) throws(TemplateError) -> Text {
    var specification = specification
    specification.fillsWithZeros = false
    let isCut = specification.type != UInt8(ascii: "c")
    let part = (isCut ? specification.precision : nil).map { text.characters(from: 0, to: $0) }
    return try pad(part ?? text, specification, alignment: ">")
  }

  private func formatInteger(
    _ value: Value, _ specification: FormatSpecification
  ) throws(TemplateError) -> Text {
    if case .undefined(let undefined) = value { throw failure(undefined.message) }
    let isDecimal = "diu".utf8.contains(specification.type ?? 0)
    guard let number = value.number, isDecimal || number.isInteger, number.double.isFinite else {
      throw failure("%d format: a real number is required, not \(value.typeName)")
    }
    var specification = specification
    if isDecimal { specification.type = UInt8(ascii: "d") }
    let integer = number.large ?? LargeInteger(number.double)
    let least = specification.precision ?? 0
    specification.precision = nil
    var digits = FormatSpecification()
    digits.type = specification.type
    digits.isAlternate = specification.isAlternate
    digits.sign = specification.sign
    // The precision is the least number of digits, without sign and prefix.
    if least > 0 {
      digits.fillsWithZeros = true
      digits.width =
        least + (integer.isNegative || specification.sign != nil ? 1 : 0)
        + (specification.isAlternate && !isDecimal ? 2 : 0)
    } else {
      digits = specification
      if digits.alignment != nil { digits.fillsWithZeros = false }
    }
    let text = try format(
      Number.large(integer), digits, typeName: value.typeName)
    return try pad(text, specification, alignment: ">")
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

  /// Whether all values were used; what has items, but is no tuple or text, need not be.
  var isExhausted: Bool {
    switch arguments {
    case .dictionary, .list, .range, .undefined: true
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
        specification.fillsWithZeros = true
      } else if take(UInt8(ascii: "+")) {
        specification.sign = UInt8(ascii: "+")
      } else if take(UInt8(ascii: " ")) {
        specification.sign = specification.sign ?? UInt8(ascii: " ")
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

  /// Passes over the `h`, `l` or `L` of C, which means nothing.
  mutating func skipLength() {
    if offset < bytes.count, "hlL".utf8.contains(bytes[offset]) { offset += 1 }
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
