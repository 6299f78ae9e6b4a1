import Bytes
import OrderedJSON
import Testing

/// Where values are spelled.
@Suite struct JSONNodeRangeTests {
  @Test(arguments: [
    "null", "true", "false", "-1.50e+3", #""a\"b\\""#, "[]", "[ ]", "{ }",
    #"{"a" : [1 , {"b":"]"} ] }"#,
    "[[],{}\n]",
  ]) func rangesAreWholeValues(spelled: String) throws {
    let source = Array("  \(spelled)\n ".utf8)
    let node = try JSONParser.parse(source)
    #expect(node.range(in: source) == ByteRange(2, 2 + spelled.utf8.count))
  }

  @Test(arguments: [
    "{}", #""]\"}""#, "-1.5e3", #"[1, [2], {"a]": "}"}]"#, #"{"a\\": {"b": ["["]}, "c": 0}"#,
  ]) func whatStandsBehindAValueIsNoPartOfIt(spelled: String) throws {
    for text in ["[\(spelled)]", "[\(spelled) , 1]", "{\"k\": \(spelled)\n}"] {
      let source = Array(text.utf8)
      let root = try JSONParser.parse(source)
      let node = try #require(root.elements?.first ?? root["k"])
      let range = try #require(node.range(in: source))
      #expect(String(decoding: source[range.start..<range.end], as: UTF8.self) == spelled)
    }
  }

  @Test func elementsHaveRanges() throws {
    let source = Array(#"[ {"a":1 } , "x",[2]]"#.utf8)
    let elements = try #require(try JSONParser.parse(source).elements)
    let texts = elements.compactMap { $0.range(in: source) }.map {
      String(decoding: source[$0.start..<$0.end], as: UTF8.self)
    }
    #expect(texts == [#"{"a":1 }"#, #""x""#, "[2]"])
  }

  @Test func anotherTextHasNone() throws {
    let node = try JSONParser.parse(Array("[1, [2]]".utf8))
    #expect(node.range(in: Array("[1".utf8)) == nil)
  }
}
