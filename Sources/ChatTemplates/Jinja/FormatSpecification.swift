internal import Bytes

/// How one value is laid out by `%` or by `str.format`: `>8`, `05d`, `.2f`, `,`.
struct FormatSpecification {
  var fill = Text(" ")
  /// `<`, `>`, `^` or `=`; nil for what the value's type asks for.
  var alignment: UInt8?
  /// `+`, `-` or a blank.
  var sign = UInt8(ascii: "-")
  var isAlternate = false
  var width = 0
  var groupSeparator: UInt8?
  var precision: Int?
  /// The letter of the type; nil for the value's own.
  var type: UInt8?
}

extension Interpreter {
  /// Lays `value` out.
  func format(
    _ value: Value, _ specification: FormatSpecification
  ) throws(TemplateError) -> Text {
    switch specification.type {
    case nil, UInt8(ascii: "s"):
      if specification.type == nil, value.number != nil { break }
      return try formatText(value, specification)
    default: break
    }
    if case .undefined(let undefined) = value { throw failure(undefined.message) }
    guard let number = value.number else {
      throw failure(
        "Unknown format code '\(letter(specification.type))' for object of type "
          + "'\(value.typeName)'")
    }
    let (isNegative, digits) = try spell(number, specification)
    let sign =
      isNegative ? "-" : specification.sign == UInt8(ascii: "-") ? "" : letter(specification.sign)
    return try pad(Text(digits), sign: sign, specification, standard: UInt8(ascii: ">"))
  }

  private func letter(_ byte: UInt8?) -> String {
    byte.map { String(UnicodeScalar($0)) } ?? ""
  }

  private func formatText(
    _ value: Value, _ specification: FormatSpecification
  ) throws(TemplateError) -> Text {
    var text = try text(of: value)
    if let precision = specification.precision { text = text.characters(from: 0, to: precision) }
    return try pad(text, sign: "", specification, standard: UInt8(ascii: "<"))
  }

  /// The digits of a number without its sign.
  private func spell(
    _ number: Number, _ specification: FormatSpecification
  ) throws(TemplateError) -> (isNegative: Bool, digits: String) {
    let type = specification.type ?? UInt8(ascii: number.isInteger ? "d" : "r")
    switch (type, number) {
    case (UInt8(ascii: "d"), .integer(let value)):
      return (value < 0, grouped(String(value.magnitude), specification))
    case (UInt8(ascii: "x"), .integer(let value)):
      let prefix = specification.isAlternate ? "0x" : ""
      return (value < 0, prefix + String(value.magnitude, radix: 16))
    case (UInt8(ascii: "X"), .integer(let value)):
      let prefix = specification.isAlternate ? "0X" : ""
      return (value < 0, prefix + String(value.magnitude, radix: 16, uppercase: true))
    case (UInt8(ascii: "o"), .integer(let value)):
      return (
        value < 0, (specification.isAlternate ? "0o" : "") + String(value.magnitude, radix: 8)
      )
    case (UInt8(ascii: "b"), .integer(let value)):
      return (
        value < 0, (specification.isAlternate ? "0b" : "") + String(value.magnitude, radix: 2)
      )
    default: return try spellFloat(number.double, type, specification)
    }
  }

  private func spellFloat(
    _ value: Double, _ type: UInt8, _ specification: FormatSpecification
  ) throws(TemplateError) -> (isNegative: Bool, digits: String) {
    let magnitude = value.magnitude
    let digits: String
    switch type {
    case UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "e"), UInt8(ascii: "E"),
      UInt8(ascii: "g"), UInt8(ascii: "G"):
      digits = FloatText.formatted(
        magnitude, Character(Unicode.Scalar(type)), precision: specification.precision ?? 6)
    case UInt8(ascii: "%"):
      digits =
        FloatText.formatted(
          magnitude * 100, "f", precision: specification.precision ?? 6) + "%"
    case UInt8(ascii: "r"):
      digits =
        specification.precision.map { FloatText.formatted(magnitude, "g", precision: $0) }
        ?? FloatText.shortest(magnitude)
    default:
      throw failure("Unknown format code '\(letter(type))' for object of type 'float'")
    }
    return (value.sign == .minus, grouped(digits, specification))
  }

  /// The digits with a separator between each three before the point.
  private func grouped(_ digits: String, _ specification: FormatSpecification) -> String {
    guard let separator = specification.groupSeparator else { return digits }
    let whole = digits.prefix { $0 >= "0" && $0 <= "9" }
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { result += letter(separator) }
      result.append(digit)
    }
    return result + digits.dropFirst(whole.count)
  }

  private func pad(
    _ text: Text, sign: String, _ specification: FormatSpecification, standard: UInt8
  ) throws(TemplateError) -> Text {
    let missing = max(0, specification.width - text.characterCount - sign.utf8.count)
    try charge(textBytes: missing * specification.fill.count + text.count)
    let before: Int
    switch specification.alignment ?? standard {
    case UInt8(ascii: "<"): before = 0
    case UInt8(ascii: "^"): before = missing / 2
    default: before = missing
    }
    let signIsFirst = specification.alignment == UInt8(ascii: "=")
    var result = Text()
    if signIsFirst { result.append(sign.utf8) }
    for _ in 0..<before { result.append(specification.fill) }
    if !signIsFirst { result.append(sign.utf8) }
    result.append(text)
    for _ in before..<missing { result.append(specification.fill) }
    return result
  }
}

extension Number {
  fileprivate var isInteger: Bool {
    if case .integer = self { true } else { false }
  }
}
