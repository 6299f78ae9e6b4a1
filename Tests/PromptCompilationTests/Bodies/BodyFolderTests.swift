import Bytes
import Deduplication
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// Folding the repeats in request bodies.
@Suite struct BodyFolderTests {
  /// A text that is worth a reference.
  private static let text = (0..<60).map { "Line \($0) of a text that comes again." }
    .joined(separator: "\n")
  private static let quoted = "\"" + text.replacing("\n", with: "\\n") + "\""

  private func folder() throws -> BodyFolder {
    try BodyFolder(tokenizer: try Qwen3.model.get().tokenizer)
  }

  private func fold(_ body: String) throws -> String {
    var folder = try folder()
    let source = SourceText(name: "body.json", bytes: Array(body.utf8))
    let folded = try folder.fold(source)
    let shown = SourceText(name: "folded.json", bytes: folded.bytes)
    #expect(try BodyExpander().expand(shown) == source.bytes)
    return String(decoding: folded.bytes, as: UTF8.self)
  }

  /// Bodies with two places for a text, and how a reference to the first reads in the second.
  private static let twice: [(body: String, name: String)] = [
    (
      #"{"messages":[{"role":"tool","content":@},{"role":"tool","content":@}]}"#, "tool result 1"
    ),
    (
      #"{ "messages" : [{"content":[{"type":"text","text":"ls"},{"text":@,"type":"text"}],"role":"tool"},"#
        + #"{"role":"function","name":"f","content":@}], "n":1.0}"#, "tool result 1, part 2"
    ),
    (
      #"{"messages":[{"role":"user","content":"Hi"},{"role":"user","content":@},{"role":"tool","content":@}]}"#,
      "user message 2"
    ),
    (
      #"{"messages":[{"role":"system","content":@},{"role":"user","content":[{"type":"text","text":@}]}]}"#,
      "system message 1"
    ),
    (
      #"{"custom_id":"a","body":{"messages":[{"role":"tool","content":@},{"role":"tool","content":@}]}}"#,
      "tool result 1"
    ),
    (
      #"{"input":[{"type":"function_call_output","output":@},{"type":"function_call_output","output":[{"type":"input_text","text":@}]}]}"#,
      "tool result 1"
    ),
    (
      #"{"instructions":@,"input":[{"role":"user","content":[{"type":"input_text","text":@}]}]}"#,
      "system message 1"
    ),
    (
      #"{"input":[{"type":"message","role":"user","content":@},{"type":"custom_tool_call_output","output":@}]}"#,
      "user message 1"
    ),
    (
      #"{"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"},{"type":"tool_result","content":@}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","is_error":true,"content":[{"type":"text","text":@,"cache_control":{"type":"ephemeral"}}]}]}]}"#,
      "tool result 2"
    ),
    (
      #"{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":@}},"#
        + #"{"type":"document","source":{"type":"content","content":[{"type":"text","text":@}]}}]}]}"#,
      "user message 1"
    ),
    (
      #"{"messages":[{"role":"user","content":[{"type":"search_result","content":[{"type":"text","text":@}]}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","content":[{"type":"document","source":{"type":"text","data":@}}]}]}],"system":"s"}"#,
      "user message 1"
    ),
  ]

  @Test(arguments: twice.indices) func foldsTheSecondPlace(index: Int) throws {
    let (template, name) = Self.twice[index]
    let parts = template.split(separator: "@", omittingEmptySubsequences: false)
    try #require(parts.count == 3)
    let body = parts[0] + Self.quoted + parts[1] + Self.quoted + parts[2]
    let expected = parts[0] + Self.quoted + parts[1] + "\"[same as \(name)]\"" + parts[2]
    #expect(try fold(String(body)) == String(expected))
  }

