internal import Bytes

/// Reads the tokens of a template into a `SyntaxTree`.
struct Parser {
  let source: TemplateSource
  let tokens: [Token]
  var position = 0
  var scopes = ScopeBuilder()
  /// How many `for` are around what is read, in the same macro.
  var loopDepth = 0
  private var depth = 0

  private init(_ source: TemplateSource, _ tokens: [Token]) {
    self.source = source
    self.tokens = tokens
  }

  /// Parses a template.
  ///
  /// - Throws: `TemplateError` of kind `syntax`, `unsupported` or `limit` (nested too deeply).
  /// - Complexity: linear.
  static func parse(_ source: TemplateSource) throws(TemplateError) -> SyntaxTree {
    guard source.bytes.count <= RenderLimits.sourceBytes else {
      throw source.error(
        .limit, "a template of more than \(RenderLimits.sourceBytes) bytes", at: 0)
    }
    var parser = Parser(source, try Lexer.tokens(of: source))
    let body = try parser.parseStatements(until: [])
    return SyntaxTree(
      source: source, body: body, slotCount: parser.scopes.outermostSlotCount,
      references: parser.scopes.resolved(), names: parser.scopes.names)
  }
}

// MARK: - Cursor

extension Parser {
  /// The next token; at the end of the template, its last.
  var token: Token {
    position < tokens.count ? tokens[position] : Token(.end, offset: source.bytes.count)
  }

  var offset: Int { token.offset }

  func peek(_ distance: Int) -> Token.Kind {
    position + distance < tokens.count ? tokens[position + distance].kind : .end
  }

  mutating func advance() {
    position += 1
  }

  func isAt(_ symbol: Symbol) -> Bool { token.kind == .symbol(symbol) }

  func isAt(_ word: ByteString) -> Bool { token.kind == .name(word) }

  /// Takes the symbol if it is next.
  mutating func skip(_ symbol: Symbol) -> Bool {
    guard isAt(symbol) else { return false }
    advance()
    return true
  }

  /// Takes the word if it is next.
  mutating func skip(_ word: ByteString) -> Bool {
    guard isAt(word) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Symbol) throws(TemplateError) {
    guard skip(symbol) else { throw unexpected(expecting: symbol.rawValue) }
  }

  mutating func expect(_ word: ByteString) throws(TemplateError) {
    guard skip(word) else { throw unexpected(expecting: word.string) }
  }

  mutating func expect(_ kind: Token.Kind) throws(TemplateError) {
    guard token.kind == kind else { throw unexpected(expecting: kind.description) }
    advance()
  }

  mutating func expectName() throws(TemplateError) -> ByteString {
    guard case .name(let name) = token.kind else { throw unexpected(expecting: "name") }
    advance()
    return name
  }

  func error(_ message: String, at offset: Int? = nil) -> TemplateError {
    source.error(.syntax, message, at: offset ?? self.offset)
  }

  private func unexpected(expecting expected: String) -> TemplateError {
    if token.kind == .end {
      return error("unexpected end of template, expected '\(expected)'.")
    }
    return error("expected token '\(expected)', got '\(token.kind)'")
  }

  /// Notes that the parser goes one level deeper; to be matched by `leave`.
  mutating func enter() throws(TemplateError) {
    depth += 1
    try check(nesting: depth)
  }

  mutating func leave() {
    depth -= 1
  }

  /// Throws if `nesting` is more than a template may have.
  func check(nesting: Int) throws(TemplateError) {
    guard nesting <= RenderLimits.nesting else {
      throw source.error(
        .limit, "nested more than \(RenderLimits.nesting) levels deep", at: offset)
    }
  }

  mutating func reference(to name: ByteString, at offset: Int) -> VariableReference {
    VariableReference(number: scopes.refer(to: name), offset: offset)
  }
}
