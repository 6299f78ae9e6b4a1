internal import Bytes

// Python's `==`, `<` and `in`.
extension Interpreter {
  func compare(
    _ first: Expression, _ steps: [Expression.ComparisonStep]
  ) throws(TemplateError) -> Bool {
    var left = try evaluate(first)
    for step in steps {
      let right = try evaluate(step.operand)
      offset = step.offset
      guard try compare(left, step.operation, right) else { return false }
      left = right
    }
    return true
  }

  func compare(
    _ left: Value, _ operation: ComparisonOperator, _ right: Value
  ) throws(TemplateError) -> Bool {
    switch operation {
    case .equal: try areEqual(left, right)
    case .notEqual: !(try areEqual(left, right))
    case .less: try isLess(left, right, "<")
    case .greater: try isLess(right, left, ">", swapped: true)
    case .lessOrEqual: try isLessOrEqual(left, right, "<=")
    case .greaterOrEqual: try isLessOrEqual(right, left, ">=", swapped: true)
    case .contained: try contains(right, left)
    case .notContained: !(try contains(right, left))
    }
  }

  func areEqual(_ left: Value, _ right: Value) throws(TemplateError) -> Bool {
    try enterValue()
    defer { leaveValue() }
    switch (left, right) {
    case (.string(let left), .string(let right)):
      guard left.count == right.count else { return false }
      try charge(left.count >> 6)
      return left.hasSameBytes(as: right)
    case (.none, .none), (.undefined, .undefined): return true
    case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
      return try areEqual(left.elements, right.elements)
    case (.dictionary(let left), .dictionary(let right)): return try areEqual(left, right)
    case (.view(let left), .view(let right)): return try areEqual(left, right)
    case (.namespace(let left), .namespace(let right)): return left === right
    case (.callable(let left), .callable(let right)): return left === right
    case (.range(let left), .range(let right)):
      return left.start == right.start && left.step == right.step && left.count == right.count
    default:
      guard let left = left.number, let right = right.number else { return false }
      return left.order(to: right) == 0
    }
  }

  private func areEqual(_ left: [Value], _ right: [Value]) throws(TemplateError) -> Bool {
    guard left.count == right.count else { return false }
    for (left, right) in zip(left, right) {
      guard try areEqual(left, right) else { return false }
    }
    return true
  }

  private func areEqual(
    _ left: ValueDictionary, _ right: ValueDictionary
  ) throws(TemplateError) -> Bool {
    guard left.count == right.count else { return false }
    for (key, value) in zip(left.keys, left.values) {
      try checkKey(key)
      guard let other = right[key], try areEqual(value, other) else { return false }
    }
    return true
  }
}

extension Interpreter {
  /// Views of keys or of entries are equal if they have the same; views of values never are.
  private func areEqual(
    _ left: DictionaryView, _ right: DictionaryView
  ) throws(TemplateError) -> Bool {
    guard left !== right else { return true }
    guard left.kind == right.kind, left.kind != .values,
      left.dictionary.count == right.dictionary.count
    else { return false }
    guard left.kind == .keys else { return try areEqual(left.dictionary, right.dictionary) }
    try charge(left.dictionary.count)
    return left.dictionary.keys.allSatisfy { right.dictionary[$0] != nil }
  }
}

// MARK: - Order

extension Interpreter {
  func isLess(
    _ left: Value, _ right: Value, _ symbol: String = "<", swapped: Bool = false
  ) throws(TemplateError) -> Bool {
    try order(left, right, symbol, swapped) < 0
  }

  private func isLessOrEqual(
    _ left: Value, _ right: Value, _ symbol: String, swapped: Bool = false
  ) throws(TemplateError) -> Bool {
    try order(left, right, symbol, swapped) <= 0
  }

  /// Less than 0, 0 or more than 0, as `left` stands before, with or behind `right`; 2 if neither
  /// (NaN).
  private func order(
    _ left: Value, _ right: Value, _ symbol: String, _ swapped: Bool
  ) throws(TemplateError) -> Int {
    try enterValue()
    defer { leaveValue() }
    switch (left, right) {
    case (.string(let left), .string(let right)):
      try charge(min(left.count, right.count) >> 4)
      if left.hasSameBytes(as: right) { return 0 }
      return left.bytes.lexicographicallyPrecedes(right.bytes) ? -1 : 1
    case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
      return try order(left.elements, right.elements, symbol, swapped)
    default: break
    }
    guard let leftNumber = left.number, let rightNumber = right.number else {
      throw notOrdered(left, right, symbol, swapped)
    }
    return leftNumber.order(to: rightNumber)
  }

  private func notOrdered(
    _ left: Value, _ right: Value, _ symbol: String, _ swapped: Bool
  ) -> TemplateError {
    for value in swapped ? [right, left] : [left, right] {
      if case .undefined(let undefined) = value { return failure(undefined.message) }
    }
    let types = swapped ? (right.typeName, left.typeName) : (left.typeName, right.typeName)
    return failure(
      "'\(symbol)' not supported between instances of '\(types.0)' and '\(types.1)'")
  }

  private func order(
    _ left: [Value], _ right: [Value], _ symbol: String, _ swapped: Bool
  ) throws(TemplateError) -> Int {
    for (left, right) in zip(left, right) {
      if try !areEqual(left, right) { return try order(left, right, symbol, swapped) }
    }
    return left.count - right.count
  }

  /// Sorts stably by `keys`, which stand in the order of `values`.
  func sorted(
    _ values: [Value], by keys: [Value], reverse: Bool
  ) throws(TemplateError) -> [Value] {
    var order = Array(values.indices)
    var width = 1
    while width < order.count {
      var merged: [Int] = []
      merged.reserveCapacity(order.count)
      for start in stride(from: 0, to: order.count, by: 2 * width) {
        let middle = min(start + width, order.count)
        let end = min(start + 2 * width, order.count)
        try merge(order[start..<middle], order[middle..<end], keys, reverse, into: &merged)
      }
      order = merged
      width *= 2
    }
    return order.map { values[$0] }
  }

  private func merge(
    _ left: ArraySlice<Int>, _ right: ArraySlice<Int>, _ keys: [Value], _ reverse: Bool,
    into merged: inout [Int]
  ) throws(TemplateError) {
    var left = left
    var right = right
    while let first = left.first, let second = right.first {
      let takesSecond =
        reverse
        ? try isLess(keys[first], keys[second]) : try isLess(keys[second], keys[first])
      merged.append(takesSecond ? right.removeFirst() : left.removeFirst())
    }
    merged += left
    merged += right
  }
}

// MARK: - in

extension Interpreter {
  /// Whether `value` is in `container`.
  func contains(_ container: Value, _ value: Value) throws(TemplateError) -> Bool {
    switch container {
    case .string(let text):
      guard case .string(let part) = value else {
        if case .undefined(let undefined) = value { throw failure(undefined.message) }
        throw failure("'in <string>' requires string as left operand, not \(value.typeName)")
      }
      try charge(scanning: text)
      return text.contains(part)
    case .dictionary(let dictionary):
      try checkKey(value)
      return dictionary[value] != nil
    case .boolean, .integer, .largeInteger, .float, .none, .namespace, .callable:
      throw failure("argument of type '\(container.typeName)' is not iterable")
    default:
      for element in try elements(of: container) {
        if try areEqual(element, value) { return true }
      }
      return false
    }
  }
}
