import Bytes
import OrderedJSON
import Testing

@Suite struct JSONWriterTests {
  @Test func indentsByTwoSpacesALevel() {
    let value = JSONValue.object([
      "a": .array(of: [.integer(1), .object([])]), "b": .object(["c": .null]),
      "d": .array(of: [.integer(1), .integer(2)]),
    ])
    let text = String(decoding: JSONWriter.write(value, style: .indented), as: UTF8.self)
    #expect(
      text == """
        {
          "a": [
            1,
            {}
          ],
          "b": {
            "c": null
          },
          "d": [1, 2]
        }
        """)
  }

  @Test func escapesWhatMustBeEscapedAndNoMore() {
    var bytes: [UInt8] = []
    JSONWriter.appendQuoted(
      Array("\"\\\u{0}\u{8}\t\n\u{C}\r\u{1F}\u{7F}/é\u{2028}".utf8), to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #""\"\\\u0000\b\t\n\f\r\u001f"# + "\u{7F}/é\u{2028}\"")
  }

  @Test func writesTokensOnOneLine() {
    var writer = JSONWriter(style: .indented)
    writer.write(tokens: [0, 7, 10, 99, 100, 151_645, .max])
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "[0,7,10,99,100,151645,4294967295]")
  }
}
