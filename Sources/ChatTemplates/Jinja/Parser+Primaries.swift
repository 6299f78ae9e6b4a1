internal import Bytes

// Literals and names, and what can stand behind an expression: attributes, items, calls, filters
// and tests.
extension Parser {
  mutating func parsePrimary() throws(TemplateError) -> Expression {
    let start = offset
    switch token.kind {
    case .name(let name):
      advance()
      return constant(name) ?? .variable(reference(to: name, at: start))
    case .string: return .literal(.string(Text(takeStrings())))
    case .integer(let spelling):
      advance()
      return .literal(try integer(spelling, at: start))
    case .float(let value):
      advance()
      return .literal(.float(value))
    case .symbol(.openParenthesis): return try parseParentheses()
    case .symbol(.openBracket): return try parseList()
    case .symbol(.openBrace): return try parseDictionary()
    case .end: throw error("unexpected end of template")
    default: throw error("unexpected '\(token.kind)'")
    }
  }

  private func integer(
    _ spelling: ByteString, at start: Int
  ) throws(TemplateError) -> Expression.Literal {
    if let value = Int(spelling.string) { return .integer(value) }
    guard spelling.count <= RenderLimits.integerDigits, let value = LargeInteger(spelling) else {
      throw error(
        "an integer of more than \(RenderLimits.integerDigits) digits cannot be read", at: start)
    }
    return .largeInteger(value)
  }

  private func constant(_ name: ByteString) -> Expression? {
    switch name {
    case "true", "True": .literal(.boolean(true))
    case "false", "False": .literal(.boolean(false))
    case "none", "None": .literal(.none)
    default: nil
    }
  }

  /// Takes a string and those that follow it directly, which make one.
  private mutating func takeStrings() -> [UInt8] {
    var bytes: [UInt8] = []
    while case .string(let part) = token.kind {
      bytes += part
      advance()
    }
    return bytes
  }

  private mutating func parseParentheses() throws(TemplateError) -> Expression {
    let start = offset
    try expect(.openParenthesis)
    if skip(.closeParenthesis) { return .tuple([], offset: start) }
    let expression = try parseTuple()
    try expect(.closeParenthesis)
    return expression
  }

  private mutating func parseList() throws(TemplateError) -> Expression {
    let start = offset
    var elements: [Expression] = []
    try expect(.openBracket)
    while !isAt(.closeBracket) {
      if !elements.isEmpty { try expect(.comma) }
      if isAt(.closeBracket) { break }
      elements.append(try parseExpression())
    }
    try expect(.closeBracket)
    return .list(elements, offset: start)
  }

  private mutating func parseDictionary() throws(TemplateError) -> Expression {
    let start = offset
    var entries: [Expression.Entry] = []
    try expect(.openBrace)
    while !isAt(.closeBrace) {
      if !entries.isEmpty { try expect(.comma) }
      if isAt(.closeBrace) { break }
      let key = try parseExpression()
      try expect(.colon)
      entries.append(Expression.Entry(key: key, value: try parseExpression()))
    }
    try expect(.closeBrace)
    return .dictionary(entries, offset: start)
  }
}

// MARK: - Behind an expression

extension Parser {
  /// Reads attributes, items and calls; `count` is how many there are.
  mutating func parsePostfix(
    _ expression: Expression, _ count: inout Int
  ) throws(TemplateError) -> Expression {
    var result = expression
    while case .symbol(let symbol) = token.kind {
      switch symbol {
      case .dot: result = try parseAttribute(of: result)
      case .openBracket: result = try parseSubscript(of: result)
      case .openParenthesis: result = try parseCall(of: result)
      default: return result
      }
      count += 1
      try check(nesting: count)
    }
    return result
  }

  /// Reads filters, tests and calls of what they return.
  mutating func parseFilters(
    _ expression: Expression, _ count: inout Int
  ) throws(TemplateError) -> Expression {
    var result = expression
    while true {
      if skip(.pipe) {
        result = .filter(result, try parseFilterUse())
      } else if isAt("is") {
        result = .test(result, try parseTestUse())
      } else if isAt(.openParenthesis) {
        result = try parseCall(of: result)
      } else {
        return result
      }
      count += 1
      try check(nesting: count)
    }
  }

  private mutating func parseAttribute(of object: Expression) throws(TemplateError) -> Expression {
    advance()
    let start = offset
    switch token.kind {
    case .name(let name):
      advance()
      let use = Expression.AttributeUse(
        name: name, methods: MethodFamily.named(name), offset: start)
      return .attribute(object, use)
    case .integer(let spelling):
      advance()
      let index = Int(spelling.string) ?? .max
      return .item(object, key: .literal(.integer(index)), offset: start)
    default: throw error("expected name or number")
    }
  }

