import Bytes
import OrderedJSON
import TestSupport
import Testing

@Suite struct JSONParserTests {
  @Test(arguments: [
    #"{"b":1,"a":[true,false,null],"b":2}"#, #"[-0,0.10,1e5,1E+5,12345678901234567890123]"#,
    #""\"\\\b\f\n\r\t""#, "[]", "{}", #"{"":""}"#, "\"日本\"", "3",
  ])
  func keepsOrderRepeatedKeysAndSpelling(text: String) throws {
    let node = try JSONParser.parse(Array(text.utf8))
    #expect(String(decoding: JSONWriter.write(node.value), as: UTF8.self) == text)
  }

  @Test(arguments: [
    ("", 0, "end of the text"), ("{", 1, "expected a key"), ("[1,]", 3, "expected a value"),
    ("{\"a\" 1}", 5, "expected ':'"), ("[1 2]", 3, "expected ','"), ("01", 2, "malformed number"),
    ("1.", 2, "malformed number"), ("-", 1, "malformed number"), ("1e", 2, "malformed number"),
    ("\"a", 2, "end of the text in a string"), ("\"\n\"", 1, "control character"),
    ("\"\\x\"", 1, "unknown escape"), ("\"\\u12g4\"", 5, "four hexadecimal digits"),
    ("\"\\ud800\"", 1, "lone surrogate"), ("\"\\udc00x\"", 1, "lone surrogate"),
    ("tru", 0, "expected 'true'"), ("1 2", 2, "after the value"), ("{'a':1}", 1, "double quotes"),
    ("{\"a\":1,}", 7, "expected a key"), ("nul", 0, "expected 'null'"),
    ("[1]]", 3, "after the value"),
  ])
  func saysWhereTheTextStopsBeingJSON(text: String, offset: Int, message: String) throws {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(text.utf8)) }
    #expect(error?.offset == offset)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test func refusesBytesThatAreNotUTF8() {
    let error = #expect(throws: JSONSyntaxError.self) {
      try JSONParser.parse([0x22, 0x61, 0xFF, 0x22])
    }
    #expect(error?.offset == 2)
  }

  @Test func resolvesEscapes() throws {
    let node = try JSONParser.parse(Array(#""\ud83d\ude00\u00e9\/""#.utf8))
    guard case .string(let text) = node.value else { return #expect(Bool(false)) }
    #expect(text == ByteString("😀é/"))
  }

  @Test func findsTheEndOfAStringWhereverItStands() throws {
    for length in 0..<40 {
      for (escape, meaning) in [
        ("", ""), (#"\""#, "\""), (#"\\"#, "\\"), ("!", "!"), ("\u{7F}", "\u{7F}"), ("é", "é"),
      ] {
        let plain = String(repeating: "x", count: length)
        let text = "[\"\(plain)\(escape)\",\"\(escape)\(plain)\"]"
        let node = try JSONParser.parse(Array(text.utf8))
        guard case .array(let elements) = node.value, elements.count == 2,
          case .string(let first) = elements[0].value, case .string(let second) = elements[1].value
        else { return #expect(Bool(false), "\(text)") }
        #expect(first.string == plain + meaning)
        #expect(second.string == meaning + plain)
      }
      let broken = Array("\"".utf8) + [UInt8](repeating: 0x78, count: length) + [0x1F, 0x22]
      let error = #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(broken) }
      #expect(error?.offset == length + 1)
    }
  }

  @Test func refusesNestingThatIsTooDeep() {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      let text =
        String(repeating: open, count: 10_000) + "1" + String(repeating: close, count: 10_000)
      let error = #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(text.utf8)) }
      #expect(error?.message.contains("512") == true)
    }
  }

  @Test func knowsWhereEachValueStands() throws {
    let node = try JSONParser.parse(Array("\u{FEFF}{ \"a\": [1,\n  \"é\", {\"b\":null}] }".utf8))
    #expect(node.offset == 3)
    guard case .array(let elements)? = node["a"]?.value else { return #expect(Bool(false)) }
    #expect(elements.map(\.offset) == [11, 16, 22])
    #expect(elements[2]["b"]?.offset == 27)
  }

  @Test func neverTrapsOnDamagedText() {
    var generator = SeededGenerator(seed: 2)
    let seed = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",{"b":null,"c":[true,false]}],"é":"日"}"#.utf8)
    for _ in 0..<20_000 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        default: bytes.insert(seed.randomElement(using: &generator) ?? 0, at: index)
        }
      }
      guard let node = try? JSONParser.parse(bytes) else { continue }
      let written = JSONWriter.write(node.value, style: .indented)
      let again = try? JSONParser.parse(written)
      #expect(again.map { JSONWriter.write($0.value) } == JSONWriter.write(node.value))
    }
  }
}
