import Bytes
import TestSupport
import Testing

/// `cpc template` as users run it.
@Suite struct TemplateCommandTests {
  private static let chat = #"[{"role":"user","content":"Hi"}]"#

  @Test func rendersMessagesWithTheTemplateOfAModel() throws {
    let result = try Command.cpc("template", "render", "-", "--model", "qwen3", input: Self.chat)
    #expect(result.status == 0)
    #expect(result.output == "<|im_start|>user\nHi<|im_end|>\n")
    let prompt = try Command.cpc(
      "template", "render", "-", "--model", "qwen3", "--add-generation-prompt",
      "--chat-template-kwargs", #"{"enable_thinking": false}"#, input: Self.chat)
    #expect(
      prompt.output
        == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n")
  }

  @Test func rendersAFileWithATemplateOfTheUsers() throws {
    try Command.withTemporaryFolder { folder in
      let template =
        "{{ messages[0].content }} {{ strftime_now('%d.%m.%Y %H') }} {{ x }}{{ eos_token }}"
      try Files.writeAtomically(Array(template.utf8), to: folder + "/t.jinja")
      let body = #"{"messages":\#(Self.chat),"chat_template_kwargs":{"x":"old"}}"#
      try Files.writeAtomically(Array(body.utf8), to: folder + "/request.json")
      let arguments = [
        "template", "render", folder + "/request.json", "--chat-template", folder + "/t.jinja",
        "--now", "2025-03-05T07:08:09",
      ]
      #expect(try Command.run(arguments).output == "Hi 05.03.2025 07 old")
      let more = ["--chat-template-kwargs", #"{"x":"new"}"#, "--model", "qwen3"]
      #expect(try Command.run(arguments + more).output == "Hi 05.03.2025 07 new<|im_end|>")
    }
  }

  @Test func flagsStandBeforeTheRequest() throws {
    let body = #"{"messages":\#(Self.chat),"add_generation_prompt":true}"#
    let render = ["template", "render", "-", "--model", "qwen3"]
    let without = try Command.run(render + ["--no-add-generation-prompt"], input: body)
    #expect(without.output == "<|im_start|>user\nHi<|im_end|>\n")
    let continued = try Command.run(render + ["--continue-final-message"], input: Self.chat)
    #expect(continued.output == "<|im_start|>user\nHi")
    let both = try Command.run(render + ["--continue-final-message"], input: body)
    #expect(both.status == 2)
    #expect(both.errors.hasPrefix("qwen3.jinja:1:1: error: a prompt that continues"))
  }

  @Test(arguments: [
    (["-"], "[", "<stdin>:1:2: error: unexpected end"),
    (["-"], #"{"messages": 3}"#, "<stdin>:1:14: error: \"messages\" must be an array"),
    (["-"], "[]", "qwen3.jinja:1:1: error: the conversation has no messages"),
    (["missing.json"], "", "missing.json: error: cannot open"),
    (["-", "--chat-template", "missing.jinja"], chat, "missing.jinja: error: cannot open"),
    (
      ["-", "--chat-template-kwargs", "{"], chat,
      "Error: --chat-template-kwargs: not JSON at byte 1"
    ),
    (
      ["-", "--chat-template-kwargs", "[]"], chat, "Error: --chat-template-kwargs must be an object"
    ),
    (["-", "--now", "yesterday"], chat, "Error: The value 'yesterday' is invalid"),
  ])
  func saysWhatIsWrong(arguments: [String], input: String, message: String) throws {
    let result = try Command.run(
      ["template", "render", "--model", "qwen3"] + arguments, input: input)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
  }

  @Test func conformancePrintsFailuresAndTheirNumber() throws {
    try Command.withTemporaryFolder { folder in
      try Files.makeFolder(folder + "/templates")
      let files = [
        "manifest.json": #"[{"id":"t","file":"t.jinja","special_tokens":{}}]"#,
        "cases.json": #"[{"id":"c","request":{"messages":\#(Self.chat)}}]"#,
        "templates/t.jinja": "{{ messages[0].content }}",
        "expected.jsonl": #"{"template":"t","case":"c","ok":true,"text":"Ho"}"#,
        "catalogue.jsonl":
          #"{"model":"qwen3","case":"c","ok":true,"text":"<|im_start|>user\nHi<|im_end|>\n"}"#,
      ]
      for (name, text) in files {
        try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(name)")
      }
      let result = try Command.cpc("template", "conformance", folder)
      #expect(result.status == 1)
      #expect(
        result.output == "t c: byte 1: expected \"Ho\", got \"Hi\"\n1 passed, 1 failed\n")
      #expect(result.errors.hasSuffix("micro.json: there is no such file: skipped\n"))
      let one = try Command.cpc("template", "conformance", folder, "--only", "qwen3")
      #expect(one.status == 0)
      #expect(one.output == "1 passed, 0 failed\n")
      #expect(try Command.cpc("template", "conformance", folder, "--only", "x").status == 2)
    }
  }

  @Test func conformanceNamesTheFileThatIsMissing() throws {
    let result = try Command.cpc("template", "conformance", "docs")
    #expect(result.status == 2)
    #expect(result.errors == "docs/expected.jsonl: error: there is no such file\n")
  }
}
