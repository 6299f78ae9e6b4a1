internal import Bytes

// Expressions, from the loosest operator to the tightest. A run of operators of one rank is one
// node, so that a long sum is not a deep tree.
extension Parser {
  /// Reads an expression, or several with commas between, which make a tuple.
  mutating func parseTuple(
    withConditional: Bool = true, ends: [ByteString] = []
  ) throws(TemplateError) -> Expression {
    let start = offset
    let first = try parseElement(withConditional)
    guard isAt(.comma) else { return first }
    var elements = [first]
    while skip(.comma) {
      if isAtTupleEnd(ends) { break }
      elements.append(try parseElement(withConditional))
    }
    return .tuple(elements, offset: start)
  }

  private mutating func parseElement(
    _ withConditional: Bool
  ) throws(TemplateError) -> Expression {
    if withConditional { return try parseExpression() }
    try enter()
    defer { leave() }
    return try parseOr()
  }

  private func isAtTupleEnd(_ ends: [ByteString]) -> Bool {
    switch token.kind {
    case .tagEnd, .printEnd, .symbol(.closeParenthesis), .symbol(.assign), .end: true
    case .name(let word): ends.contains(word)
    default: false
    }
  }

  /// Reads an expression.
  mutating func parseExpression() throws(TemplateError) -> Expression {
    try enter()
    defer { leave() }
    var expression = try parseOr()
    var count = 0
    while isAt("if") {
      count += 1
      try check(nesting: count)
      advance()
      let condition = try parseOr()
      let otherwise = skip("else") ? try parseExpression() : nil
      expression = .conditional(
        condition: condition, then: expression, otherwise: otherwise)
    }
    return expression
  }

  private mutating func parseOr() throws(TemplateError) -> Expression {
    let first = try parseAnd()
    guard isAt("or") else { return first }
    var operands = [first]
    while skip("or") { operands.append(try parseAnd()) }
    return .or(operands)
  }

  private mutating func parseAnd() throws(TemplateError) -> Expression {
    let first = try parseNot()
    guard isAt("and") else { return first }
    var operands = [first]
    while skip("and") { operands.append(try parseNot()) }
    return .and(operands)
  }

  private mutating func parseNot() throws(TemplateError) -> Expression {
    guard skip("not") else { return try parseComparison() }
    try enter()
    defer { leave() }
    return .not(try parseNot())
  }

  private mutating func parseComparison() throws(TemplateError) -> Expression {
    let first = try parseSum()
    var steps: [Expression.ComparisonStep] = []
    while let operation = comparisonOperator() {
      let start = offset
      advance()
      if operation == .notContained { advance() }
      steps.append(
        Expression.ComparisonStep(
          operation: operation, operand: try parseSum(), offset: start))
    }
    return steps.isEmpty ? first : .comparison(first: first, steps)
  }

  private func comparisonOperator() -> ComparisonOperator? {
    switch token.kind {
    case .symbol(let symbol): ComparisonOperator(rawValue: symbol.rawValue)
    case .name("in"): .contained
    case .name("not") where peek(1) == .name("in"): .notContained
    default: nil
    }
  }

  private mutating func parseSum() throws(TemplateError) -> Expression {
    let first = try parseJoin()
    var steps: [Expression.ArithmeticStep] = []
    while let operation = arithmeticOperator([.plus, .minus]) {
      let start = offset
      advance()
      steps.append(
        Expression.ArithmeticStep(operation: operation, operand: try parseJoin(), offset: start))
    }
    return steps.isEmpty ? first : .arithmetic(first: first, steps)
  }

  private mutating func parseJoin() throws(TemplateError) -> Expression {
    let start = offset
    let first = try parseProduct()
    guard isAt(.join) else { return first }
    var operands = [first]
    while skip(.join) { operands.append(try parseProduct()) }
    return .join(operands, offset: start)
  }

  private mutating func parseProduct() throws(TemplateError) -> Expression {
    let first = try parsePower()
    var steps: [Expression.ArithmeticStep] = []
    while let operation = arithmeticOperator([.times, .divide, .floorDivide, .remainder]) {
      let start = offset
      advance()
      steps.append(
        Expression.ArithmeticStep(operation: operation, operand: try parsePower(), offset: start))
    }
    return steps.isEmpty ? first : .arithmetic(first: first, steps)
  }

  /// Unlike Python's, jinja2's `**` groups from the left and binds looser than a sign.
  private mutating func parsePower() throws(TemplateError) -> Expression {
    let first = try parseUnary()
    var steps: [Expression.ArithmeticStep] = []
    while let operation = arithmeticOperator([.power]) {
      let start = offset
      advance()
      steps.append(
        Expression.ArithmeticStep(operation: operation, operand: try parseUnary(), offset: start))
    }
    return steps.isEmpty ? first : .arithmetic(first: first, steps)
  }

  private func arithmeticOperator(_ symbols: [Symbol]) -> ArithmeticOperator? {
    guard case .symbol(let symbol) = token.kind, symbols.contains(symbol) else { return nil }
    return ArithmeticOperator(rawValue: symbol.rawValue)
  }

  /// Reads a sign or a primary expression, with what stands behind it.
  mutating func parseUnary(withFilters: Bool = true) throws(TemplateError) -> Expression {
    try enter()
    defer { leave() }
    let start = offset
    var count = 0
    let expression: Expression
    if skip(.minus) {
      expression = .negative(try parseUnary(withFilters: false), offset: start)
    } else if skip(.plus) {
      expression = .positive(try parseUnary(withFilters: false), offset: start)
    } else {
      expression = try parsePrimary()
    }
    let postfix = try parsePostfix(expression, &count)
    return withFilters ? try parseFilters(postfix, &count) : postfix
  }
}
