import Bytes
import OrderedJSON
import PromptCompilation
import Testing

@Suite struct EmitterTests {
  private func emit(_ json: String, _ format: OutputFormat) throws -> String {
    String(decoding: try Qwen3.compile(try Spec.parse(json)).emit(format), as: UTF8.self)
  }

  @Test func openAIBodiesCarryWhatTheEngineNeeds() throws {
    let body = try emit(
      """
      {"cpc":1,"system":"s","tools":[{"type":"function","function":{"name":"f"}}],
       "conversation":[{"role":"user","content":"u","name":"n"},
         {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}],"x":1.50},
         {"role":"tool","tool_call_id":"1","content":"r"}],
       "query":"q","parameters":{"temperature":0.20,"model":"served"},"template_kwargs":{"enable_thinking":false}}
      """, .openai)
    #expect(
      body.hasPrefix(
        #"{"model":"served","messages":[{"role":"system","content":"s"},{"role":"user","content":"u","name":"n"},"#
      ))
    #expect(
      body.contains(
        #"{"role":"user","content":"q"}],"tools":[{"type":"function","function":{"name":"f"}}],"#))
    #expect(
      body.hasSuffix(#""chat_template_kwargs":{"enable_thinking":false},"temperature":0.20}"#))
  }

  @Test func anthropicBodiesHaveTheSystemApartAndContentInBlocks() throws {
    let body = try emit(
      """
      {"cpc":1,"system":"s","tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}],
       "blocks":[{"id":"a","text":"A"},{"id":"b","text":"B"}],
       "conversation":[{"role":"user","content":"u"},
         {"role":"assistant","content":"","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\\"x\\":1}"}}]},
         {"role":"tool","tool_call_id":"1","content":"r"}],
       "query":"q"}
      """, .anthropic)
    #expect(
      body == #"{"model":"qwen3","max_tokens":1024,"system":"s","messages":["#
        + #"{"role":"user","content":[{"type":"text","text":"u"}]},"#
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"x":1}}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"r"}]},"#
        + #"{"type":"text","text":"<doc id=\"a\">\nA\n</doc>\n"},{"type":"text","text":"<doc id=\"b\">\nB\n</doc>\n"},"#
        + #"{"type":"text","text":"q"}]}],"#
        + #""tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}]}"#)
  }

  /// A request carries the arguments of tool calls as a string, the template gets the object.
  @Test func argumentsOfToolCallsHaveTheFormThatEachSideTakes() throws {
    for arguments in [#"{"b":1,"a":[1.50]}"#, #""{\"b\":1,\"a\":[1.50]}""#] {
      let spec = try Spec.parse(
        """
        {"cpc":1,"conversation":[{"role":"user","content":"u"},
          {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":\(arguments)}}]},
          {"role":"tool","tool_call_id":"1","content":"r"}]}
        """)
      let prompt = try Qwen3.compile(spec)
      #expect(prompt.string.contains(#"{"name": "f", "arguments": {"b": 1, "a": [1.5]}}"#))
      let body = String(decoding: try prompt.emit(.openai), as: UTF8.self)
      #expect(body.contains(#""arguments":"{\"b\":1,\"a\":[1.50]}""#))
    }
  }

  @Test func toolsMakeAPromptInexactAndNoToolsAreLeftOut() throws {
    let with = try Qwen3.compile(
      try Spec.parse(
        #"{"cpc":1,"query":"q","tools":[{"type":"function","function":{"name":"f"}}]}"#))
    #expect(!with.seal.isExact)
    let without = try Qwen3.compile(try Spec.parse(#"{"cpc":1,"query":"q","tools":[]}"#))
    #expect(without.seal.isExact)
    #expect(!String(decoding: try without.emit(.openai), as: UTF8.self).contains("tools"))
  }

  @Test func anthropicBodiesCarryImagesAndLeaveOutEmptyTexts() throws {
    let body = try emit(
      """
      {"cpc":1,"conversation":[{"role":"user","content":"u"},{"role":"assistant","content":" \\n"},
         {"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}}]}],
       "query":[{"type":"image_url","image_url":{"url":"https://example.org/a.png"}},{"type":"text","text":"What?"}]}
      """, .anthropic)
    #expect(
      body.contains(
        #""messages":[{"role":"user","content":[{"type":"text","text":"u"},"#
          + #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},"#
          + #"{"type":"image","source":{"type":"url","url":"https://example.org/a.png"}},{"type":"text","text":"What?"}]}]"#
      ))
  }

  @Test(arguments: [
    (#""system":"s""#, "needs a message"),
    (
      #""conversation":[{"role":"user","content":"u"},{"role":"tool","content":"r"}]"#,
      "needs the \"tool_call_id\""
    ),
    (
      #""conversation":[{"role":"user","content":"u"},{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}],"query":"q""#,
      "needs the id and the name"
    ),
    (
      #""conversation":[{"role":"user","content":"u"},{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"[1]"}}]}],"query":"q""#,
      "takes a JSON object"
    ),
  ])
  func whatTheAnthropicInterfaceHasNoFormForIsRefused(members: String, message: String) throws {
    let error = #expect(throws: CompilationError.self) {
      try emit("{\"cpc\":1,\(members)}", .anthropic)
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func tokensAreOneObjectALine() throws {
    #expect(
      try emit(#"{"cpc":1,"query":"Hi, who are you?"}"#, .tokens)
        == #"{"index":0,"tokens":[151644,872,198,13048,11,879,525,498,30,151645,198,151644,77091,198]}"#
    )
  }

  @Test func partsThatAreNoTextPassThroughAndMakeThePromptInexact() throws {
    let spec = try Spec.parse(
      """
      {"cpc":1,"blocks":[{"id":"a","text":"A"}],
       "query":[{"type":"image_url","image_url":{"url":"data:x"}},{"type":"text","text":"What is it?"}]}
      """)
    let prompt = try Qwen3.compile(spec)
    #expect(!prompt.seal.isExact)
    #expect(prompt.seal.reasons.count == 1)
    let body = String(decoding: try prompt.emit(.openai), as: UTF8.self)
    #expect(
      body.contains(
        #""content":[{"type":"text","text":"<doc id=\"a\">\nA\n</doc>"},{"type":"image_url","image_url":{"url":"data:x"}},{"type":"text","text":"What is it?"}]"#
      ))
  }

  @Test func everythingHasASchemaVersionAndFixedKeys() throws {
    let node = try JSONParser.parse(
      Array(try emit(#"{"cpc":1,"blocks":[{"id":"a","text":"A"}],"query":"q"}"#, .json).utf8))
    guard case .object(let members) = node.value else { return #expect(Bool(false)) }
    #expect(
      members.map(\.key.string) == [
        "schema_version", "cpc", "spec", "model", "seal", "fold", "next_turn", "blocks",
        "displacement", "passes", "warnings", "request", "text", "tokens",
      ])
  }

  @Test func promptsThatAreLongerThanTheContextAreRefused() throws {
    let text = ByteString(String(repeating: "word ", count: 140_000))
    let error = #expect(throws: CompilationError.self) {
      try Qwen3.compile(Spec(blocks: [Block(id: "a", text: text)], query: "q"))
    }
    #expect(error?.description.contains("more than the context of qwen3 (131072)") == true)
  }
}
