import Bytes
import OrderedJSON
import TestSupport
import Testing

/// How models are named, and `cpc models`, as users run it.
@Suite struct ModelsCommandTests {
  private static let chat = #"[{"role":"user","content":"ab"}]"#
  private static let template =
    "{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}"

  /// A folder with a model in the layout of Hugging Face, the same model in its cache, and a GGUF file.
  private static func withModels(_ body: (String) throws -> Void) throws {
    try Command.withTemporaryFolder { folder in
      let cached = folder + "/hub/models--org--toy"
      let tokenizer = try Files.read(
        Shared.packageRoot + "/Fixtures/characters/tokenizer.json")
      for model in [folder + "/model", cached + "/snapshots/r1"] {
        try Files.makeFolder(model)
        try Files.writeAtomically(tokenizer, to: model + "/tokenizer.json")
        try Files.writeAtomically(Array(template.utf8), to: model + "/chat_template.jinja")
        try Files.writeAtomically(
          Array(#"{"eos_token": {"content": "</s>"}}"#.utf8),
          to: model + "/tokenizer_config.json")
      }
      try Files.makeFolder(cached + "/refs")
      try Files.writeAtomically(Array("r1\n".utf8), to: cached + "/refs/main")
      var gguf = GGUFBuilder.toy().replacing("tokenizer.chat_template") {
        $0.add("tokenizer.chat_template", string: template)
      }
      gguf.add("tokenizer.ggml.eos_token_id", type: 4, GGUFBuilder.littleEndian(UInt32(258)))
      try Files.writeAtomically(gguf.bytes, to: folder + "/toy.gguf")
      try body(folder)
    }
  }

  @Test func foldersFilesAndTheCacheOfHuggingFaceAreModels() throws {
    try Self.withModels { folder in
      let environment = ["HF_HOME": folder, "XDG_CACHE_HOME": folder + "/cache"]
      for (model, end) in [
        (folder + "/model", "</s>"), ("org/toy", "</s>"), (folder + "/toy.gguf", "<|end|>"),
      ] {
        let rendered = try Command.run(
          ["template", "render", "-", "--model", model], input: Self.chat,
          environment: environment)
        #expect(rendered.output == "ab" + end, "\(rendered.errors)")
        let compile = ["compile", "-", "--model", model]
        let spec = #"{"cpc": 1, "query": "ab"}"#
        let text = try Command.run(
          compile + ["--format", "text"], input: spec, environment: environment)
        #expect(text.output == "ab" + end, "\(text.errors)")
        let body = try Command.run(compile, input: spec, environment: environment)
        #expect(body.output.hasPrefix(#"{"model":"\#(model)","messages":["#))
      }
    }
  }

  @Test func aTemplateOfTheUsersStandsBeforeThatOfTheModel() throws {
    try Self.withModels { folder in
      try Files.writeAtomically(Array("mine {{ messages[0].content }}".utf8), to: folder + "/t")
      let compile = try Command.run(
        [
          "compile", "-", "--model", folder + "/model", "--chat-template", folder + "/t",
          "--format", "text",
        ], input: #"{"cpc": 1, "query": "ab"}"#, environment: ["XDG_CACHE_HOME": folder])
      #expect(compile.output == "mine ab", "\(compile.errors)")
    }
  }

  @Test func listsModelsByName() throws {
    let result = try Command.cpc("models")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("MODEL"))
    let names = result.output.split(separator: "\n").dropFirst().map {
      ByteString($0.utf8.prefix { $0 != UInt8(ascii: " ") })
    }
    #expect(names == names.sorted())
    #expect(names.contains("qwen3"))
    let list = try Command.cpc("models", "--format", "json")
    let json = try JSONParser.parse(Array(list.output.utf8))
    let models = json["models"]?.elements ?? []
    #expect(models.map { $0["name"]?.string } == names)
    let qwen = models.first { $0["name"]?.string == "qwen3" }
    #expect(qwen?["vocabulary_state"]?.string == "there")
    #expect(qwen?["cache_model"]?.string == "paged:16")
  }

  @Test func listsTemplatesByName() throws {
    let result = try Command.cpc("template", "list")
    #expect(result.output.contains("\nqwen3.jinja"))
    let json = try JSONParser.parse(
      Array(try Command.cpc("template", "list", "--format", "json").output.utf8))
    let templates = json["templates"]?.elements ?? []
    let qwen = templates.first { $0["model"]?.string == "qwen3" }
    #expect(qwen?["template"]?.string == "qwen3.jinja")
    #expect(qwen?["sha256"]?.string?.count == 64)
  }

  @Test func saysWhichModelsThereAre() throws {
    let result = try Command.cpc("template", "render", "-", "--model", "qwen9", input: Self.chat)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("cpc: error: no model is called \"qwen9\" (did you mean"))
  }
}
