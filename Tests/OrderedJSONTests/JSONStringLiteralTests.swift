import Bytes
import OrderedJSON
import Testing

@Suite struct JSONStringLiteralTests {
  @Test(
    "each byte of a string is found in its literal",
    arguments: [
      ("\"abc\"", 1, 2), ("\"a\\nb\"", 1, 2), ("\"a\\nb\"", 2, 4), ("\"\\u00e9x\"", 1, 1),
      ("\"\\u00e9x\"", 2, 7), ("\"\\ud83d\\ude00x\"", 4, 13), ("\"ab\"", 2, 3), ("\"ab\"", 9, 3),
    ])
  func offsets(literal: String, byte: Int, offset: Int) throws {
    let source = Array(literal.utf8)
    let found = try #require(JSONStringLiteral(at: 0, in: source))
    #expect(found.offset(ofByte: byte, in: source) == offset)
  }
}
