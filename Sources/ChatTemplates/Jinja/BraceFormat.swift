internal import Bytes

// Python's `str.format`.
extension Interpreter {
  func formatBraces(_ format: Text, _ arguments: Arguments) throws(TemplateError) -> Text {
    var result = Text()
    var nextNumber = 0
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
        guard let end = format.firstOffset(of: [UInt8(ascii: "}")], from: offset) else {
          throw failure("expected '}' before end of string")
        }
        let field = Array(format.bytes[(offset + 1)..<end])
        result.append(try formatField(field, arguments, &nextNumber))
        offset = end + 1
      }
      start = offset
      try check(textBytes: result.count)
      try charge(1)
    }
    result.append(format, ByteRange(start, format.count))
    return result
  }

  private func formatField(
    _ field: [UInt8], _ arguments: Arguments, _ nextNumber: inout Int
  ) throws(TemplateError) -> Text {
    let colon = field.firstIndex(of: UInt8(ascii: ":")) ?? field.count
    var name = Array(field[..<colon])
    var conversion: UInt8?
    if name.count >= 2, name[name.count - 2] == UInt8(ascii: "!") {
      conversion = name.last
      name.removeLast(2)
    }
    var value = try fieldValue(name, arguments, &nextNumber)
    if conversion == UInt8(ascii: "r") { value = .string(try representation(of: value)) }
    if conversion == UInt8(ascii: "s") { value = .string(try text(of: value)) }
    let specification = Array(field[min(colon + 1, field.count)...])
    guard let parsed = FormatSpecification(specification) else {
      throw failure("Invalid format specifier")
    }
    return try self.format(value, parsed)
  }

  /// The value that a field names: `0`, `name`, `0.attribute`, `name[key]`, or nothing for the next.
  private func fieldValue(
    _ field: [UInt8], _ arguments: Arguments, _ nextNumber: inout Int
  ) throws(TemplateError) -> Value {
    let isSeparator = { (byte: UInt8) in byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") }
    let nameEnd = field.firstIndex(where: isSeparator) ?? field.count
    let name = String(decoding: field[..<nameEnd], as: UTF8.self)
    var value: Value
    if name.isEmpty || Int(name) != nil {
      let index = Int(name) ?? nextNumber
      if name.isEmpty { nextNumber += 1 }
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
      if case .undefined(let undefined) = value { throw failure(undefined.message) }
    }
    return value
  }
}

extension FormatSpecification {
  /// Reads `[[fill]align][sign][#][0][width][,][.precision][type]`; nil if that is not what it is.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    func isAlignment(_ byte: UInt8?) -> Bool { byte.map { "<>^=".utf8.contains($0) } ?? false }
    let fillLength = rest.isEmpty ? 0 : CodePoints.decode(bytes, at: 0).length
    if isAlignment(rest.dropFirst(fillLength).first) {
      fill = Text(rest.prefix(fillLength))
      rest = rest.dropFirst(fillLength)
      alignment = rest.popFirst()
    } else if isAlignment(rest.first) {
      alignment = rest.popFirst()
    }
    if let byte = rest.first, "+- ".utf8.contains(byte) {
      sign = byte
      rest.removeFirst()
    }
    if rest.first == UInt8(ascii: "#") {
      isAlternate = true
      rest.removeFirst()
    }
    if rest.first == UInt8(ascii: "0"), alignment == nil {
      fill = Text("0")
      alignment = UInt8(ascii: "=")
    }
    width = Self.number(&rest) ?? 0
    if rest.first == UInt8(ascii: ",") || rest.first == UInt8(ascii: "_") {
      groupSeparator = rest.popFirst()
    }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard let number = Self.number(&rest) else { return nil }
      precision = number
    }
    type = rest.popFirst()
    if !rest.isEmpty { return nil }
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
    var number: Int?
    while let byte = rest.first, byte >= 0x30, byte <= 0x39 {
      number = min((number ?? 0) * 10 + Int(byte - 0x30), 1 << 40)
      rest.removeFirst()
    }
    return number
  }
}
