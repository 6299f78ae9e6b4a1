import Bytes
import ChatTemplates
import OrderedJSON
import Testing

/// `continue_final_message`, as transformers 5.23.0 has it.
@Suite struct ContinuedMessageTests {
  private static let template =
    "{% for m in messages %}<{{ m.role }}>{{ m.reasoning_content }}{{ m.content }}</{{ m.role }}>{% endfor %}"

  private func render(
    _ message: String, template: String = Self.template, member: ByteString = "content"
  ) throws -> RenderedPrompt {
    let json = try JSONParser.parse(
      Array("[{\"role\": \"user\", \"content\": \"Q\"}, \(message)]".utf8))
    let request = TemplateRequest(messages: json.elements ?? [], continuedMember: member)
    return try ChatTemplate(source: ByteString(template), name: "test").render(request)
  }

  @Test(arguments: [
    (#"{"role": "a", "content": "So"}"#, "content", "<user>Q</user><a>So"),
    (#"{"role": "a", "content": ""}"#, "content", "<user>Q</user><a>"),
    (#"{"role": "a", "content": "So \n"}"#, "content", "<user>Q</user><a>So \n"),
    (#"{"role": "a", "content": "A", "thinking": "T"}"#, "thinking", "<user>Q</user><a>T"),
    (
      #"{"role": "a", "content": "A", "reasoning": "T"}"#, "reasoning_content", "<user>Q</user><a>T"
    ),
  ])
  func thePromptEndsWhereTheTextEnds(message: String, member: String, expected: String) throws {
    let prompt = try render(message, member: ByteString(member))
    #expect(String(decoding: prompt.bytes, as: UTF8.self) == expected)
  }

  @Test func whiteSpaceThatIsTrimmedGoesWithTheMark() throws {
    let template = "{% for m in messages %}[{{ m.content | trim }}]{% endfor %}"
    let prompt = try render(#"{"content": "So \n"}"#, template: template)
    #expect(String(decoding: prompt.bytes, as: UTF8.self) == "[Q][So")
  }

  @Test func theLastPartWithATextIsContinued() throws {
    let template = "{{ messages[1].content[0].text }}{{ messages[1].content[1].text }}."
    let prompt = try render(
      #"{"content": [{"text": "a"}, {"text": "b "}, {"image": "c"}]}"#, template: template)
    #expect(String(decoding: prompt.bytes, as: UTF8.self) == "ab ")
  }

  @Test func spansEndWhereThePromptEnds() throws {
    let prompt = try render(#"{"role": "a", "content": "So"}"#)
    let last = try #require(prompt.spans.last)
    #expect(prompt.sources[last.source] == "messages[1].content")
    #expect(last.sourceRange == ByteRange(0, 2))
    #expect(last.outputRange == ByteRange(prompt.bytes.count - 2, prompt.bytes.count))
  }

  @Test(arguments: [
    (#"{"role": "a"}"#, "content", "it has no \"content\""),
    (#"{"role": "a", "content": null}"#, "content", "it has no \"content\""),
    (#"{"role": "a", "content": 3}"#, "content", "its \"content\" is a number"),
    (
      #"{"role": "a", "content": [{"image": "x"}]}"#, "content",
      "there is no text in its \"content\""
    ),
    (#"{"role": "a", "content": [{"text": 3}]}"#, "content", "there is no text in its \"content\""),
    (#"{"role": "a", "note": "x"}"#, "note", "the template does not print its \"note\""),
    (#""x""#, "content", "it has no \"content\""),
  ])
  func aMessageWithoutTextIsRefused(message: String, member: String, expected: String) {
    let error = #expect(throws: TemplateError.self) {
      try render(message, member: ByteString(member))
    }
    #expect(error?.message == "cannot continue the last message: " + expected)
  }

  @Test func aTemplateThatLeavesTextOutIsRefused() {
    for template in ["{{ messages[1].content[:2] }}", "{{ messages[1].content[4:] }}", "content"] {
      #expect(throws: TemplateError.self) {
        try render(#"{"content": "Hello"}"#, template: template)
      }
    }
  }

  @Test func aGenerationPromptIsRefused() throws {
    let messages = try JSONParser.parse(Array(#"[{"role": "user", "content": "Q"}]"#.utf8)).elements
    let request = TemplateRequest(
      messages: messages ?? [], addGenerationPrompt: true, continuedMember: "content")
    let template = try ChatTemplate(source: ByteString(Self.template), name: "test")
    #expect(throws: TemplateError.self) { try template.render(request) }
  }
}
