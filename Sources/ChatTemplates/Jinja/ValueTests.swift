internal import Bytes

/// The tests that templates can use, as in `x is defined`.
enum ValueTests {
  /// The test called `name`.
  static func named(_ name: ByteString) -> Builtin? { table[name] }

  private static let table = Builtin.table(kinds, contents, comparisons, numbers)

  private static func simple(
    _ name: ByteString, _ holds: @escaping @Sendable (Value) -> Bool
  ) -> Builtin {
    Builtin(name) { _, subject, _ throws(TemplateError) in .boolean(holds(subject)) }
  }

  private static let kinds: [Builtin] = [
    simple("defined") { if case .undefined = $0 { false } else { true } },
    simple("undefined") { if case .undefined = $0 { true } else { false } },
    simple("none") { if case .none = $0 { true } else { false } },
    simple("boolean") { if case .boolean = $0 { true } else { false } },
    simple("true") { if case .boolean(true) = $0 { true } else { false } },
    simple("false") { if case .boolean(false) = $0 { true } else { false } },
    simple("string") { if case .string = $0 { true } else { false } },
    simple("mapping") { if case .dictionary = $0 { true } else { false } },
    simple("callable") {
      switch $0 {
      case .callable, .undefined, .loop: true
      default: false
      }
    },
    simple("float") { if case .float = $0 { true } else { false } },
    simple("integer") {
      switch $0 {
      case .integer, .largeInteger: true
      default: false
      }
    },
    simple("number") {
      switch $0 {
      case .integer, .largeInteger, .float, .boolean: true
      default: false
      }
    },
    simple("iterable") { $0.isIterable },
    simple("sequence") {
      switch $0 {
      case .undefined, .string, .list, .tuple, .dictionary, .range: true
      default: false
      }
    },
    simple("filter") {
      if case .string(let name) = $0 { Filters.named(ByteString(name.bytes)) != nil } else { false }
    },
    simple("test") {
      if case .string(let name) = $0 { named(ByteString(name.bytes)) != nil } else { false }
    },
    simple("escaped") { if case .string(let text) = $0 { text.isMarkup } else { false } },
  ]

  private static let contents: [Builtin] = [
    Builtin("upper", Methods.askingCased { $0.properties.isUppercase }),
    Builtin("lower", Methods.askingCased { $0.properties.isLowercase }),
    Builtin("in", ["seq"], required: 1) { interpreter, subject, arguments throws(TemplateError) in
      .boolean(try interpreter.contains(arguments[0] ?? .none, subject))
    },
    Builtin("sameas", ["other"], required: 1) { _, subject, arguments throws(TemplateError) in
      .boolean(isSame(subject, arguments[0] ?? .none))
    },
  ]

  private static func isSame(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.string(let left), .string(let right)): left.bytes == right.bytes
    case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)): left === right
    case (.dictionary(let left), .dictionary(let right)): left === right
    case (.namespace(let left), .namespace(let right)): left === right
    case (.callable(let left), .callable(let right)): left === right
    default: false
    }
  }

  private static func comparison(_ name: ByteString, _ operation: ComparisonOperator) -> Builtin {
    Builtin(name, ["other"], required: 1) {
      interpreter, subject, arguments throws(TemplateError) in
      .boolean(try interpreter.compare(subject, operation, arguments[0] ?? .none))
    }
  }

  private static let comparisons: [Builtin] = [
    comparison("==", .equal), comparison("eq", .equal), comparison("equalto", .equal),
    comparison("!=", .notEqual), comparison("ne", .notEqual),
    comparison("<", .less), comparison("lt", .less), comparison("lessthan", .less),
    comparison("<=", .lessOrEqual), comparison("le", .lessOrEqual),
    comparison(">", .greater), comparison("gt", .greater), comparison("greaterthan", .greater),
    comparison(">=", .greaterOrEqual), comparison("ge", .greaterOrEqual),
  ]

  private static let numbers: [Builtin] = [
    Builtin("even", leaving(0)),
    Builtin("odd", leaving(1)),
    Builtin("divisibleby", ["num"], required: 1) {
      interpreter, subject, arguments throws(TemplateError) in
      let divisor = try interpreter.integer(arguments[0], or: 0)
      return .boolean(try remainder(interpreter, subject, divisor) == 0)
    },
  ]

  /// Whether division by 2 leaves `wanted`.
  private static func leaving(_ wanted: Double) -> Builtin.Body {
    { interpreter, subject, _ throws(TemplateError) in
      .boolean(try remainder(interpreter, subject, 2) == wanted)
    }
  }

  private static func remainder(
    _ interpreter: Interpreter, _ subject: Value, _ divisor: Int
  ) throws(TemplateError) -> Double {
    let result = try interpreter.calculate(subject, .remainder, .integer(divisor))
    return try interpreter.requireNumber(result, "not all arguments converted").double
  }
}
