internal import Bytes
internal import Glibc

/// A number, as arithmetic sees it: booleans are integers.
enum Number {
  case integer(Int)
  case float(Double)

  var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .float(let value): value
    }
  }

  var value: Value {
    switch self {
    case .integer(let value): .integer(value)
    case .float(let value): .float(value)
    }
  }
}

extension Value {
  /// The value as a number; nil if it is none, or an integer too large for arithmetic.
  var number: Number? {
    switch self {
    case .boolean(let value): .integer(value ? 1 : 0)
    case .integer(let value): .integer(value)
    case .float(let value): .float(value)
    default: nil
    }
  }
}

extension Value {
  /// Whether the value is a string, a list or a tuple.
  fileprivate var isSequence: Bool {
    switch self {
    case .string, .list, .tuple: true
    default: false
    }
  }
}

extension Interpreter {
  func evaluate(
    _ first: Expression, _ steps: [Expression.ArithmeticStep]
  ) throws(TemplateError) -> Value {
    var value = try evaluate(first)
    for step in steps {
      let operand = try evaluate(step.operand)
      offset = step.offset
      value = try calculate(value, step.operation, operand)
    }
    return value
  }

  func negative(_ operand: Expression, at place: Int) throws(TemplateError) -> Value {
    let value = try evaluate(operand)
    offset = place
    return switch try signed(value, "-") {
    case .integer(let integer): .integer(try exact(0.subtractingReportingOverflow(integer)))
    case .float(let float): .float(-float)
    }
  }

  func positive(_ operand: Expression, at place: Int) throws(TemplateError) -> Value {
    let value = try evaluate(operand)
    offset = place
    return try signed(value, "+").value
  }

  private func signed(_ value: Value, _ sign: String) throws(TemplateError) -> Number {
    if case .undefined(let undefined) = value { throw failure(undefined.message) }
    guard let number = value.number else {
      try refuseLarge(value)
      throw failure("bad operand type for unary \(sign): '\(value.typeName)'")
    }
    return number
  }

  func calculate(
    _ left: Value, _ operation: ArithmeticOperator, _ right: Value
  ) throws(TemplateError) -> Value {
    if case .undefined(let undefined) = left { throw failure(undefined.message) }
    if operation == .remainder, case .string(let format) = left {
      return .string(try formatPercent(format, right))
    }
    if case .undefined(let undefined) = right { throw failure(undefined.message) }
    if let left = left.number, let right = right.number {
      return try calculate(left, operation, right)
    }
    if operation == .add, let sum = try concatenate(left, right) { return sum }
    if operation == .multiply, let product = try `repeat`(left, right) { return product }
    try refuseLarge(left)
    try refuseLarge(right)
    if left.isSequence, operation == .add {
      let name = left.typeName
      throw failure("can only concatenate \(name) (not \"\(right.typeName)\") to \(name)")
    }
    if left.isSequence, operation == .multiply {
      throw failure("can't multiply sequence by non-int of type '\(right.typeName)'")
    }
    let symbol = operation == .power ? "** or pow()" : operation.rawValue
    throw failure(
      "unsupported operand type(s) for \(symbol): '\(left.typeName)' and '\(right.typeName)'")
  }

  private func refuseLarge(_ value: Value) throws(TemplateError) {
    if case .largeInteger = value {
      throw failure("arithmetic on integers of more than 64 bits", kind: .unsupported)
    }
  }
}

// MARK: - Numbers

extension Interpreter {
  private func calculate(
    _ left: Number, _ operation: ArithmeticOperator, _ right: Number
  ) throws(TemplateError) -> Value {
    if case .integer(let left) = left, case .integer(let right) = right {
      return try calculate(left, operation, right)
    }
    return .float(try calculate(left.double, operation, right.double))
  }

