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
      if let integer = NumberReader.integer(text, base: base) {
        return try interpreter.integer(integer)
      }
      return NumberReader.float(text).flatMap { integer($0) } ?? standard
    case .undefined(let undefined): throw interpreter.failure(undefined.message)
    default: return standard
    }
  }

  /// A float without its fraction; nil if it is no number.
  private static func integer(_ value: Double) -> Value? {
    guard value.isFinite else { return nil }
    if let integer = Int(exactly: value.rounded(.towardZero)) { return .integer(integer) }
    return .largeInteger(LargeInteger(value))
  }

  private static func float(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    if let number = subject.number {
      guard number.double.isFinite || !number.isInteger else {
        throw interpreter.failure("int too large to convert to float")
      }
      return .float(number.double)
    }
    switch subject {
    case .string(let text):
      if let value = NumberReader.float(text) { return .float(value) }
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
    case .integer(let value): return try interpreter.integer(-LargeInteger(value))
    case .large(let value): return .largeInteger(value.isNegative ? -value : value)
    case .float(let value): return .float(value.magnitude)
    }
  }

  private static func round(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let message = "type \(subject.typeName) doesn't define __round__ method"
    let number = try interpreter.requireNumber(subject, message)
    let precision = min(max(try interpreter.integer(arguments[0], or: 0), -400), 400)
    let method = try interpreter.optionalText(arguments[1], "method")?.string ?? "common"
    guard method != "common" else {
      if let integer = number.large {
        return try interpreter.integer(integer.rounded(toPlaces: precision))
      }
      return .float(rounded(number.double, toPlaces: precision))
    }
    guard method == "ceil" || method == "floor" else {
      throw interpreter.failure("method must be common, ceil or floor")
    }
    let scale = power(precision)
    return .float((number.double * scale).rounded(method == "ceil" ? .up : .down) / scale)
  }

  private static func rounded(_ value: Double, toPlaces places: Int) -> Double {
    guard places < 0 else {
      return Double(FloatText.formatted(value, "f", precision: places)) ?? value
    }
    let scale = power(-places)
    return (value / scale).rounded(.toNearestOrEven) * scale
  }

  private static func power(_ exponent: Int) -> Double {
    Double("1e\(exponent)") ?? (exponent < 0 ? 0 : .infinity)
  }
}
