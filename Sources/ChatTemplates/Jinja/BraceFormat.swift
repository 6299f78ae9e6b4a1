internal import Bytes

// Python's `str.format`, with the checks of jinja2's sandbox.
extension Interpreter {
  func formatBraces(_ format: Text, _ arguments: Arguments) throws(TemplateError) -> Text {
    var numbering = FieldNumbering()
    var result = try formatBraces(format, arguments, &numbering, depth: 2)
    result.isMarkup = format.isMarkup
    return result
  }

  private func formatBraces(
    _ format: Text, _ arguments: Arguments, _ numbering: inout FieldNumbering, depth: Int
  ) throws(TemplateError) -> Text {
    guard depth >= 0 else { throw failure("Max string recursion exceeded") }
    var result = Text()
    var start = 0
    var offset = 0
    while offset < format.count {
      let byte = format.bytes[offset]
      guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else {
        offset += 1
        continue
      }
      if offset + 1 < format.count, format.bytes[offset + 1] == byte {
        result.append(format, ByteRange(start, offset + 1))
        offset += 2
      } else {
        result.append(format, ByteRange(start, offset))
        guard byte == UInt8(ascii: "{") else {
          throw failure("Single '}' encountered in format string")
        }
        let end = try endOfField(format.bytes, from: offset + 1)
        let field = Array(format.bytes[(offset + 1)..<end])
        let text = try formatField(field, arguments, &numbering, depth: depth)
        result.append(format.isMarkup ? text.escapedForMarkup : text)
        offset = end + 1
      }
      start = offset
      try check(textBytes: result.count)
      try charge(1)
    }
    result.append(format, ByteRange(start, format.count))
    return result
  }

  /// Where the brace stands that ends a field; the field's layout may have fields in it.
  private func endOfField(_ bytes: [UInt8], from start: Int) throws(TemplateError) -> Int {
    var open = 1
    for (index, byte) in bytes.enumerated().dropFirst(start) {
      if byte == UInt8(ascii: "{") { open += 1 }
      if byte == UInt8(ascii: "}") { open -= 1 }
      if open == 0 { return index }
    }
    throw failure("expected '}' before end of string")
  }

  private func formatField(
    _ field: [UInt8], _ arguments: Arguments, _ numbering: inout FieldNumbering, depth: Int
  ) throws(TemplateError) -> Text {
    let parts = FieldParts(field)
    guard let parts else { throw failure("expected ':' after conversion specifier") }
    var value = try fieldValue(parts.name, arguments, &numbering)
    switch parts.conversion.map({ Unicode.Scalar($0) }) {
    case nil: break
    case "s": value = .string(try text(of: value))
    case "r": value = .string(try representation(of: value))
    case "a": value = .string(try representation(of: value).withoutNonASCII)
    default: throw failure("Unknown conversion specifier in the format string")
    }
    let layout = try formatBraces(
      Text(parts.layout), arguments, &numbering, depth: depth - 1)
    return try self.format(value, layout.bytes)
  }

  /// Python's `format(value, layout)`.
  private func format(_ value: Value, _ layout: [UInt8]) throws(TemplateError) -> Text {
    if layout.isEmpty { return try text(of: value) }
    guard let specification = FormatSpecification(layout) else {
      throw failure("Invalid format specifier")
    }
    if case .string(let text) = value { return try format(text, specification) }
    guard let number = value.number else {
      throw failure("unsupported format string passed to \(value.typeName).__format__")
    }
    return try format(number, specification, typeName: value.typeName)
  }

  private func format(
    _ text: Text, _ specification: FormatSpecification
  ) throws(TemplateError) -> Text {
    guard specification.type ?? UInt8(ascii: "s") == UInt8(ascii: "s") else {
      throw failure("Unknown format code for object of type 'str'")
    }
    guard specification.sign == nil, !specification.isAlternate,
      specification.groupSeparator == nil, specification.alignment != UInt8(ascii: "=")
    else {
      throw failure("Sign, '#', ',' and '=' are not allowed in string format specifier")
    }
    let part = specification.precision.map { text.characters(from: 0, to: $0) } ?? text
    return try pad(part, specification, alignment: "<")
  }

  /// The value that a field names: `0`, `name`, `0.attribute`, `name[key]`, or nothing for the next.
  private func fieldValue(
    _ field: [UInt8], _ arguments: Arguments, _ numbering: inout FieldNumbering
  ) throws(TemplateError) -> Value {
    let isSeparator = { (byte: UInt8) in byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") }
    let nameEnd = field.firstIndex(where: isSeparator) ?? field.count
    let name = String(decoding: field[..<nameEnd], as: UTF8.self)
    var value: Value
    if field.isEmpty || name.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) && !name.isEmpty {
      guard let index = field.isEmpty ? numbering.next() : numbering.take(Int(name) ?? .max) else {
        throw failure("cannot switch between manual field specification and automatic numbering")
      }
      guard arguments.positional.indices.contains(index) else {
        throw failure("Replacement index \(index) out of range for positional args tuple")
      }
      value = arguments.positional[index]
    } else {
      guard let argument = arguments.keyword.first(where: { $0.name == ByteString(name) }) else {
        throw failure("'\(name)'")
      }
      value = argument.value
    }
    for part in field[nameEnd...].split(whereSeparator: isSeparator) {
      let isItem = part.last == UInt8(ascii: "]")
      let key = String(decoding: isItem ? part.dropLast() : part, as: UTF8.self)
      value =
        if isItem {
          try item(Int(key).map { .integer($0) } ?? .text(key), of: value)
        } else {
          try attribute(named: ByteString(key), of: value)
        }
    }
    return value
  }
}

/// Whether fields are numbered in order or by themselves; one format cannot do both.
private struct FieldNumbering {
  private var count: Int? = 0

  /// The number of the next field; nil if fields have numbers of their own.
  mutating func next() -> Int? {
    guard let number = count else { return nil }
    count = number + 1
    return number
  }

  /// A field's own number; nil if fields are numbered in order.
  mutating func take(_ number: Int) -> Int? {
    guard (count ?? 0) == 0 else { return nil }
    count = nil
    return number
  }
}

/// The parts of a field: `name!conversion:layout`.
private struct FieldParts {
  let name: [UInt8]
  let conversion: UInt8?
  let layout: [UInt8]

  /// Fails if something else stands behind the conversion.
  init?(_ field: [UInt8]) {
    let nameEnd =
      field.firstIndex { $0 == UInt8(ascii: "!") || $0 == UInt8(ascii: ":") } ?? field.count
    name = Array(field[..<nameEnd])
    var rest = field[nameEnd...]
    var letter: UInt8?
    if rest.first == UInt8(ascii: "!") {
      letter = rest.dropFirst().first ?? 0
      rest = rest.dropFirst(2)
    }
    guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { return nil }
    conversion = letter
    layout = Array(rest.dropFirst())
  }
}
