import Bytes
import OrderedJSON
import Testing

@Suite struct JSONStringLiteralTests {
  @Test(
    "a literal ends at its quote",
    arguments: [
      ("\"abc\"", false), ("\"\"", false), ("\"a\\nb\"", true), ("\"a\\\"b\"", true),
      ("\"a\\\\\"", true),
      ("\"\\ud83d\\ude00x\"", true),
    ])
  func range(literal: String, hasEscapes: Bool) throws {
    let source = Array("[\(literal), \"x\"]".utf8)
    let found = try #require(JSONStringLiteral(at: 1, in: source))
    #expect(found.range == ByteRange(1, 1 + literal.utf8.count))
    #expect(found.hasEscapes == hasEscapes)
  }

  @Test("there is none where no quote stands, or no second one")
  func none() {
    #expect(JSONStringLiteral(at: 0, in: Array("[]".utf8)) == nil)
    #expect(JSONStringLiteral(at: 9, in: Array("[]".utf8)) == nil)
    #expect(JSONStringLiteral(at: 0, in: Array("\"a\\\"".utf8)) == nil)
  }
}
