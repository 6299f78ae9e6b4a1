internal import Bytes

extension Parser {
  /// Reads statements up to a tag that begins with one of `ends`, of which `{%` and the word are
  /// taken; without `ends`, up to the end of the template.
  mutating func parseStatements(until ends: [ByteString]) throws(TemplateError) -> [Statement] {
    var statements: [Statement] = []
    while true {
      switch token.kind {
      case .data(let bytes):
        statements.append(.text(bytes))
        advance()
      case .printBegin:
        advance()
        statements.append(.output(try parseTuple()))
        try expect(.printEnd)
      case .tagBegin:
        advance()
        if case .name(let word) = token.kind, ends.contains(word) {
          advance()
          return statements
        }
        try enter()
        statements.append(try parseTag())
        leave()
      default:
        guard ends.isEmpty else { throw unexpectedEnd(expecting: ends) }
        return statements
      }
    }
  }

  private func unexpectedEnd(expecting ends: [ByteString]) -> TemplateError {
    let words = ends.map { "'\($0)'" }.joined(separator: " or ")
    return error("Unexpected end of template. Jinja was looking for the following tags: \(words).")
  }

  private mutating func parseTag() throws(TemplateError) -> Statement {
    let start = offset
    guard case .name(let word) = token.kind else { throw error("tag name expected") }
    advance()
    switch word {
    case "if": return try parseIf()
    case "for": return try parseFor(at: start)
    case "set": return try parseSet()
    case "macro": return try parseMacro(at: start)
    case "call": return try parseCallBlock(at: start)
    case "filter": return try parseFilterBlock()
    case "generation": return .scope([], try parseGeneration())
    case "print": return try parsePrint()
    case "with": return try parseWith()
    case "break": return try parseLoopControl(.breakLoop, "break", at: start)
    case "continue": return try parseLoopControl(.continueLoop, "continue", at: start)
    case "include", "import", "from", "extends", "block", "autoescape", "do", "trans", "debug":
      throw source.error(
        .unsupported, "not supported in chat templates: {% \(word) %}", at: start)
    default: throw error("Encountered unknown tag '\(word)'.", at: start)
    }
  }

  private mutating func expectTagEnd() throws(TemplateError) {
    try expect(.tagEnd)
  }

  /// Reads the rest of a tag and the body behind it in a scope of its own, up to and with the tag
  /// `end`.
  private mutating func parseBlock(until end: ByteString) throws(TemplateError) -> Block {
    try expectTagEnd()
    scopes.enterScope()
    let body = try parseStatements(until: [end])
    try expectTagEnd()
    return Block(slots: scopes.leaveScope(), body: body)
  }

  /// Reads the body of `{% generation %}`, which a loop outside of it cannot be left from.
  private mutating func parseGeneration() throws(TemplateError) -> Block {
    let outerLoopDepth = loopDepth
    loopDepth = 0
    defer { loopDepth = outerLoopDepth }
    return try parseBlock(until: "endgeneration")
  }

  /// Reads the rest of `{% print %}`; several expressions are printed one after the other.
  private mutating func parsePrint() throws(TemplateError) -> Statement {
    let start = offset
    var expressions = [try parseExpression()]
    while skip(.comma) { expressions.append(try parseExpression()) }
    try expectTagEnd()
    return .output(.join(expressions, offset: start))
  }

  private func lastWord() -> Token.Kind {
    position > 0 ? tokens[position - 1].kind : .end
  }
}

// MARK: - if, for

extension Parser {
  private mutating func parseIf() throws(TemplateError) -> Statement {
    var branches: [Statement.Branch] = []
    var otherwise: [Statement] = []
    repeat {
      let condition = try parseTuple(withConditional: false)
      try expectTagEnd()
      let body = try parseBranch(until: ["elif", "else", "endif"])
      branches.append(Statement.Branch(condition: condition, body: body))
    } while lastWord() == .name("elif")
    if lastWord() == .name("else") {
      try expectTagEnd()
      otherwise = try parseBranch(until: ["endif"])
    }
    try expectTagEnd()
    return .conditional(branches: branches, otherwise: otherwise)
  }

  private mutating func parseBranch(
    until ends: [ByteString]
  ) throws(TemplateError) -> [Statement] {
    scopes.enterBranch()
    defer { scopes.leaveBranch() }
    return try parseStatements(until: ends)
  }

