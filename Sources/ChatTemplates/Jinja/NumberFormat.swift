internal import Bytes

// Numbers as Python's `format` and `%` lay them out.
extension Interpreter {
  /// Lays a number out; `typeName` is Python's name for its type.
  func format(
    _ number: Number, _ specification: FormatSpecification, typeName: String
  ) throws(TemplateError) -> Text {
    var specification = specification
    specification.type =
      specification.type ?? UInt8(ascii: number.isInteger ? "d" : "r")
    let spelled: SpelledNumber?
    switch specification.type.map({ Unicode.Scalar($0) }) {
    case "d", "x", "X", "o", "b", "c":
      spelled = try number.large.map { integer throws(TemplateError) in
        try spell(integer, specification)
      }
    case "n" where number.isInteger:
      specification.type = UInt8(ascii: "d")
      spelled = try number.large.map { integer throws(TemplateError) in
        try spell(integer, specification)
      }
    default: spelled = try spell(try float(number), specification)
    }
    guard let spelled else {
      let letter = specification.type.map { String(Unicode.Scalar($0)) } ?? ""
      throw failure("Unknown format code '\(letter)' for object of type '\(typeName)'")
    }
    return try layOut(spelled, specification)
  }

  private func spell(
    _ integer: LargeInteger, _ specification: FormatSpecification
  ) throws(TemplateError) -> SpelledNumber {
    guard specification.precision == nil else {
      throw failure("Precision not allowed in integer format specifier")
    }
    var spelled = SpelledNumber(isNegative: integer.isNegative)
    let isAlternate = specification.isAlternate
    switch specification.type.map({ Unicode.Scalar($0) }) {
    case "x":
      spelled.prefix = isAlternate ? "0x" : ""
      spelled.whole = integer.magnitude(radix: 16)
    case "X":
      spelled.prefix = isAlternate ? "0X" : ""
      spelled.whole = integer.magnitude(radix: 16, uppercase: true)
    case "o":
      spelled.prefix = isAlternate ? "0o" : ""
      spelled.whole = integer.magnitude(radix: 8)
    case "b":
      spelled.prefix = isAlternate ? "0b" : ""
      spelled.whole = integer.magnitude(radix: 2)
    case "c":
      guard specification.sign == nil, let scalar = integer.scalar else {
        throw failure("%c arg not in range(0x110000)")
      }
      spelled.whole = String(Character(scalar))
    default: spelled.whole = try digits(of: spelled.isNegative ? -integer : integer)
    }
    guard specification.groupSeparator != UInt8(ascii: ",") || specification.type == 0x64 else {
      throw failure("Cannot specify ',' with this format code.")
    }
    if specification.type != UInt8(ascii: "d") { spelled.groupLength = 4 }
    return spelled
  }

  /// Nil if the type is none of floats.
  private func spell(
    _ value: Double, _ specification: FormatSpecification
  ) throws(TemplateError) -> SpelledNumber? {
    var spelled = SpelledNumber(isNegative: value.sign == .minus && !value.isNaN)
    let precision = specification.precision ?? 6
    try charge(textBytes: min(precision, 1 << 30))
    let letter = specification.type.map { Character(Unicode.Scalar($0)) }
    var digits: String
    switch letter {
    case "f", "F", "e", "E", "g", "G":
      digits = FloatText.formatted(
        value.magnitude, letter ?? "g", precision: precision,
        isAlternate: specification.isAlternate)
    case "n": digits = FloatText.formatted(value.magnitude, "g", precision: precision)
    case "%": digits = FloatText.formatted(value.magnitude * 100, "f", precision: precision) + "%"
    case "r":
      digits =
        specification.precision.map { FloatText.general(value.magnitude, precision: $0) }
        ?? FloatText.shortest(value.magnitude)
    default: return nil
    }
    if specification.dropsNegativeZero, !digits.contains(where: { $0 >= "1" && $0 <= "9" }) {
      spelled.isNegative = false
    }
    if letter == "F" || letter == "E" || letter == "G" { digits = digits.uppercased() }
    spelled.whole = String(digits.prefix { $0.isNumber })
    spelled.rest = String(digits.dropFirst(spelled.whole.count))
    return spelled
  }

  private func layOut(
    _ spelled: SpelledNumber, _ specification: FormatSpecification
  ) throws(TemplateError) -> Text {
    let sign =
      spelled.isNegative
      ? "-"
      : specification.sign.map { $0 == UInt8(ascii: "-") ? "" : String(Unicode.Scalar($0)) }
        ?? ""
    let isBehindSign =
      specification.alignment == UInt8(ascii: "=")
      || specification.alignment == nil && specification.fillsWithZeros
    let fill = specification.fill ?? Text(specification.fillsWithZeros ? "0" : " ")
    let hasZeros = isBehindSign && fill.bytes == [0x30]
    let room = specification.width - sign.utf8.count - spelled.prefix.utf8.count
    try charge(textBytes: max(0, room))
    let digits = spelled.digits(
      separator: specification.groupSeparator, width: hasZeros ? max(0, room) : 0)
    guard isBehindSign else {
      return try pad(Text(sign + spelled.prefix + digits), specification, alignment: ">")
    }
    var specification = specification
    specification.width = room
    specification.alignment = UInt8(ascii: ">")
    var result = Text(sign + spelled.prefix)
    result.append(try pad(Text(digits), specification, alignment: ">"))
    return result
  }
}

/// The parts of a number that is written.
private struct SpelledNumber {
  var isNegative: Bool
  var prefix = ""
  /// The digits before the point.
  var whole = ""
  /// What stands behind them: the point, digits, an exponent.
  var rest = ""
  /// How many digits stand between separators.
  var groupLength = 3

  init(isNegative: Bool) {
    self.isNegative = isNegative
  }

  /// All digits, with a separator between groups and zeros in front up to a width.
  func digits(separator: UInt8?, width: Int) -> String {
    guard let separator else {
      let missing = max(0, width - whole.utf8.count - rest.utf8.count)
      return String(repeating: "0", count: missing) + whole + rest
    }
    var reversed: [UInt8] = []
    var count = 0
    func append(_ digit: UInt8) {
      if count > 0, count % groupLength == 0 { reversed.append(separator) }
      reversed.append(digit)
      count += 1
    }
    for digit in whole.utf8.reversed() { append(digit) }
    while reversed.count + rest.utf8.count < width { append(0x30) }
    return String(decoding: reversed.reversed(), as: UTF8.self) + rest
  }
}

extension LargeInteger {
  /// The code point of this number; nil if there is none.
  var scalar: Unicode.Scalar? { int.flatMap { UInt32(exactly: $0) }.flatMap { Unicode.Scalar($0) } }
}
