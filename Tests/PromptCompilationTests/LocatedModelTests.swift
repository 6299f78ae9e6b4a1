import Bytes
import ChatTemplates
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// Models that are folders and files of the user's.
@Suite struct LocatedModelTests {
  private static let data = DataFolder(path: Shared.packageRoot)

  /// A model folder with these files.
  private static func withModel(
    _ files: [String: String], _ body: (String) throws -> Void
  ) throws {
    try Command.withTemporaryFolder { folder in
      for (name, text) in files {
        try Files.makeFolder(Paths.folder(of: "\(folder)/\(name)"))
        try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(name)")
      }
      try body(folder)
    }
  }

  private static func located(
    _ name: String, template: ModelTemplate? = nil
  ) throws -> LocatedModel {
    try LocatedModel.named(ByteString(name), template: template, in: data)
  }

  private static func rendered(_ model: LocatedModel, hasTools: Bool = false) throws -> String {
    let message: JSONValue = .object(["role": .string("user"), "content": .string("Hi")])
    let request = TemplateRequest(
      messages: [JSONNode(message)], specialTokens: model.profile.specialTokens)
    let template = try model.templates().template(hasTools: hasTools)
    return String(decoding: try template.template.render(request).bytes, as: UTF8.self)
  }

  // MARK: What stands in front of a text

  private static func tokenizer(_ processor: String) -> [String: String] {
    ["tokenizer.json": "{\"post_processor\": \(processor)}", "tokenizer_config.json": "{}"]
  }

  private static func configuration(_ members: String) -> [String: String] {
    [
      "tokenizer_config.json": "{\"tokenizer_class\": \"LlamaTokenizerFast\", \(members)}",
      "tokenizer.json": "{\"post_processor\": {\"type\": \"ByteLevel\"}}",
    ]
  }

  private static let begin = #"{"SpecialToken": {"id": "<s>", "type_id": 0}}"#
  private static let sequence = #"{"Sequence": {"id": "A", "type_id": 0}}"#

  private static func template(_ single: String...) -> String {
    """
    {"type": "TemplateProcessing", "single": [\(single.joined(separator: ","))],
      "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
    """
  }