  private mutating func parseFor(at start: Int) throws(TemplateError) -> Statement {
    scopes.enterScope()
    let target = try parseTarget(ends: ["in"])
    try expect("in")
    let scope = scopes.suspendScope()
    let iterable = try parseTuple(withConditional: false, ends: ["recursive"])
    scopes.resumeScope(scope)
    let condition = skip("if") ? try parseExpression() : nil
    let isRecursive = skip("recursive")
    try expectTagEnd()
    let loopSlot = scopes.declare("loop")
    loopDepth += 1
    let body = try parseStatements(until: ["endfor", "else"])
    loopDepth -= 1
    let block = Block(slots: scopes.leaveScope(), body: body)
    return .loop(
      Statement.ForLoop(
        target: target, iterable: iterable, condition: condition, block: block,
        loopSlot: loopSlot, otherwise: try parseElseOfFor(), isRecursive: isRecursive,
        offset: start))
  }

  private mutating func parseElseOfFor() throws(TemplateError) -> Block {
    if lastWord() == .name("else") { return try parseBlock(until: "endfor") }
    try expectTagEnd()
    return Block(slots: [], body: [])
  }

  private mutating func parseLoopControl(
    _ statement: Statement, _ word: String, at start: Int
  ) throws(TemplateError) -> Statement {
    guard loopDepth > 0 else { throw error("'\(word)' outside of a loop", at: start) }
    try expectTagEnd()
    return statement
  }
}

// MARK: - set, with, filter

extension Parser {
  private mutating func parseSet() throws(TemplateError) -> Statement {
    let target = try parseTarget(ends: [], withAttribute: true)
    if skip(.assign) {
      let value = try parseTuple()
      try expectTagEnd()
      return .assign(target, value)
    }
    let filters = try parseFilterChain()
    return .assignBlock(target, filters, try parseBlock(until: "endset"))
  }

  private mutating func parseWith() throws(TemplateError) -> Statement {
    scopes.enterScope()
    var bindings: [Statement.Binding] = []
    while token.kind != .tagEnd {
      if !bindings.isEmpty { try expect(.comma) }
      let target = try parseSingleTarget(ends: [])
      try expect(.assign)
      let scope = scopes.suspendScope()
      bindings.append(Statement.Binding(target: target, value: try parseExpression()))
      scopes.resumeScope(scope)
    }
    try expectTagEnd()
    let body = try parseStatements(until: ["endwith"])
    try expectTagEnd()
    return .scope(bindings, Block(slots: scopes.leaveScope(), body: body))
  }

  private mutating func parseFilterBlock() throws(TemplateError) -> Statement {
    var filters = [try parseFilterUse()]
    filters += try parseFilterChain()
    return .filterBlock(filters, try parseBlock(until: "endfilter"))
  }

  private mutating func parseFilterChain() throws(TemplateError) -> [FilterUse] {
    var filters: [FilterUse] = []
    while skip(.pipe) { filters.append(try parseFilterUse()) }
    return filters
  }

  /// Reads what is assigned to: a name, names with commas between, or an attribute of a namespace.
  mutating func parseTarget(
    ends: [ByteString], withAttribute: Bool = false
  ) throws(TemplateError) -> Target {
    let start = offset
    let first = try parseSingleTarget(ends: ends, withAttribute: withAttribute)
    guard isAt(.comma) else { return first }
    var targets = [first]
    while skip(.comma) {
      guard token.kind != .tagEnd, !isAt(.assign), !isAt(.closeParenthesis) else { break }
      if case .name(let word) = token.kind, ends.contains(word) { break }
      targets.append(try parseSingleTarget(ends: ends, withAttribute: withAttribute))
    }
    return .tuple(targets, offset: start)
  }

  private mutating func parseSingleTarget(
    ends: [ByteString], withAttribute: Bool = false
  ) throws(TemplateError) -> Target {
    try enter()
    defer { leave() }
    if withAttribute, case .name(let name) = token.kind, peek(1) == .symbol(.dot) {
      let start = offset
      let object = reference(to: name, at: start)
      advance()
      advance()
      return .attribute(object, name: try expectName(), offset: start)
    }
    if isAt(.openParenthesis) || isAt(.openBracket) {
      let closing: Symbol = isAt(.openParenthesis) ? .closeParenthesis : .closeBracket
      advance()
      let inner = try parseTarget(ends: ends)
      try expect(closing)
      return inner
    }
    guard case .name(let name) = token.kind else {
      throw error("expected a name to assign to, got '\(token.kind)'")
    }
    guard !Self.constants.contains(name) else { throw error("can't assign to '\(name)'") }
    advance()
    return .variable(slot: scopes.declare(name))
  }

  private static let constants: [ByteString] = ["true", "false", "none", "True", "False", "None"]
}
