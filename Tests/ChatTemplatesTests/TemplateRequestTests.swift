import Bytes
import ChatTemplates
import OrderedJSON
import Testing

@Suite struct TemplateRequestTests {
  private func request(_ json: String) throws -> TemplateRequest {
    try TemplateRequest(json: try JSONParser.parse(Array(json.utf8)))
  }

  @Test func readsABodyOfTheOpenAIInterface() throws {
    let request = try request(
      """
      {"model": "m", "messages": [{"role": "user"}], "tools": [{"a": 1}], "documents": null,
       "add_generation_prompt": true, "chat_template_kwargs": {"x": 1}, "temperature": 0.5}
      """)
    #expect(request.messages.count == 1)
    #expect(request.tools != nil)
    #expect(request.documents == nil)
    #expect(request.addGenerationPrompt)
    #expect(request.continuedMember == nil)
    #expect(request.keywordArguments.map(\.key) == ["x"])
  }

  @Test func messagesAloneAreARequest() throws {
    let request = try request(#"[{"role": "user"}, {"role": "assistant"}]"#)
    #expect(request.messages.count == 2)
    #expect(!request.addGenerationPrompt)
    #expect(request.tools == nil)
  }

  @Test(arguments: [("true", "content"), (#""thinking""#, "thinking"), ("false", nil)])
  func theContinuedMemberHasAName(json: String, member: String?) throws {
    let request = try request(#"{"messages": [], "continue_final_message": \#(json)}"#)
    #expect(request.continuedMember?.string == member)
  }

  @Test(arguments: [
    ("3", 0, "the request must be an array, not a number"),
    ("[3]", 1, "the request[0] must be an object, not a number"),
    (#"{"tools": []}"#, 0, "\"messages\" is missing"),
    (#"{"messages": {}}"#, 13, "\"messages\" must be an array, not an object"),
    (#"{"messages": ["x"]}"#, 14, "\"messages\"[0] must be an object, not a string"),
    (#"{"messages": [], "tools": [1]}"#, 27, "\"tools\"[0] must be an object, not a number"),
    (#"{"messages": [], "kwargs": []}"#, 27, "\"kwargs\" must be an object, not an array"),
    (
      #"{"messages": [], "kwargs": {"tools": 1}}"#, 28,
      "\"kwargs\": \"tools\" is no keyword argument, it has a place of its own"
    ),
    (
      #"{"messages": [], "add_generation_prompt": 1}"#, 42,
      "\"add_generation_prompt\" must be true or false, not a number"
    ),
  ])
  func saysWhatIsWrongAndWhere(json: String, offset: Int, message: String) {
    let error = #expect(throws: TemplateRequestError.self) { try request(json) }
    #expect(error?.offset == offset)
    #expect(error?.message == message)
  }
}