  @Test(
    arguments: [
      (tokenizer("null"), []), (tokenizer(#"{"type": "ByteLevel"}"#), []),
      (tokenizer(template(begin, sequence)), ["<s>"]), (tokenizer(template(sequence)), []),
      (tokenizer(template(begin, begin, sequence)), ["<s>", "<s>"]),
      (
        tokenizer(
          #"{"type": "Sequence", "processors": [{"type": "ByteLevel"}, \#(template(begin, sequence))]}"#
        ),
        ["<s>"]
      ),
      // Something behind the text, and what is not known.
      (tokenizer(template(begin, sequence, begin)), nil),
      (tokenizer(#"{"type": "BertProcessing"}"#), nil),
      (["tokenizer_config.json": "{}"], nil),
      (configuration(#""bos_token": "<b>""#), ["<b>"]),
      (configuration(#""bos_token": "<b>", "add_bos_token": true"#), ["<b>"]),
      (configuration(#""bos_token": "<b>", "add_bos_token": false"#), []),
      (configuration(#""bos_token": "<b>", "add_eos_token": true"#), nil),
    ] as [([String: String], [String]?)])
  func aFolderTellsWhatStandsInFrontOfATextThatIsNoConversation(
    files: [String: String], prefix: [String]?
  ) throws {
    try Self.withModel(files) { folder in
      let found = try Self.located(folder).textPrefix()
      #expect(found?.map(\.string) == prefix)
    }
  }

  @Test(
    arguments: [
      ("gpt2", nil, nil, nil), ("gpt2", true, nil, ["ab"]), ("gpt2", false, nil, []),
      ("gpt2", true, true, nil), ("llama", nil, nil, ["ab"]), ("llama", false, false, []),
    ] as [(String, Bool?, Bool?, [String]?)])
  func aFileTellsIt(model: String, begins: Bool?, ends: Bool?, prefix: [String]?) throws {
    try Command.withTemporaryFolder { folder in
      var builder = model == "gpt2" ? GGUFBuilder.toy() : GGUFBuilder.sentencePiece([("ab", 0)])
      let id: UInt32 = model == "gpt2" ? 256 : 258
      builder.add("tokenizer.ggml.bos_token_id", type: 4, GGUFBuilder.littleEndian(id))
      if let begins { builder.add("tokenizer.ggml.add_bos_token", type: 7, [begins ? 1 : 0]) }
      if let ends { builder.add("tokenizer.ggml.add_eos_token", type: 7, [ends ? 1 : 0]) }
      try Files.writeAtomically(builder.bytes, to: folder + "/m.gguf")
      let found = try Self.located(folder + "/m.gguf").textPrefix()
      #expect(found?.map(\.string) == prefix)
    }
  }

  @Test func aProfileTellsIt() throws {
    #expect(try Self.located("qwen3").textPrefix() == [])
    #expect(try Self.located("llama3.1").textPrefix() == ["<|begin_of_text|>"])
    #expect(try Self.located("gemma3").textPrefix() == nil)
  }

  // MARK: Folders

  private static let jinja = ["chat_template.jinja": "jinja"]
  private static let json = ["chat_template.json": #"{"chat_template": "json"}"#]
  private static let string = ["tokenizer_config.json": #"{"chat_template": "string"}"#]
  private static let list = [
    "tokenizer_config.json": #"""
    {"chat_template": [{"name": "tool_use", "template": "with tools"},
      {"name": "rag", "template": "x"}, {"name": "default", "template": "list"}]}
    """#
  ]

  @Test(arguments: [
    (jinja, "jinja", "jinja"), (json, "json", "json"), (string, "string", "string"),
    (list, "list", "with tools"),
    (jinja.merging(json) { $1 }.merging(string) { $1 }, "jinja", "jinja"),
    (json.merging(string) { $1 }, "json", "json"),
    (
      jinja.merging(["additional_chat_templates/tool_use.jinja": "more"]) { $1 }, "jinja", "more"
    ),
  ])
  func findsTheTemplateOfAFolder(files: [String: String], text: String, withTools: String) throws {
    try Self.withModel(files) { folder in
      let model = try Self.located(folder)
      #expect(try Self.rendered(model) == text)
      #expect(try Self.rendered(model, hasTools: true) == withTools)
    }
  }

  @Test func readsSpecialTokensAsStringsAndObjects() throws {
    let files = [
      "chat_template.jinja": "{{ bos_token }}{{ eos_token }}{{ pad_token }}{{ image_token }}",
      "tokenizer_config.json": #"""
      {"add_bos_token": true, "bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false},
       "pad_token": null, "extra_special_tokens": {"image_token": "<image>"}}
      """#,
      "special_tokens_map.json": #"{"bos_token": "<other>", "pad_token": {"content": "<pad>"}}"#,
      "config.json": #"{"max_position_embeddings": 4096}"#,
    ]
    try Self.withModel(files) { folder in
      let model = try Self.located(folder)
      #expect(try Self.rendered(model) == "<s></s><pad><image>")
      #expect(model.profile.contextLength == 4096)
      #expect(model.profile.name == ByteString(folder))
      #expect(model.profile.vocabulary == nil)
    }
  }

  @Test func aTemplateOfTheUsersStandsBeforeTheModelsOwn() throws {
    let own = try ModelTemplate(source: Array("mine{{ eos_token }}".utf8), name: "mine.jinja")
    let files = [
      "chat_template.jinja": "{% if %}", "tokenizer_config.json": #"{"eos_token": "</s>"}"#,
    ]
    try Self.withModel(files) { folder in
      let model = try Self.located(folder, template: own)
      #expect(try Self.rendered(model) == "mine</s>")
      #expect(throws: CompilationError.self) { try Self.located(folder) }
    }
    let known = try Self.located("qwen3", template: own)
    #expect(try Self.rendered(known) == "mine<|im_end|>")
  }

  @Test(arguments: [
    (["config.json": "{}"], "has no chat template: give --chat-template FILE"),
    (["chat_template.jinja": "{{"], "chat_template.jinja:1:3: error:"),
    (["tokenizer_config.json": "{,"], "/tokenizer_config.json:1:2: error:"),
    (["chat_template.json": #"{"chat_template": 1}"#], "must be a string or an array"),
    (
      ["tokenizer_config.json": #"{"chat_template": [{"name": "a", "template": "x"}]}"#],
      "has several chat templates (a) and none is called default"
    ),
  ])
  func saysWhatIsWrongWithAFolder(files: [String: String], message: String) throws {
    try Self.withModel(files) { folder in
      let error = #expect(throws: CompilationError.self) {
        try Self.located(folder).templates()
      }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  @Test func rendersWithoutAVocabularyAndSaysSoWhenTokensAreAskedFor() throws {
    try Self.withModel(Self.jinja) { folder in
      let model = try Self.located(folder)
      #expect(try Self.rendered(model) == "jinja")
      let error = #expect(throws: CompilationError.self) { try model.tokenizer() }
      #expect(error?.description.contains("holds no tokenizer.json") == true)
    }
  }

  // MARK: GGUF files

  @Test func readsTemplateAndSpecialTokensOfAGGUFFile() throws {
    var builder = GGUFBuilder.toy().replacing("tokenizer.chat_template") {
      $0.add("tokenizer.chat_template", string: "{{ messages[0].content }}{{ eos_token }}")
    }
    builder.add("tokenizer.chat_template.tool_use", string: "tools{{ bos_token }}")
    let end = GGUFBuilder.littleEndian(UInt32(GGUFBuilder.toyTokens.count + 253))
    builder.add("tokenizer.ggml.eos_token_id", type: 4, end)
    builder.add("tokenizer.ggml.bos_token_id", type: 4, GGUFBuilder.littleEndian(UInt32(9999)))
    builder.add("toy.context_length", type: 10, GGUFBuilder.littleEndian(UInt64(2048)))
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(builder.bytes, to: folder + "/m.gguf")
      let model = try Self.located(folder + "/m.gguf")
      #expect(try Self.rendered(model) == "Hi<|end|>")
      #expect(try Self.rendered(model, hasTools: true) == "tools")
      #expect(model.profile.contextLength == 2048)
      let ids = try model.tokenizer().encode(Array("ab<|end|>".utf8))
      #expect(ids == [256, 258])
    }
  }

  // MARK: Names

  @Test func modelsOfTheCatalogueWithoutAVocabularyRender() throws {
    try Command.withTemporaryFolder { folder in
      try Files.makeFolder(folder + "/templates")
      try Files.makeFolder(folder + "/tokenizers")
      let profile =
        #"{"name":"m","vocabulary":"none","template":"m.jinja","special_tokens":{},"#
        + #""context_length":9}"#
      for (name, text) in [
        "templates/m.json": profile, "templates/m.jinja": "m",
        "tokenizers/manifest.json": #"{"files":[],"vocabularies":[],"aliases":[]}"#,
      ] { try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(name)") }
      let model = try LocatedModel.named("m", in: DataFolder(path: folder))
      #expect(try Self.rendered(model) == "m")
      let error = #expect(throws: CompilationError.self) { try Model(model) }
      #expect(
        error?.description.hasPrefix("m: error: this vocabulary neither ships with cpc")
          == true)
    }
  }

  @Test(arguments: [
    ("qwen9", "no model is called \"qwen9\" (did you mean \"qwen3\"?); there are: "),
    ("", "no model is called \"\""), ("qwen3\u{0}", "no model is called"),
    ("../templates/qwen3", "../templates/qwen3: error: there is no such folder or file"),
    ("/dev/null", "/dev/null: error: not a folder and not a .gguf file"),
    ("missing.gguf", "missing.gguf: error: cannot open"),
  ])
  func saysWhyANameIsNoModel(name: String, message: String) {
    let error = #expect(throws: CompilationError.self) { try Self.located(name) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
