import Bytes
import ChatTemplates
import Testing

@Suite struct LexerTests {
  private func kinds(_ template: String) throws -> [Token.Kind] {
    try Lexer.tokens(of: ByteString(template), name: "test").map(\.kind)
  }

  @Test func tagsAndText() throws {
    #expect(
      try kinds("a {{ b.c }}{% if 1 %}") == [
        .data(Array("a ".utf8)), .printBegin, .name("b"), .symbol(.dot), .name("c"), .printEnd,
        .tagBegin, .name("if"), .integer("1"), .tagEnd, .end,
      ])
  }

  @Test func offsetsAreThoseOfTheTemplate() throws {
    let tokens = try Lexer.tokens(of: "é\r\n{{- x }}", name: "test")
    #expect(tokens.map(\.offset) == [0, 3, 7, 9, 11])
  }

  @Test(arguments: Symbol.allCases)
  func symbols(symbol: Symbol) throws {
    let pairs: [Symbol: (String, String)] = [
      .closeParenthesis: ("(", ""), .closeBracket: ("[", ""), .closeBrace: ("{ ", ""),
      .openParenthesis: ("", ")"), .openBracket: ("", "]"), .openBrace: (" ", " }"),
    ]
    let (before, after) = pairs[symbol] ?? ("", "")
    let found = try kinds("{{ \(before)\(symbol.rawValue)\(after) }}")
    #expect(found.contains(.symbol(symbol)))
  }

  @Test(arguments: [
    ("0", "0"), ("00", "0"), ("12", "12"), ("1_000", "1000"), ("0x1F", "31"), ("0b101", "5"),
    ("0o17", "15"), ("123456789012345678901234567890", "123456789012345678901234567890"),
  ])
  func integers(spelling: String, value: String) throws {
    #expect(try kinds("{{ \(spelling) }}")[1] == .integer(ByteString(value)))
  }

  @Test(arguments: [("1.5", 1.5), ("1e3", 1000), ("1.5E-3", 0.0015), ("1_0.2_5", 10.25)])
  func floats(spelling: String, value: Double) throws {
    #expect(try kinds("{{ \(spelling) }}")[1] == .float(value))
  }

  @Test(arguments: [
    (#"'a"b'"#, #"a"b"#), (#""a'b""#, "a'b"), (#"'\n\t\r\\\''"#, "\n\t\r\\'"),
    (#"'\x41\u00e9\U0001F600\101'"#, "Aé😀A"), (#"'\q\é'"#, #"\q\é"#), ("'a\\\nb'", "ab"),
    ("'%}}}'", "%}}}"),
  ])
  func strings(literal: String, value: String) throws {
    #expect(try kinds("{{ \(literal) }}")[1] == .string(Array(value.utf8)))
  }

  @Test func bracesCloseBeforeTags() throws {
    #expect(try kinds("{{ {'a': {}}}}").suffix(3) == [.symbol(.closeBrace), .printEnd, .end])
  }

  @Test(arguments: [#"{{ '\ud800' }}"#, #"{{ '\x4' }}"#, #"{{ '\U00110000' }}"#, "{{ 0x }}"])
  func wrongLiterals(template: String) {
    #expect(throws: TemplateError.self) { try kinds(template) }
  }
}
