internal import Bytes

/// How one value is laid out by `%` or by `str.format`: `>8`, `05d`, `.2f`, `,`.
struct FormatSpecification {
  /// What missing width is filled with; nil for blanks.
  var fill: Text?
  /// `<`, `>`, `^` or `=`; nil for what the value's type asks for.
  var alignment: UInt8?
  /// `+`, `-` or a blank; nil if none was written.
  var sign: UInt8?
  /// Whether zeros fill numbers behind their sign.
  var fillsWithZeros = false
  /// Whether a zero loses its sign.
  var dropsNegativeZero = false
  var isAlternate = false
  var width = 0
  var groupSeparator: UInt8?
  var precision: Int?
  /// The letter of the type; nil for the value's own.
  var type: UInt8?

  init() {}

  /// Reads `[[fill]align][sign][z][#][0][width][,][.precision][type]`; nil if that is not what it is.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    func isAlignment(_ byte: UInt8?) -> Bool { byte.map { "<>^=".utf8.contains($0) } ?? false }
    let fillLength = rest.isEmpty ? 0 : CodePoints.decode(bytes, at: 0).length
    if isAlignment(rest.dropFirst(fillLength).first) {
      fill = Text(rest.prefix(fillLength))
      rest = rest.dropFirst(fillLength)
    }
    if isAlignment(rest.first) { alignment = rest.popFirst() }
    if let byte = rest.first, "+- ".utf8.contains(byte) { sign = rest.popFirst() }
    dropsNegativeZero = Self.take("z", &rest)
    isAlternate = Self.take("#", &rest)
    if fill == nil { fillsWithZeros = Self.take("0", &rest) }
    width = Self.number(&rest) ?? 0
    if rest.first == UInt8(ascii: ",") || rest.first == UInt8(ascii: "_") {
      groupSeparator = rest.popFirst()
    }
    if Self.take(".", &rest) {
      guard let number = Self.number(&rest) else { return nil }
      precision = number
    }
    type = rest.popFirst()
    if !rest.isEmpty { return nil }
  }

  private static func take(_ scalar: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard let byte = rest.first, Unicode.Scalar(byte) == scalar else { return false }
    rest.removeFirst()
    return true
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

// MARK: - Padding

extension Interpreter {
  /// Fills a text up to the width, by default on the left of it or on the right.
  func pad(
    _ text: Text, _ specification: FormatSpecification, alignment standard: Unicode.Scalar
  ) throws(TemplateError) -> Text {
    let fill = specification.fill ?? Text(specification.fillsWithZeros ? "0" : " ")
    let missing = max(0, specification.width - text.characterCount)
    try charge(textBytes: text.count)
    try charge(textBytes: missing.multipliedReportingOverflow(by: fill.count).partialValue)
    let before: Int
    switch specification.alignment ?? UInt8(ascii: standard) {
    case UInt8(ascii: "<"): before = 0
    case UInt8(ascii: "^"): before = missing / 2
    default: before = missing
    }
    var result = Text()
    for _ in 0..<before { result.append(fill) }
    result.append(text)
    for _ in before..<missing { result.append(fill) }
    return result
  }
}
