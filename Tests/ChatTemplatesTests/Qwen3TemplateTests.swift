import Bytes
import ChatTemplates
import OrderedJSON
import Testing

/// What Qwen3's own template does, case by case.
@Suite struct Qwen3TemplateTests {
  private func render(
    _ messages: String, tools: String? = nil, generation: Bool = false, thinking: Bool? = nil
  ) throws -> String {
    let template = try ChatTemplate(
      source: try packageFile("templates/qwen3.jinja"), name: "qwen3.jinja")
    var request = TemplateRequest(messages: [], addGenerationPrompt: generation)
    let text = try JSONParser.parse(Array("[\(messages)]".utf8))
    if case .array(let nodes) = text.value { request.messages = nodes }
    request.tools = try tools.map { try JSONParser.parse(Array($0.utf8)) }
    if let thinking {
      request.keywordArguments = [JSONMember("enable_thinking", JSONNode(.bool(thinking)))]
    }
    return String(decoding: try template.render(request).bytes, as: UTF8.self)
  }

  private func user(_ content: String) -> String { turn("user", content) }

  private func turn(_ role: String, _ content: String) -> String {
    "<|im_start|>\(role)\n\(content)<|im_end|>\n"
  }

  private let hello = #"{"role": "user", "content": "Hello"}"#

  @Test func theGenerationPromptHasAnEmptyThoughtOnlyWhereThinkingIsOff() throws {
    let start = user("Hello") + "<|im_start|>assistant\n"
    #expect(try render(hello, generation: true) == start)
    #expect(try render(hello, generation: true, thinking: true) == start)
    #expect(
      try render(hello, generation: true, thinking: false) == start + "<think>\n\n</think>\n\n")
    #expect(try render(hello) == user("Hello"))
  }

  @Test(arguments: [
    (#"{"role": "assistant", "content": "A", "reasoning_content": "\nR\n"}"#, "R", "A"),
    (#"{"role": "assistant", "content": "<think>\nR\n</think>\n\nA"}"#, "R", "A"),
    (#"{"role": "assistant", "content": "R</think>A"}"#, "R", "A"),
    (#"{"role": "assistant", "content": "\nA"}"#, "", "A"),
  ])
  func thinkingIsKeptBehindTheLastQueryOnly(
    answer: String, thinking: String, content: String
  ) throws {
    #expect(
      try render("\(hello), \(answer)")
        == user("Hello")
        + turn("assistant", "<think>\n\(thinking)\n</think>\n\n\(content)"))
    let later = try render("\(hello), \(answer), \(hello)")
    #expect(!later.contains("think"))
    #expect(later.hasSuffix("A<|im_end|>\n" + user("Hello")))
  }

  @Test func resultsOfToolsAreNoQuery() throws {
    let disguised = #"{"role": "user", "content": "<tool_response>\n1\n</tool_response>"}"#
    let answer = #"{"role": "assistant", "content": "A", "reasoning_content": "R"}"#
    #expect(
      try render("\(hello), \(answer), \(disguised), \(answer)").contains(
        "R\n</think>\n\nA<|im_end|>\n<|im_start|>user"))
  }

  @Test func resultsInARowShareATurn() throws {
    let result = #"{"role": "tool", "content": "1"}"#
    let part = "\n<tool_response>\n1\n</tool_response>"
    #expect(
      try render("\(hello), \(result), \(result)")
        == user("Hello") + "<|im_start|>user\(part)\(part)<|im_end|>\n")
  }

  @Test(arguments: [
    #"{"function": {"name": "f", "arguments": {"a": 1}}}"#,
    #"{"name": "f", "arguments": {"a": 1}}"#,
    #"{"type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}}"#,
  ])
  func callsOfTools(call: String) throws {
    let text = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>"
    func answer(_ content: String) -> String {
      #"{"role": "assistant", "content": "\#(content)", "tool_calls": [\#(call), \#(call)]}"#
    }
    #expect(
      try render("\(answer("A")), \(hello)")
        == turn("assistant", "A\n\(text)\n\(text)") + user("Hello"))
    #expect(
      try render("\(answer("")), \(hello)")
        == turn("assistant", "\(text)\n\(text)") + user("Hello"))
  }

  @Test func toolsStandBehindTheSystemText() throws {
    let system = #"{"role": "system", "content": "S"}"#
    let tools = #"[{"name": "f", "z": 1, "a": "é"}]"#
    let text = try render("\(system), \(hello)", tools: tools)
    #expect(text.hasPrefix("<|im_start|>system\nS\n\n# Tools\n\nYou may call"))
    #expect(text.contains("<tools>\n{\"name\": \"f\", \"z\": 1, \"a\": \"é\"}\n</tools>"))
    #expect(try render(hello, tools: tools).hasPrefix("<|im_start|>system\n# Tools"))
    #expect(try render("\(system), \(hello)", tools: "[]") == turn("system", "S") + user("Hello"))
  }

  @Test(arguments: [
    #"{"role": "user"}"#, #"{"role": "user", "content": [{"type": "text", "text": "x"}]}"#,
    #"{"role": "assistant", "content": null}"#,
  ])
  func contentMustBeText(message: String) {
    #expect(throws: TemplateError.self) { try render(message) }
  }

  @Test func theRangesOfContentsAreKnown() throws {
    let template = try ChatTemplate(
      source: try packageFile("templates/qwen3.jinja"), name: "qwen3.jinja")
    let message = JSONNode(.object(["role": .string("user"), "content": .string("Hello")]))
    let prompt = try template.render(TemplateRequest(messages: [message]))
    #expect(prompt.sources == ["messages[0].role", "messages[0].content"])
    #expect(prompt.spans.map(\.source) == [0, 1])
    #expect(prompt.spans.last?.outputRange == ByteRange(17, 22))
  }
}
