internal import Bytes
internal import Glibc

// Python's arithmetic on integers of any size and on floats.
extension Interpreter {
  func calculate(
    _ left: Number, _ operation: ArithmeticOperator, _ right: Number
  ) throws(TemplateError) -> Value {
    if case .integer(let first) = left, case .integer(let second) = right,
      let result = try calculate(first, operation, second)
    {
      return result
    }
    if let left = left.large, let right = right.large {
      return try calculate(left, operation, right)
    }
    return .float(try calculate(try float(left), operation, try float(right)))
  }

  /// The number as a float, which an integer can be too large for.
  func float(_ number: Number) throws(TemplateError) -> Double {
    let value = number.double
    guard value.isFinite || !number.isInteger else {
      throw failure("int too large to convert to float")
    }
    return value
  }

  /// The value of an integer, or an error if it is larger than calculations may make.
  func integer(_ value: LargeInteger) throws(TemplateError) -> Value {
    if let integer = value.int { return .integer(integer) }
    guard value.bitCount <= RenderLimits.integerBits else { throw tooLarge }
    return .largeInteger(value)
  }

  private var tooLarge: TemplateError {
    failure("an integer of more than \(RenderLimits.integerBits) bits", kind: .limit)
  }

  /// The result of integer arithmetic, or an error if it does not fit.
  func exact(
    _ result: (partialValue: Int, overflow: Bool)
  ) throws(TemplateError) -> Int {
    guard !result.overflow else {
      throw failure("Python int too large to convert to C ssize_t")
    }
    return result.partialValue
  }
}

// MARK: - Integers

extension Interpreter {
  /// The result if it fits an `Int`; nil if it does not, or is to be calculated with large integers.
  private func calculate(
    _ left: Int, _ operation: ArithmeticOperator, _ right: Int
  ) throws(TemplateError) -> Value? {
    let result: (partialValue: Int, overflow: Bool)
    switch operation {
    case .add: result = left.addingReportingOverflow(right)
    case .subtract: result = left.subtractingReportingOverflow(right)
    case .multiply: result = left.multipliedReportingOverflow(by: right)
    case .divide:
      guard Number.isExact(left), Number.isExact(right) else { return nil }
      return .float(try calculate(Double(left), .divide, Double(right)))
    case .floorDivide:
      try refuseZero(right == 0, operation)
      result = left.dividedReportingOverflow(by: right)
      let isDown = left % (right == -1 ? 1 : right) != 0 && (left < 0) != (right < 0)
      if isDown { return .integer(result.partialValue - 1) }
    case .remainder:
      try refuseZero(right == 0, operation)
      let remainder = right == -1 ? 0 : left % right
      let isMoved = remainder != 0 && (remainder < 0) != (right < 0)
      return .integer(isMoved ? remainder + right : remainder)
    case .power: return nil
    }
    return result.overflow ? nil : .integer(result.partialValue)
  }

  private func calculate(
    _ left: LargeInteger, _ operation: ArithmeticOperator, _ right: LargeInteger
  ) throws(TemplateError) -> Value {
    try charge((left.digits.count + 1) * (right.digits.count + 1) >> 2)
    switch operation {
    case .add: return try integer(left + right)
    case .subtract: return try integer(left - right)
    case .multiply: return try integer(left * right)
    case .divide:
      guard let quotient = left.divided(by: right) else { throw failure("division by zero") }
      guard quotient.isFinite else {
        throw failure("integer division result too large for a float")
      }
      return .float(quotient)
    case .floorDivide, .remainder:
      try refuseZero(right.digits.isEmpty, operation)
      guard let (quotient, remainder) = left.dividedDown(by: right) else { return .none }
      return try integer(operation == .remainder ? remainder : quotient)
    case .power: return try power(left, right)
    }
  }

  private func refuseZero(
    _ isZero: Bool, _ operation: ArithmeticOperator
  ) throws(TemplateError) {
    guard isZero else { return }
    throw failure(
      operation == .remainder
        ? "integer modulo by zero" : "integer division or modulo by zero")
  }

  /// The power, by squaring.
  private func power(
    _ base: LargeInteger, _ exponent: LargeInteger
  ) throws(TemplateError) -> Value {
    if exponent.isNegative {
      return .float(try calculate(base.double, .power, exponent.double))
    }
    let one = LargeInteger(1)
    if base.digits.isEmpty || base.digits == one.digits {
      let isPositive = exponent.digits.first.map { $0 & 1 == 0 } ?? true
      if base.digits.isEmpty { return .integer(exponent.digits.isEmpty ? 1 : 0) }
      return .integer(base.isNegative && !isPositive ? -1 : 1)
    }
    let (bits, overflows) = (exponent.int ?? .max).multipliedReportingOverflow(
      by: base.bitCount - 1)
    guard !overflows, bits <= RenderLimits.integerBits else { throw tooLarge }
    var result = one
    for place in stride(from: exponent.bitCount - 1, through: 0, by: -1) {
      try charge(result.digits.count * result.digits.count >> 2)
      result = result * result
      if exponent.digits[place / 32] >> UInt32(place % 32) & 1 == 1 { result = result * base }
    }
    return try integer(result)
  }
}

// MARK: - Floats

extension Interpreter {
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
      let remainder = fmod(left, right)
      let isDown = remainder != 0 && (remainder < 0) != (right < 0)
      let quotient = (left - remainder) / right - (isDown ? 1 : 0)
      return quotient == 0 ? (left / right).sign == .minus ? -0.0 : 0 : quotient.rounded()
    case .remainder:
      guard right != 0 else { throw failure("float modulo") }
      let remainder = fmod(left, right)
      if remainder == 0 { return right < 0 ? -0.0 : 0 }
      return (remainder < 0) != (right < 0) ? remainder + right : remainder
    case .power: return try power(left, right)
    }
  }

  private func power(_ left: Double, _ right: Double) throws(TemplateError) -> Double {
    guard left != 0 || right >= 0 else {
      throw failure("0.0 cannot be raised to a negative power")
    }
    guard left >= 0 || right.rounded() == right || !left.isFinite else {
      throw failure("complex numbers", kind: .unsupported)
    }
    let result = pow(left, right)
    guard result.isFinite || !left.isFinite || !right.isFinite else {
      throw failure("(34, 'Numerical result out of range')")
    }
    return result
  }
}