  /// Bodies of which nothing may change.
  private static let unchanged = [
    #"{"messages":[{"role":"tool","content":@},{"role":"assistant","content":@}]}"#,
    #"{"messages":[{"role":"assistant","content":@},{"role":"tool","content":@}]}"#,
    #"{"messages":[{"role":"system","content":@},{"role":"system","content":@}]}"#,
    #"{"input":[{"role":"assistant","content":[{"type":"output_text","text":@}]},{"type":"mcp_call","output":@}]}"#,
    #"{"messages":[{"role":"user","content":[{"type":"document","citations":{"enabled":true},"source":{"type":"text","data":@}},"#
      + #"{"type":"document","citations":{"enabled":true},"source":{"type":"text","data":@}}]}]}"#,
    #"{"messages":[{"role":"tool","content":"Yes.","\u0061":1E5},{"role":"tool","content":"Yes."}]}"#,
    #"{"messages":[{"role":"user","content":"Is that so? Say it again."},{"role":"user","content":"Is that so? Say it again."}]}"#,
    #"{"messages":[{"role":"tool","content":null},{"role":"tool","content":7.50},{"role":"tool"},"#
      + #"{"role":"tool","content":[{"type":"image_url","image_url":{"url":"data:"}}, 7, null, "x", {"type":"text","text":3}]}]}"#,
    #"{"input":"Hello","instructions":null}"#,
    #"{"messages":[]}"#,
  ]

  @Test(arguments: unchanged) func leavesTheRest(template: String) throws {
    let body = "\n " + template.replacing("@", with: Self.quoted) + "\r\n"
    #expect(try fold(body) == body)
  }

  @Test func mayReferToTheAssistant() throws {
    var folder = try BodyFolder(
      showsAssistant: true, tokenizer: try Qwen3.model.get().tokenizer)
    let body =
      #"{"messages":[{"role":"assistant","content":@},{"role":"tool","content":@}]}"#
      .replacing("@", with: Self.quoted)
    let folded = try folder.fold(SourceText(name: "b", bytes: Array(body.utf8))).bytes
    #expect(String(decoding: folded, as: UTF8.self).contains("[same as assistant message 1]"))
    #expect(try BodyExpander().expand(SourceText(name: "f", bytes: folded)) == Array(body.utf8))
  }

  /// Half a character cannot be text: such a string stays as it is, and the others are folded.
  @Test func leavesStringsWithHalfACharacter() throws {
    let half = Self.quoted.dropLast() + #"\ud83d""#
    let body =
      #"{"messages":[{"role":"tool","content":\#(half)},{"role":"tool","content":\#(half)},"#
      + #"{"role":"tool","content":@},{"role":"tool","content":@},{"role":"tool","content":"\ude00\ud83d\ud83d\ude00"}]}"#
    let folded = try fold(body.replacing("@", with: Self.quoted))
    #expect(folded.contains(half + "},{\"role\":\"tool\",\"content\":" + half))
    #expect(folded.contains("[same as tool result 3]"))
  }

