import Bytes
import OrderedJSON
import SpecYAML
import Testing

@Suite struct YAMLParserTests {
  @Test(arguments: [
    ("a: 1", #"{"a":1}"#), ("a: '1'", #"{"a":"1"}"#), ("a: yes", #"{"a":"yes"}"#),
    ("a: [true, False, ~, null, '']", #"{"a":[true,false,null,null,""]}"#), ("a:", #"{"a":null}"#),
    (
      "[+1, 007, .5, 1., -0, 1e3, 0x1F, 0o17, 1_000, 12:30, 2026-11-24]",
      #"[1,7,0.5,1.0,-0,1e3,31,15,"1_000","12:30","2026-11-24"]"#
    ),
    ("a: |\n  x\n  y\nb: >-\n  x\n  y", #"{"a":"x\ny\n","b":"x y"}"#),
    ("a: &x [1]\nb: *x", #"{"a":[1],"b":[1]}"#), ("\"é\": \"\\u00e9\\n\"", #"{"é":"é\n"}"#),
    ("", "null"),
    ("b: 1\na: 2", #"{"b":1,"a":2}"#), ("-1.50", "-1.50"), (".inf", #"".inf""#), (".", #"".""#),
    ("+", #""+""#),
    ("a: !!str 1", #"{"a":"1"}"#),
  ])
  func readsAsJSON(yaml: String, json: String) throws {
    let node = try YAMLParser.parse(Array(yaml.utf8))
    #expect(String(decoding: JSONWriter.write(node.value), as: UTF8.self) == json)
  }

  @Test func knowsWhereEachValueStands() throws {
    let node = try YAMLParser.parse(Array("é: 1\nb:\n  - x\n  - é: y\n".utf8))
    #expect(node["é"]?.offset == 4)
    guard case .object(let members) = node.value, case .array(let elements)? = node["b"]?.value
    else {
      return #expect(Bool(false))
    }
    #expect(members.map(\.keyOffset) == [0, 6])
    #expect(elements.map(\.offset) == [13, 19])
  }

  @Test(arguments: [
    ("a: [1", 2, 1), ("a: 1\na: 2", 1, 1), ("a: *x", 1, 4), ("a: 1\n---\nb: 2", 2, 1),
    ("? [a]\n: 1", 1, 3),
    ("\t- a", 1, 1), ("a: !mine 1", 1, 4),
  ])
  func saysWhereTheFaultIs(yaml: String, line: Int, column: Int) {
    let error = #expect(throws: YAMLSyntaxError.self) { try YAMLParser.parse(Array(yaml.utf8)) }
    #expect(error?.line == line, "\(error?.description ?? "")")
    #expect(error?.column == column, "\(error?.description ?? "")")
  }

  @Test func refusesBytesThatAreNotUTF8() {
    #expect(throws: YAMLSyntaxError.self) { try YAMLParser.parse([0x61, 0x3A, 0x20, 0xFF]) }
  }

  @Test func refusesNestingThatIsTooDeep() {
    for text in [
      String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
      String(repeating: "[", count: 600) + String(repeating: "]", count: 600),
      String(repeating: "- ", count: 10_000) + "x",
    ] {
      #expect(throws: YAMLSyntaxError.self) { try YAMLParser.parse(Array(text.utf8)) }
    }
  }

  /// Yams hashes keys as it composes; an alias tree as a key would keep it busy for hours.
  @Test(arguments: ["? *a8 : 1", "*a8 : 1", "{*a8 : 1}"])
  func refusesAliasesAsKeys(key: String) {
    var text = "a0: &a0 [x, x]\n"
    for level in 1..<9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let error = #expect(throws: YAMLSyntaxError.self) {
      try YAMLParser.parse(Array((text + key).utf8))
    }
    #expect(error?.message == "an alias as a key is not supported")
    #expect((try? YAMLParser.parse(Array("a: |\n  *note*: x & y\n  *b : 1".utf8))) != nil)
  }

  @Test func countsLinesAsLibyamlDoes() throws {
    let node = try YAMLParser.parse(Array("a: 1\r\nb: 2\rc: 3\u{85}d: é\n".utf8))
    guard case .object(let members) = node.value else { return #expect(Bool(false)) }
    #expect(members.map(\.keyOffset) == [0, 6, 11, 17])
  }

  @Test func refusesAliasesThatMultiply() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<10 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let error = #expect(throws: YAMLSyntaxError.self) { try YAMLParser.parse(Array(text.utf8)) }
    #expect(error?.message.contains("aliases") == true)
  }
}
