internal import Bytes

extension Interpreter {
  func evaluate(_ expression: Expression) throws(TemplateError) -> Value {
    try enter()
    defer { leave() }
    switch expression {
    case .literal(let literal): return value(of: literal)
    case .variable(let reference): return value(of: reference)
    case .list(let elements, let offset): return try evaluateList(elements, at: offset)
    case .tuple(let elements, let offset): return try evaluateTuple(elements, at: offset)
    case .dictionary(let entries, let offset): return try evaluate(entries, at: offset)
    case .attribute(let object, let use):
      return try attribute(use, of: try evaluate(object))
    case .item(let object, let key, let offset): return try evaluate(object, key, at: offset)
    case .slice(let object, let bounds, let offset):
      return try evaluate(object, bounds, at: offset)
    case .call(let call): return try evaluate(call)
    case .filter(let subject, let use): return try apply(use, to: try evaluate(subject))
    case .test(let subject, let use): return try apply(use, to: try evaluate(subject))
    case .negative(let operand, let offset): return try negative(operand, at: offset)
    case .positive(let operand, let offset): return try positive(operand, at: offset)
    case .not(let operand): return .boolean(!(try evaluate(operand).isTrue))
    case .arithmetic(let first, let steps): return try evaluate(first, steps)
    case .join(let operands, let offset): return try join(operands, at: offset)
    case .comparison(let first, let steps): return .boolean(try compare(first, steps))
    case .and(let operands): return try evaluateLogic(operands, stopsAt: false)
    case .or(let operands): return try evaluateLogic(operands, stopsAt: true)
    case .conditional(let condition, let then, let otherwise):
      return try evaluate(condition, then, otherwise)
    }
  }

  private func value(of literal: Expression.Literal) -> Value {
    switch literal {
    case .none: .none
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .largeInteger(let value): .largeInteger(value)
    case .float(let value): .float(value)
    case .string(let text): .string(text)
    }
  }

  /// The value of a variable, which is undefined where it is not set.
  func value(of reference: VariableReference) -> Value {
    offset = reference.offset
    let resolved = tree.references[reference.number]
    for address in resolved.slots {
      var holder: Frame? = frame
      for _ in 0..<address.hops { holder = holder?.parent }
      if let value = holder?[address.slot] { return value }
    }
    if resolved.usesContext, let value = context[resolved.name] { return value }
    return .undefined(Undefined(name: tree.names.names[resolved.name]))
  }

  private func evaluateAll(_ expressions: [Expression]) throws(TemplateError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(expressions.count)
    for expression in expressions { values.append(try evaluate(expression)) }
    return values
  }

  private func evaluateList(
    _ elements: [Expression], at place: Int
  ) throws(TemplateError) -> Value {
    let values = try evaluateAll(elements)
    offset = place
    return try list(values)
  }

  private func evaluateTuple(
    _ elements: [Expression], at place: Int
  ) throws(TemplateError) -> Value {
    let values = try evaluateAll(elements)
    offset = place
    return try tuple(values)
  }

  private func evaluate(
    _ entries: [Expression.Entry], at place: Int
  ) throws(TemplateError) -> Value {
    var values: [(key: Value, value: Value)] = []
    for entry in entries {
      let key = try evaluate(entry.key)
      values.append((key, try evaluate(entry.value)))
    }
    offset = place
    return try dictionary(values)
  }

  private func evaluate(
    _ object: Expression, _ key: Expression, at place: Int
  ) throws(TemplateError) -> Value {
    let value = try evaluate(object)
    let key = try evaluate(key)
    offset = place
    return try item(key, of: value)
  }

  private func evaluate(
    _ object: Expression, _ bounds: Expression.SliceBounds, at place: Int
  ) throws(TemplateError) -> Value {
    let value = try evaluate(object)
    var parts: [Value] = []
    for bound in [bounds.start, bounds.end, bounds.step] {
      if let bound {
        parts.append(try evaluate(bound))
      } else {
        parts.append(.none)
      }
    }
    offset = place
    return try slice(of: value, from: parts[0], to: parts[1], step: parts[2])
  }

  private func evaluateLogic(
    _ operands: [Expression], stopsAt stop: Bool
  ) throws(TemplateError) -> Value {
    var value = Value.none
    for operand in operands {
      value = try evaluate(operand)
      if value.isTrue == stop { break }
    }
    return value
  }

  private func evaluate(
    _ condition: Expression, _ then: Expression, _ otherwise: Expression?
  ) throws(TemplateError) -> Value {
    if try evaluate(condition).isTrue { return try evaluate(then) }
    if let otherwise { return try evaluate(otherwise) }
    return .undefined(
      Undefined(
        message: "the inline if-expression evaluated to false and no else section was defined."))
  }

  private func join(_ operands: [Expression], at place: Int) throws(TemplateError) -> Value {
    var result = Text()
    for operand in operands { result.append(try text(of: try evaluate(operand))) }
    offset = place
    try charge(textBytes: result.count)
    return .string(result)
  }
}

// MARK: - Filters and tests

extension Interpreter {
  func apply(_ use: FilterUse, to subject: Value) throws(TemplateError) -> Value {
    let arguments = use.arguments.isEmpty ? Arguments() : try evaluate(use.arguments)
    offset = use.offset
    guard let filter = use.filter else { throw failure("No filter named '\(use.name)'.") }
    return try apply(filter, to: subject, arguments)
  }

  private func apply(_ use: TestUse, to subject: Value) throws(TemplateError) -> Value {
    let arguments = use.arguments.isEmpty ? Arguments() : try evaluate(use.arguments)
    offset = use.offset
    guard let test = use.test else { throw failure("No test named '\(use.name)'.") }
    let result = try apply(test, to: subject, arguments).isTrue
    return .boolean(result != use.isNegated)
  }
}
