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

  @Test func theByteOfAnEscapeIsWhereItBegins() throws {
    let source = Array(#""a\u00e9\n\"b""#.utf8)
    let literal = try #require(JSONStringLiteral(at: 0, in: source))
    #expect(
      literal.offsets(ofBytes: [0, 1, 2, 3, 4, 5, 6], in: source) == [1, 2, 2, 8, 10, 12, 13])
  }

  @Test(arguments: [#""abc""#, #""a\u00e9\n\ud83d\ude00z\"""#, #""\u65e5é𝄞""#])
  func manyOffsetsAreThoseOfEach(spelled: String) throws {
    let source = Array(spelled.utf8)
    let literal = try #require(JSONStringLiteral(at: 0, in: source))
    let indices = Array(0...16)
    #expect(
      literal.offsets(ofBytes: indices, in: source)
        == indices.flatMap { literal.offsets(ofBytes: [$0], in: source) })
  }
}