  private mutating func parseSubscript(of object: Expression) throws(TemplateError) -> Expression {
    let start = offset
    advance()
    let result: Expression
    if isAt(.colon) {
      result = .slice(object, try parseSliceBounds(from: nil), offset: start)
    } else {
      let key = try parseExpression()
      if isAt(.colon) {
        result = .slice(object, try parseSliceBounds(from: key), offset: start)
      } else {
        result = .item(object, key: try parseMoreKeys(key, at: start), offset: start)
      }
    }
    try expect(.closeBracket)
    return result
  }

  /// Reads the rest of `x[a, b]`, whose key is a tuple.
  private mutating func parseMoreKeys(
    _ first: Expression, at start: Int
  ) throws(TemplateError) -> Expression {
    guard isAt(.comma) else { return first }
    var keys = [first]
    while skip(.comma), !isAt(.closeBracket) { keys.append(try parseExpression()) }
    return .tuple(keys, offset: start)
  }

  private mutating func parseSliceBounds(
    from start: Expression?
  ) throws(TemplateError) -> Expression.SliceBounds {
    try expect(.colon)
    let end = try parseBound()
    let step = skip(.colon) ? try parseBound() : nil
    return Expression.SliceBounds(start: start, end: end, step: step)
  }

  private mutating func parseBound() throws(TemplateError) -> Expression? {
    isAt(.colon) || isAt(.closeBracket) ? nil : try parseExpression()
  }

  private mutating func parseCall(of callee: Expression) throws(TemplateError) -> Expression {
    let start = offset
    let call = Expression.Call(
      callee: callee, arguments: try parseArguments(), offset: start)
    return .call(call)
  }
}

// MARK: - Arguments, filters, tests

extension Parser {
  private mutating func parseArguments() throws(TemplateError) -> ArgumentList {
    var list = ArgumentList()
    try expect(.openParenthesis)
    var isFirst = true
    while !isAt(.closeParenthesis) {
      if !isFirst { try expect(.comma) }
      isFirst = false
      if isAt(.closeParenthesis) { break }
      try parseArgument(into: &list)
    }
    try expect(.closeParenthesis)
    return list
  }

  private mutating func parseArgument(into list: inout ArgumentList) throws(TemplateError) {
    if skip(.times), list.extraPositional == nil {
      list.extraPositional = try parseExpression()
    } else if skip(.power), list.extraKeyword == nil {
      list.extraKeyword = try parseExpression()
    } else if case .name(let name) = token.kind, peek(1) == .symbol(.assign) {
      guard !list.keyword.contains(where: { $0.name == name }) else {
        throw error("keyword argument repeated: \(name)")
      }
      advance()
      advance()
      list.keyword.append((name, try parseExpression()))
    } else {
      guard list.keyword.isEmpty, list.extraPositional == nil, list.extraKeyword == nil else {
        throw error("invalid syntax for function call expression")
      }
      list.positional.append(try parseExpression())
    }
  }

  mutating func parseFilterUse() throws(TemplateError) -> FilterUse {
    let start = offset
    let name = try parseDottedName()
    let arguments = isAt(.openParenthesis) ? try parseArguments() : ArgumentList()
    return FilterUse(
      name: name, filter: Filters.named(name), arguments: arguments, offset: start)
  }

  private mutating func parseDottedName() throws(TemplateError) -> ByteString {
    var name = try expectName()
    while skip(.dot) {
      name.bytes.append(UInt8(ascii: "."))
      name.bytes += try expectName().bytes
    }
    return name
  }

  private mutating func parseTestUse() throws(TemplateError) -> TestUse {
    let start = offset
    advance()
    let isNegated = skip("not")
    let name = try parseDottedName()
    var arguments = ArgumentList()
    if isAt(.openParenthesis) {
      arguments = try parseArguments()
    } else if beginsTestArgument {
      guard !isAt("is") else { throw error("You cannot chain multiple tests with is") }
      var count = 0
      try enter()
      let primary = try parsePrimary()
      arguments.positional = [try parsePostfix(primary, &count)]
      leave()
    }
    return TestUse(
      name: name, test: ValueTests.named(name), arguments: arguments, isNegated: isNegated,
      offset: start)
  }

  /// Whether an argument without parentheses follows, as in `is divisibleby 3`.
  private var beginsTestArgument: Bool {
    switch token.kind {
    case .name(let word): word != "else" && word != "or" && word != "and"
    case .string, .integer, .float, .symbol(.openParenthesis), .symbol(.openBracket),
      .symbol(.openBrace):
      true
    default: false
    }
  }
}
