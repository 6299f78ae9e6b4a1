internal import Bytes

// Operators, and `+` and `*` of sequences; `Interpreter+Numbers.swift` calculates with numbers.

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
    let sum = try sum(first, steps)
    return joined(sum.texts, sum.last)
  }

  /// Carries operations out, but does not put texts together that are added up.
  ///
  /// - Returns: the last operand or the result, and the texts before it; there are none if it is no text.
  func sum(
    _ first: Expression, _ steps: [Expression.ArithmeticStep]
  ) throws(TemplateError) -> (texts: [Text], last: Value) {
    var texts: [Text] = []
    var count = 0
    var value = try evaluate(first)
    for step in steps {
      let operand = try evaluate(step.operand)
      offset = step.offset
      if step.operation == .add, case .string(let left) = value, case .string(let right) = operand,
        !left.isMarkup, !right.isMarkup
      {
        count += left.count
        try charge(textBytes: count + right.count)
        if texts.isEmpty { texts.reserveCapacity(steps.count) }
        texts.append(left)
        value = operand
      } else {
        value = try calculate(joined(texts, value), step.operation, operand)
        texts = []
        count = 0
      }
    }
    return (texts, value)
  }

  /// The text that `texts` and behind them `last` make; `last` itself if there are no texts.
  private func joined(_ texts: [Text], _ last: Value) -> Value {
    guard !texts.isEmpty, case .string(let text) = last else { return last }
    var result = Text()
    result.reserveCapacity(texts.reduce(text.count) { $0 + $1.count })
    for part in texts { result.append(part) }
    result.append(text)
    return .string(result)
  }

  func negative(_ operand: Expression, at place: Int) throws(TemplateError) -> Value {
    let value = try evaluate(operand)
    offset = place
    return switch try signed(value, "-") {
    case .integer(let integer) where integer != .min: .integer(-integer)
    case .integer(let integer): try self.integer(-LargeInteger(integer))
    case .large(let integer): try self.integer(-integer)
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
      return .string(text.repeated(max(count, 0)))
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
