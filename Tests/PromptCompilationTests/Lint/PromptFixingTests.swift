import Bytes
import OrderedJSON
import PromptCompilation
import Testing

@Suite struct PromptFixingTests {
  private static let linters = LinterCache()

  private static func fixed(_ json: String, models: [String]) throws -> FixedSpec {
    let compilers = models.compactMap { linters.compiler($0) }
    try #require(compilers.count == models.count)
    let spec = try Spec(jsonBytes: Array(json.utf8), name: "a.json")
    return try PromptLinter(compilers: compilers).fixed(spec)
  }

  private static let unordered = #"""
    { "cpc" : 1,	"system": "A\u006eswer.",
      "tools": [ {"function": {"name": "c", "description": "x\n]"} }  ,

        {"function": { "description":"y" , "name":"a", "strict": true } },
      {"function": {"name": "b"}} ], "query":"Q" }

    """#

  private static let ordered = #"""
    { "cpc" : 1,	"system": "A\u006eswer.",
      "tools": [ {"function": { "name":"a" , "description":"y", "strict": true } }  ,

        {"function": {"name": "b"}},
      {"function": {"name": "c", "description": "x\n]"} } ], "query":"Q" }

    """#

  @Test("tools and keys are put in order, and no other byte changes")
  func order() throws {
    let result = try Self.fixed(Self.unordered, models: ["qwen3"])
    #expect(String(decoding: result.bytes, as: UTF8.self) == Self.ordered)
    #expect(result.fixed.map(\.rule) == [.keyOrder, .toolOrder])
    #expect(result.left.isEmpty)
  }

  @Test(
    "the system text is mended at its edges alone",
    arguments: [
      (#"" \t\n Be \"kind\". \u000a \n""#, #""Be \"kind\".""#, "qwen3.5"),
      (#""Be kind""#, #""Be kind\n""#, "mistral-nemo"),
      (#""Be kind. \t ""#, #""Be kind.\n""#, "mistral-nemo"),
      (
        #"[{"type": "text", "text": "Be kind.\n"}]"#, #"[{"type": "text", "text": "Be kind."}]"#,
        "qwen3.5"
      ),
    ])
  func edges(text: String, mended: String, model: String) throws {
    let json = "{\"cpc\":1 , \"query\":\"Q\",\"system\": \(text) }"
    let result = try Self.fixed(json, models: [model])
    let expected = "{\"cpc\":1 , \"query\":\"Q\",\"system\": \(mended) }"
    #expect(String(decoding: result.bytes, as: UTF8.self) == expected)
    #expect(result.left.isEmpty)
  }

  @Test("fixing twice gives what fixing once does", arguments: [unordered, ordered])
  func idempotent(json: String) throws {
    let once = try Self.fixed(json, models: ["qwen3", "mistral-nemo"])
    let twice = try Self.fixed(
      String(decoding: once.bytes, as: UTF8.self), models: ["qwen3", "mistral-nemo"])
    #expect(twice.bytes == once.bytes)
    #expect(twice.fixed.isEmpty)
  }

  @Test("what one model's template trims and another's does not is no fault")
  func models() throws {
    let json = "{\"cpc\":1, \"query\":\"Q\", \"system\": \"Be kind.\\n\"}"
    let result = try Self.fixed(json, models: ["qwen3.5", "qwen3"])
    #expect(String(decoding: result.bytes, as: UTF8.self) == json)
    #expect(result.left.isEmpty)
    let unstable = json.replacing(".\\n", with: "")
    let mended = try Self.fixed(unstable, models: ["qwen3.5", "mistral-nemo"])
    #expect(
      String(decoding: mended.bytes, as: UTF8.self) == json.replacing(".\\n", with: "\\n"))
    #expect(mended.left.isEmpty)
  }

  @Test("keys are put in the order of the tool that is first behind the sorting")
  func keysOfSorted() throws {
    let json =
      #"{"cpc":1,"query":"Q","tools":[{"name":"c","x":1},{"y":1,"name":"b","z":1},{"z":1, "name":"a","y":2}]}"#
    let result = try Self.fixed(json, models: [])
    #expect(
      String(decoding: result.bytes, as: UTF8.self)
        == #"{"cpc":1,"query":"Q","tools":[{"z":1, "name":"a","y":2},{"z":1,"name":"b","y":1},{"name":"c","x":1}]}"#
    )
    #expect(result.left.isEmpty)
  }

  @Test("what code changed in a spec that was read is looked at, and not mended in the source")
  func changedSpec() throws {
    let json = "{\"cpc\": 1, \"blocks\": [{\"text\": \"a\"}], \"query\": \"Q\"}"
    var spec = try Spec(jsonBytes: Array(json.utf8), name: "a.json")
    spec.blocks.append(Block(text: "b", title: "Today is Monday", pin: .first))
    spec.conversation = [Message(role: "user", text: "x"), Message(role: "assistant", text: "y")]
    spec.tools = try JSONParser.parse(Array(#"[{"name": "b"}, {"name": "a"}]"#.utf8))
    spec.system = Content(text: "Be kind.\n")
    let compilers = [Self.linters.compiler("qwen3.5")].compactMap { $0 }
    let linter = try PromptLinter(compilers: compilers)
    #expect(Set(try linter.findings(in: spec).map(\.rule)) == [.date, .toolOrder, .trimmedSpace])
    let result = try linter.fixed(spec)
    #expect(result.left.isEmpty)
    #expect(String(decoding: result.bytes, as: UTF8.self) == json)
  }

  @Test("what is for people to decide is left, and a suppressed rule is not mended")
  func left() throws {
    let json =
      "{\"cpc\": 1, \"system\": \"Today is Monday.\", \"tools\": [{\"name\": \"b\"}, {\"name\": \"a\"}], "
      + "\"policy\": {\"lint\": [{\"rule\": \"CPC009\", \"reason\": \"a test\"}]}, \"query\": \"Q\"}"
    let result = try Self.fixed(json, models: [])
    #expect(String(decoding: result.bytes, as: UTF8.self) == json)
    #expect(result.left.map(\.rule) == [.date])
  }
}
