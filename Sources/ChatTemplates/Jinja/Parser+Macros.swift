internal import Bytes

// {% macro %} and {% call %}.
extension Parser {
  mutating func parseMacro(at start: Int) throws(TemplateError) -> Statement {
    let name = try expectName()
    let slot = scopes.declare(name)
    let definition = try parseDefinition(name, until: "endmacro", at: start)
    return .define(definition, slot: slot)
  }

  mutating func parseCallBlock(at start: Int) throws(TemplateError) -> Statement {
    // The parameters stand before the call, which is evaluated outside of the body.
    let parametersStart = position
    if isAt(.openParenthesis) { try skipParentheses() }
    guard case .call(let call) = try parseUnary(), token.kind == .tagEnd else {
      throw error("expected call", at: start)
    }
    let end = position
    position = parametersStart
    let definition = try parseDefinition("caller", until: "endcall", at: start, bodyStart: end)
    return .callBlock(call, definition)
  }

  /// Passes over parentheses and all that is in them; the lexer has made sure that they match.
  private mutating func skipParentheses() throws(TemplateError) {
    var depth = 0
    repeat {
      if isAt(.openParenthesis) { depth += 1 }
      if isAt(.closeParenthesis) { depth -= 1 }
      guard token.kind != .end else {
        throw error("unexpected end of template, expected ')'.")
      }
      advance()
    } while depth > 0
  }

  /// Reads parameters, if there are any, and the body up to the tag `end`.
  private mutating func parseDefinition(
    _ name: ByteString, until end: ByteString, at start: Int, bodyStart: Int? = nil
  ) throws(TemplateError) -> MacroDefinition {
    let outerLoopDepth = loopDepth
    loopDepth = 0
    scopes.enterFunction()
    let hasParameters = bodyStart == nil || isAt(.openParenthesis)
    let parameters = hasParameters ? try parseParameters() : []
    position = bodyStart ?? position
    try expect(.tagEnd)
    let body = try parseStatements(until: [end])
    try expect(.tagEnd)
    let caller = scopes.uses(.caller) ? scopes.declare("caller") : nil
    let varargs = scopes.uses(.varargs) ? scopes.declare("varargs") : nil
    let kwargs = scopes.uses(.kwargs) ? scopes.declare("kwargs") : nil
    let function = scopes.leaveFunction()
    loopDepth = outerLoopDepth
    return MacroDefinition(
      name: name, parameters: parameters, body: body, slotCount: function.slotCount,
      callerSlot: caller, extraPositionalSlot: varargs, extraKeywordSlot: kwargs,
      definesMacros: function.definesMacros, offset: start)
  }

  private mutating func parseParameters() throws(TemplateError) -> [MacroDefinition.Parameter] {
    var parameters: [MacroDefinition.Parameter] = []
    try expect(.openParenthesis)
    while !isAt(.closeParenthesis) {
      if !parameters.isEmpty { try expect(.comma) }
      let name = try expectName()
      guard !parameters.contains(where: { $0.name == name }) else {
        throw error("duplicate argument '\(name)' in the definition of a macro")
      }
      let slot = scopes.declare(name)
      let standard = skip(.assign) ? try parseExpression() : nil
      guard name != "caller" || standard != nil else {
        throw error("the parameter \"caller\" must be left out or have a default value")
      }
      if standard == nil, let last = parameters.last, last.standard != nil {
        throw error("non-default argument follows default argument")
      }
      parameters.append(MacroDefinition.Parameter(name: name, slot: slot, standard: standard))
    }
    try expect(.closeParenthesis)
    return parameters
  }
}
