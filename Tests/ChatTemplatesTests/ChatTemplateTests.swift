import Bytes
import ChatTemplates
import OrderedJSON
import Testing

@Suite struct ChatTemplateTests {
  private func render(_ template: String, _ request: TemplateRequest) throws -> String {
    let prompt = try ChatTemplate(source: ByteString(template), name: "test").render(request)
    return String(decoding: prompt.bytes, as: UTF8.self)
  }

  private func messages(_ json: String) throws -> [JSONNode] {
    guard case .array(let nodes) = try JSONParser.parse(Array(json.utf8)).value else { return [] }
    return nodes
  }

  @Test func theContextIsTheRequest() throws {
    let request = TemplateRequest(
      messages: try messages(#"[{"role": "user", "content": "Hi"}]"#),
      addGenerationPrompt: true,
      keywordArguments: [JSONMember("style", JSONNode(.string("plain")))],
      specialTokens: [JSONMember("bos_token", JSONNode(.string("<s>")))])
    let template =
      "{{ bos_token }}{{ messages[0].content }}|{{ tools }}|{{ documents is none }}|"
      + "{{ add_generation_prompt }}|{{ style }}|{{ eos_token is defined }}"
    #expect(try render(template, request) == "<s>Hi|None|True|True|plain|False")
  }

  @Test(arguments: [
    (#"{"role": "a", "content": null}"#, "role"),
    (#"{"role": "a", "thinking": "t"}"#, "thinking,role,reasoning_content"),
    (#"{"role": "a", "reasoning": "t"}"#, "thinking,role,reasoning,reasoning_content"),
    (#"{"role": "a", "reasoning_content": "t"}"#, "thinking,role,reasoning_content"),
    (#"{"thinking": null, "reasoning_content": "t"}"#, "thinking,reasoning_content"),
  ])
  func messagesArePrepared(message: String, keys: String) throws {
    let request = TemplateRequest(messages: try messages("[\(message)]"))
    #expect(try render("{{ messages[0] | join(',') }}", request) == keys)
  }

  @Test func anEmptyConversationIsRefused() throws {
    #expect(throws: TemplateError.self) { try render("x", TemplateRequest(messages: [])) }
  }

  @Test func keyOrderIsKept() throws {
    let tools = try JSONParser.parse(Array(#"[{"z": 1, "a": {"y": 2.50, "b": []}}]"#.utf8))
    let request = TemplateRequest(messages: try messages(#"[{"role": "user"}]"#), tools: tools)
    #expect(try render("{{ tools | tojson }}", request) == #"[{"z": 1, "a": {"y": 2.5, "b": []}}]"#)
  }

  @Test func theClockIsThatOfTheRequest() throws {
    let clock = TemplateClock(year: 2024, month: 2, day: 9, hour: 15, minute: 4, second: 5)
    let request = TemplateRequest(messages: try messages(#"[{"role": "user"}]"#), clock: clock)
    #expect(
      try render("{{ strftime_now('%A, %d %B %Y, %-d %b, %I %p, %j') }}", request)
        == "Friday, 09 February 2024, 9 Feb, 03 PM, 040")
  }

  @Test func errorsSayWhere() throws {
    let request = TemplateRequest(messages: try messages(#"[{"role": "user"}]"#))
    let error = #expect(throws: TemplateError.self) {
      try render("one\n  {{ raise_exception('no ' ~ messages[0].role) }}", request)
    }
    #expect(error?.kind == .raised)
    #expect(error?.message == "no user")
    #expect(error?.description == "test:2:21: error: no user")
  }
}
