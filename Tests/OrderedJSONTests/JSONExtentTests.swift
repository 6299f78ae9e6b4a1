import Bytes
import OrderedJSON
import Testing

@Suite struct JSONExtentTests {
  @Test(
    "a value ends where its text does",
    arguments: [
      "{}", "[]", "\"a\"", "\"]\\\"}\"", "-1.5e3", "true", "null", "[1, [2], {\"a]\": \"}\"}]",
      "{\"a\\\\\": {\"b\": [\"[\"]}, \"c\": 0}",
    ])
  func range(value: String) throws {
    for text in ["[\(value)]", "[\(value) , 1]", "{\"k\": \(value)\n}", value] {
      let bytes = Array(text.utf8)
      let root = try JSONParser.parse(bytes)
      let node = text == value ? root : root.elements?.first ?? root["k"]
      let offset = try #require(node).offset
      let range = try #require(JSONExtent.range(ofValueAt: offset, in: bytes))
      #expect(String(decoding: bytes[range.start..<range.end], as: UTF8.self) == value)
    }
  }

  @Test("there is none behind the end, or where a container does not end")
  func none() {
    #expect(JSONExtent.range(ofValueAt: 3, in: Array("[]".utf8)) == nil)
    #expect(JSONExtent.range(ofValueAt: 0, in: Array("[\"a\"".utf8)) == nil)
    #expect(JSONExtent.range(ofValueAt: 0, in: Array("\"a".utf8)) == nil)
  }
}