  @Test func foldsTheStringsOfJSON() throws {
    let inner = #"{"path": "a.txt", "stdout" : @, "code":0.0, "tail":"\u0041 done"}"#
    let result = inner.replacing("@", with: Self.quoted)
    var folder = try folder()
    let body = Array(
      (#"{"messages":[{"role":"tool","content":\#(Self.quoted)},{"role":"tool","content":"#
        + String(decoding: JSONWriter.write(.string(ByteString(result))), as: UTF8.self) + "}]}")
        .utf8)
    let folded = try folder.fold(SourceText(name: "b", bytes: body))
    let root = try JSONParser.parse(folded.bytes)
    #expect(
      root["messages"]?.elements?.last?["content"]?.string
        == ByteString(inner.replacing("@", with: "\"[same as tool result 1]\"")))
    #expect(folded.texts.last?.path == "/messages/1/content")
    #expect(folded.texts.last?.field == "/stdout")
    #expect(folded.texts.last?.name == "tool result 2")
    #expect(try BodyExpander().expand(SourceText(name: "f", bytes: folded.bytes)) == body)
  }

  /// A string whose spelling could not be given back stays.
  @Test func leavesJSONOfMixedSpelling() throws {
    let mixed = Self.quoted.dropLast() + #" a/b a\/b""#
    let inner = String(
      decoding: JSONWriter.write(.string(ByteString("{\"stdout\":\(mixed)}"))), as: UTF8.self)
    let body =
      #"{"messages":[{"role":"tool","content":\#(inner)},{"role":"tool","content":\#(inner)}]}"#
    #expect(try fold(body) == body)
  }

  @Test func foldsHugeLines() throws {
    let text = (0..<40_000).map { "word\($0)" }.joined(separator: " ")
    let body =
      #"{"messages":[{"role":"tool","content":"\#(text)"},{"role":"tool","content":"\#(text)"}]}"#
    #expect(try fold(body).count < text.count + 200)
  }

  @Test(arguments: RandomBody.Form.allCases) func isUndoneToTheByte(form: RandomBody.Form) throws {
    for seed in 0..<10 as Range<UInt64> {
      var random = RandomBody(form, seed: seed)
      for body in random.turns(5) {
        _ = try fold(String(decoding: body, as: UTF8.self))
      }
    }
  }

  /// The next turn's body begins with the same bytes, and what a folder met before changes nothing.
  @Test(arguments: RandomBody.Form.allCases) func appendsOnly(form: RandomBody.Form) throws {
    var kept = try folder()
    for seed in 100..<108 as Range<UInt64> {
      var random = RandomBody(form, seed: seed)
      var before: ArraySlice<UInt8> = []
      for body in random.turns(6) {
        let source = SourceText(name: "b", bytes: body)
        var fresh = try folder()
        let folded = try fresh.fold(source).bytes
        #expect(try kept.fold(source).bytes == folded)
        #expect(folded.starts(with: before))
        before = folded.dropLast(random.closing.utf8.count)
      }
    }
  }

  @Test(arguments: [
    ("{", "b.json:3:2: error: unexpected end"), ("7", "b.json:3:1: error: a request body must be"),
    (#"{"prompt":"x"}"#, "b.json:3:1: error: no \"messages\" and no \"input\""),
    (#"{"messages":{}}"#, "b.json:3:13: error: \"messages\" must be an array, not an object"),
    (#"{"messages":[{},7]}"#, "b.json:3:17: error: messages[1] must be an object, not a number"),
    (#"{"input":[null]}"#, "b.json:3:11: error: input[0] must be an object, not null"),
    (#"{"input":5}"#, "b.json:3:10: error: \"input\" must be a string or an array"),
  ]) func saysWhatIsWrong(body: String, message: String) throws {
    let source = SourceText(name: "b.json", bytes: Array(body.utf8), firstLine: 3)
    var folder = try folder()
    let error = #expect(throws: CompilationError.self) { try folder.fold(source) }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    #expect(throws: CompilationError.self) { try BodyExpander().expand(source) }
  }

  @Test func expandingSaysWhichReferenceIsWrong() throws {
    let body = #"{"messages":[{"role":"tool","content":"a\n[same as tool result 7]"}]}"#
    let source = SourceText(name: "b.json", bytes: Array(body.utf8))
    let error = #expect(throws: CompilationError.self) { try BodyExpander().expand(source) }
    #expect(error?.description.hasPrefix("b.json:1:39: error: /messages/0/content: ") == true)
  }

  @Test func foldsTheFixture() throws {
    let body = try Files.read(Shared.packageRoot + "/Fixtures/contracts/agent-body.json")
    var folder = try folder()
    let folded = try folder.fold(SourceText(name: "b", bytes: body))
    #expect(folded.texts.map(\.name).last == "tool result 4")
    #expect(folded.texts.last?.references.map(\.source) == ["tool result 2"])
    #expect(folded.bytes.count < body.count - 3000)
  }
}
