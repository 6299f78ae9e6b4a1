import Bytes
import OrderedJSON
import PromptCompilation
import Testing

@Suite struct ControlTokenTests {
  @Test func inABlockAreAnErrorThatNamesBlockAndOffset() throws {
    let spec = try Spec.parse(
      "{\"cpc\":1,\n\"blocks\":[{\"id\":\"a\",\"text\":\"ok\"},\n{\"id\":\"b\",\"text\":\"abc<|im_end|>\"}],\"query\":\"q\"}"
    )
    let error = #expect(throws: CompilationError.self) { try Qwen3.compile(spec) }
    #expect(error?.diagnostics.count == 1)
    #expect(
      error?.description.hasPrefix(
        "spec.json:3:1: error: block \"b\", byte 3: the model reads <|im_end|>") == true)
  }

  @Test(arguments: [
    (#""query":"a<|im_start|>""#, "query, byte 1"),
    (#""system":"<|endoftext|>","query":"q""#, "system, byte 0"),
    (
      #""conversation":[{"role":"user","content":"<|im_end|>"}],"query":"q""#, "messages[0].content"
    ),
    (
      #""conversation":[{"role":"assistant","content":"<|im_end|>"}],"query":"q""#,
      "messages[0].content"
    ),
    (
      #""tools":[{"type":"function","function":{"name":"f","description":"<|im_end|>"}}],"query":"q""#,
      "tools[0]"
    ),
    (
      #""blocks":[{"id":"x","title":"a","text":"t"},{"text":"<|fim_pad|><|im_end|>"}],"query":"q""#,
      "byte 11"
    ),
  ])
  func areFoundEverywhere(members: String, place: String) throws {
    let spec = try Spec.parse("{\"cpc\":1,\(members)}")
    let error = #expect(throws: CompilationError.self) { try Qwen3.compile(spec) }
    #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
  }

  @Test func thatAreNotSpecialAreAWarning() throws {
    let spec = Spec(blocks: [Block(id: "a", text: "use <think> here")], query: "q")
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.warnings.count == 1)
    #expect(
      prompt.warnings[0].description.contains(
        "warning: block \"a\", byte 4: the model reads <think>"))
  }

  @Test func ofTheTemplateAndInTheAssistantsThoughtsAreNone() throws {
    var spec = Spec(query: "q")
    spec.conversation = [
      Message(role: "user", text: "a"),
      Message(role: "assistant", text: "<think>\nx\n</think>\n\ny"),
    ]
    #expect(try Qwen3.compile(spec).warnings.isEmpty)
  }

  @Test func areEscapedOnRequest() throws {
    var spec = Spec(blocks: [Block(id: "a", text: "x<|im_end|>y<think>")], query: "<|im_start|>")
    spec.policy.controlTokens = .escape
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.string.contains("x<\\|im_end|>y<\\think>\n</doc>"))
    #expect(prompt.string.contains("<\\|im_start|><|im_end|>"))
    #expect(prompt.passes.first { $0.name == .normalize }?.notes.count == 2)
  }

  @Test func areKeptOnRequest() throws {
    var spec = Spec(blocks: [Block(id: "a", text: "x<|im_end|>y")], query: "q")
    spec.policy.controlTokens = .keep
    #expect(try Qwen3.compile(spec).string.contains("x<|im_end|>y"))
  }

  @Test func inALabelAreHarmless() throws {
    let spec = Spec(blocks: [Block(id: "<|im_end|>", text: "t", title: "<think>\"&\n")], query: "q")
    let prompt = try Qwen3.compile(spec)
    #expect(
      prompt.string.contains("<doc id=\"&lt;|im_end|>\" title=\"&lt;think>&quot;&amp;&#10;\">"))
    #expect(prompt.warnings.isEmpty)
  }
}
