import OrderedJSON
import Testing

/// How many values a text has is known without a node for each.
@Suite struct JSONParserExtentTests {
  @Test(
    arguments: [
      ("1", 1), ("[]", 2), ("[1]", 2), ("[1,2]", 3), ("{\"a\":1}", 3), ("{\"a\":1,\"b\":[2]}", 6),
      ("\"[,,,{:\"", 1), ("\"\\\"[,\"", 1), ("[\"\\\\\",1]", 3), ("[[[[", 5), ("\"", 1),
      ("\"\\", 1),
    ])
  func everyValueAndNameOutsideOfStringsCounts(text: String, count: Int) {
    let bytes = Array(text.utf8)
    #expect(JSONParser.hasMoreValues(than: count - 1, in: bytes))
    #expect(!JSONParser.hasMoreValues(than: count, in: bytes))
  }

  @Test func theCountIsNeverLessThanTheNodes() throws {
    let text = Array("{\"a\":[1,\"x,y\",null,{}],\"b\":{\"c\":[[],[true]]},\"d\":\"\\\\\"}".utf8)
    func values(_ node: JSONNode) -> Int {
      1 + (node.elements ?? []).reduce(0) { $0 + values($1) }
        + (node.members ?? []).reduce(0) { $0 + 1 + values($1.node) }
    }
    let count = values(try JSONParser.parse(text))
    #expect(count == 16)
    #expect(JSONParser.hasMoreValues(than: count - 1, in: text))
  }
}