  private func calculate(
    _ left: Int, _ operation: ArithmeticOperator, _ right: Int
  ) throws(TemplateError) -> Value {
    switch operation {
    case .add: return .integer(try exact(left.addingReportingOverflow(right)))
    case .subtract: return .integer(try exact(left.subtractingReportingOverflow(right)))
    case .multiply: return .integer(try exact(left.multipliedReportingOverflow(by: right)))
    case .divide:
      return .float(try calculate(Double(left), .divide, Double(right)))
    case .floorDivide:
      try refuseZero(right, "integer division or modulo by zero")
      let quotient = try exact(left.dividedReportingOverflow(by: right))
      return .integer(left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient)
    case .remainder:
      try refuseZero(right, "integer modulo by zero")
      let remainder = try exact(left.remainderReportingOverflow(dividingBy: right))
      return .integer(
        remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder)
    case .power: return try power(left, right)
    }
  }

  private func calculate(
    _ left: Double, _ operation: ArithmeticOperator, _ right: Double
  ) throws(TemplateError) -> Double {
    switch operation {
    case .add: return left + right
    case .subtract: return left - right
    case .multiply: return left * right
    case .divide:
      guard right != 0 else { throw failure("division by zero") }
      return left / right
    case .floorDivide:
      guard right != 0 else { throw failure("float floor division by zero") }
      return (left / right).rounded(.down)
    case .remainder:
      guard right != 0 else { throw failure("float modulo") }
      let remainder = fmod(left, right)
      return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder
    case .power:
      guard left != 0 || right >= 0 else {
        throw failure("0.0 cannot be raised to a negative power")
      }
      return pow(left, right)
    }
  }

  private func refuseZero(_ value: Int, _ message: String) throws(TemplateError) {
    guard value != 0 else { throw failure(message) }
  }

  private func power(_ base: Int, _ exponent: Int) throws(TemplateError) -> Value {
    guard exponent >= 0 else {
      return .float(try calculate(Double(base), .power, Double(exponent)))
    }
    guard base.magnitude > 1 else {
      return .integer(exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base)
    }
    var result = 1
    for _ in 0..<min(exponent, 64) {
      result = try exact(result.multipliedReportingOverflow(by: base))
    }
    return .integer(result)
  }

  /// The result of integer arithmetic, or an error if it does not fit.
  func exact(
    _ result: (partialValue: Int, overflow: Bool)
  ) throws(TemplateError) -> Int {
    guard !result.overflow else {
      throw failure("arithmetic on integers of more than 64 bits", kind: .unsupported)
    }
    return result.partialValue
  }
}

// MARK: - Sequences

extension Interpreter {
  /// `left + right` for strings, lists and tuples; nil for anything else.
  private func concatenate(_ left: Value, _ right: Value) throws(TemplateError) -> Value? {
    switch (left, right) {
    case (.string(let left), .string(let right)):
      try charge(textBytes: left.count + right.count)
      guard left.isMarkup || right.isMarkup else {
        var result = left
        result.append(right)
        return .string(result)
      }
      var result = left.escapedForMarkup
      result.append(right.escapedForMarkup)
      return .string(result)
    case (.list(let left), .list(let right)):
      try charge(left.elements.count + right.elements.count)
      return try list(left.elements + right.elements)
    case (.tuple(let left), .tuple(let right)):
      try charge(left.elements.count + right.elements.count)
      return try tuple(left.elements + right.elements)
    default: return nil
    }
  }

  /// `left * right` for a sequence and an integer; nil for anything else.
  private func `repeat`(_ left: Value, _ right: Value) throws(TemplateError) -> Value? {
    guard let count = right.index else {
      return left.index == nil ? nil : try `repeat`(right, left)
    }
    switch left {
    case .string(let text):
      let (bytes, overflows) = text.count.multipliedReportingOverflow(by: max(count, 0))
      try charge(textBytes: overflows ? .max : bytes)
      var result = Text()
      for _ in 0..<max(count, 0) where !text.isEmpty { result.append(text) }
      return .string(result)
    case .list(let list): return try self.list(try repeated(list.elements, count))
    case .tuple(let list): return try tuple(try repeated(list.elements, count))
    default: return nil
    }
  }

  private func repeated(_ elements: [Value], _ count: Int) throws(TemplateError) -> [Value] {
    let (total, overflows) = elements.count.multipliedReportingOverflow(by: max(count, 0))
    try charge(overflows ? .max : total)
    return Array((0..<max(total, 0)).map { elements[$0 % elements.count] })
  }
}
