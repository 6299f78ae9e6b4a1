internal import Bytes

extension Filters {
  static let conversions: [Builtin] = [
    Builtin("tojson", ["ensure_ascii", "indent", "separators", "sort_keys"], tojson),
    Builtin("string") { interpreter, subject, _ throws(TemplateError) in
      .string(try interpreter.text(of: subject))
    },
    Builtin("default", ["default_value", "boolean"], standard),
    Builtin("d", ["default_value", "boolean"], standard),
    Builtin("int", ["default", "base"], int),
    Builtin("float", ["default"], float),
    Builtin("abs", abs),
    Builtin("round", ["precision", "method"], round),
    Builtin("pprint") { interpreter, subject, _ throws(TemplateError) in
      .string(try interpreter.representation(of: subject))
    },
  ]

  private static func tojson(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    var style = PythonJSON.Style()
    style.escapesNonASCII = interpreter.boolean(arguments[0])
    style.sortsKeys = interpreter.boolean(arguments[3])
    switch arguments[1] {
    case nil, .some(.none): break
    case .some(.string(let text)): style.indentation = text.bytes
    case .some(let value):
      let width = max(0, try interpreter.size(value, or: 0))
      try interpreter.charge(textBytes: width)
      style.indentation = Array(repeating: 0x20, count: width)
    }
    if style.indentation != nil { style.itemSeparator = Array(",".utf8) }
    if let separators = arguments[2], separators.isTrue {
      let parts = try interpreter.elements(of: separators)
      guard parts.count == 2 else { throw interpreter.failure("separators must be a pair") }
      style.itemSeparator = try interpreter.requireText(parts[0], "separators").bytes
      style.keySeparator = try interpreter.requireText(parts[1], "separators").bytes
    }
    return .string(try PythonJSON.write(subject, style, interpreter))
  }

  private static func standard(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let isMissing =
      if case .undefined = subject { true } else {
        interpreter.boolean(arguments[1]) && !subject.isTrue
      }
    return isMissing ? arguments[0] ?? .string(Text()) : subject
  }
}

// MARK: - Numbers

extension Filters {
  private static func int(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let standard = arguments[0] ?? .integer(0)
    switch subject {
    case .integer, .largeInteger: return subject
    case .boolean(let value): return .integer(value ? 1 : 0)
    case .float(let value): return integer(value) ?? standard
    case .string(let text):
      let base = try interpreter.integer(arguments[1], or: 10)
      return integer(text.stripped(), base: base) ?? standard
    case .undefined(let undefined): throw interpreter.failure(undefined.message)
    default: return standard
    }
  }

  /// A float without its fraction; nil if it is no number.
  private static func integer(_ value: Double) -> Value? {
    guard value.isFinite else { return nil }
    if let integer = Int(exactly: value.rounded(.towardZero)) { return .integer(integer) }
    let digits = FloatText.formatted(value.rounded(.towardZero), "f", precision: 0)
    return .largeInteger(ByteString(digits))
  }

  private static func integer(_ text: Text, base: Int) -> Value? {
    var digits = Array(text.bytes.filter { $0 != UInt8(ascii: "_") })
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    guard digits.first != UInt8(ascii: "-"), digits.first != UInt8(ascii: "+") else { return nil }
    let prefix: StaticString? = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : nil
    if let prefix, String(decoding: digits.prefix(2), as: UTF8.self).lowercased() == "\(prefix)" {
      digits.removeFirst(2)
    }
    let spelling = (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
    if (2...36).contains(base), let value = Int(spelling, radix: base) { return .integer(value) }
    guard base == 10 else { return nil }
    if !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
      return .largeInteger(ByteString(spelling))
    }
    return double(text).flatMap { integer($0) }
  }

  /// The text as Python's `float` reads it.
  private static func double(_ text: Text) -> Double? {
    let digits = text.stripped().bytes.filter { $0 != UInt8(ascii: "_") }
    guard !digits.contains(where: { $0 | 0x20 == UInt8(ascii: "x") || $0 >= 0x80 }) else {
      return nil
    }
    return Double(String(decoding: digits, as: UTF8.self))
  }

  private static func float(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    if let number = subject.number { return .float(number.double) }
    switch subject {
    case .largeInteger(let spelling): return .float(Double(spelling.string) ?? .infinity)
    case .string(let text):
      if let value = double(text) { return .float(value) }
    case .undefined(let undefined): throw interpreter.failure(undefined.message)
    default: break
    }
    return arguments[0] ?? .float(0)
  }

  private static func abs(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let message = "bad operand type for abs(): '\(subject.typeName)'"
    switch try interpreter.requireNumber(subject, message) {
    case .integer(let value) where value >= 0: return .integer(value)
    case .integer(let value):
      return .integer(try interpreter.exact(0.subtractingReportingOverflow(value)))
    case .float(let value): return .float(value.magnitude)
    }
  }

  private static func round(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let message = "type \(subject.typeName) doesn't define __round__ method"
    let number = try interpreter.requireNumber(subject, message)
    let precision = min(max(try interpreter.integer(arguments[0], or: 0), -300), 300)
    let method = try interpreter.optionalText(arguments[1], "method")?.string ?? "common"
    guard method != "common" else {
      if case .integer = number, precision >= 0 { return number.value }
      if precision >= 0 {
        let rounded = FloatText.formatted(number.double, "f", precision: precision)
        return .float(Double(rounded) ?? number.double)
      }
      let scale = power(-precision)
      return .float((number.double / scale).rounded(.toNearestOrEven) * scale)
    }
    guard method == "ceil" || method == "floor" else {
      throw interpreter.failure("method must be common, ceil or floor")
    }
    let scale = power(precision)
    return .float((number.double * scale).rounded(method == "ceil" ? .up : .down) / scale)
  }

  private static func power(_ exponent: Int) -> Double {
    Double("1e\(exponent)") ?? 1
  }
}
