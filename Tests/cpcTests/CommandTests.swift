import Bytes
import OrderedJSON
import TestSupport
import Testing

/// The command as users run it: exit code, standard output, standard error.
@Suite struct CommandTests {
  @Test func compilesTheQuickstartInBothNotations() throws {
    let json = try Command.cpc("compile", "Fixtures/quickstart/spec.json", "--model", "qwen3")
    let yaml = try Command.cpc("compile", "Fixtures/quickstart/spec.yaml", "--model", "qwen3")
    #expect(json.status == 0)
    #expect(json.errors == "")
    #expect(json.output == yaml.output)
    #expect(json.output.hasPrefix(#"{"model":"qwen3","messages":[{"role":"system","#))
    #expect(json.output.hasSuffix("}\n"))
  }

  @Test func readsStandardInputWithFilesOfTheCurrentFolder() throws {
    let folder = Shared.packageRoot + "/Fixtures/quickstart"
    let spec = String(decoding: try Files.read(folder + "/spec.yaml"), as: UTF8.self)
    let piped = try Command.cpc("compile", "-", "--format", "text", input: spec, folder: folder)
    let direct = try Command.cpc("compile", "spec.yaml", "--format", "text", folder: folder)
    #expect(piped.status == 0)
    #expect(piped.output == direct.output)
    let based = try Command.cpc("compile", "-", "--base", folder, "--format", "text", input: spec)
    #expect(based.output == direct.output)
    #expect(try Command.cpc("compile", "-", input: spec, folder: "/").status == 2)
  }

  @Test func readsASpecThatHoldsItsTextsFromStandardInputAnywhere() throws {
    let path = Shared.packageRoot + "/Fixtures/quickstart/spec.json"
    let spec = String(decoding: try Files.read(path), as: UTF8.self)
    let piped = try Command.cpc("compile", "-", "--format", "anthropic", input: spec, folder: "/")
    #expect(piped.status == 0)
    #expect(piped.output == (try Command.cpc("compile", path, "--format", "anthropic").output))
  }

  @Test func optionsOfTheTemplateStandBeforeTheSpec() throws {
    let spec =
      #"{"cpc":1,"query":"Hi","template_kwargs":{"enable_thinking":true},"parameters":{"n":1}}"#
    let compile = ["compile", "-", "--model", "qwen3"]
    let options = ["--chat-template-kwargs", #"{"enable_thinking":false}"#]
    let text = try Command.run(compile + options + ["--format", "text"], input: spec)
    #expect(text.output.hasSuffix("assistant\n<think>\n\n</think>\n\n"))
    let body = try Command.run(compile + options + ["--no-add-generation-prompt"], input: spec)
    #expect(
      body.output.hasSuffix(
        #""chat_template_kwargs":{"enable_thinking":false},"add_generation_prompt":false,"n":1}"#
          + "\n"))
    let both = ["--continue-final-message", "--add-generation-prompt"]
    #expect(try Command.run(compile + both, input: spec).status == 2)
  }

  @Test func fitsABudgetAndSaysWhatIsLeftOut() throws {
    let compile = ["compile", "Fixtures/quickstart/spec.json", "--model", "qwen3"]
    let run = try Command.run(
      compile + ["--budget", "4000", "--explain", "--report", "-"], folder: Shared.packageRoot)
    #expect(run.status == 0)
    let report = try JSONParser.parse(Array(run.output.utf8))
    let budget = try #require(report["budget"])
    let dropped = try #require(budget["dropped"]?.elements)
    let shown = try #require(report["blocks"]?.elements)
    #expect(dropped.count + shown.count == 10)
    #expect(run.errors.contains("\(dropped.count) of 10 blocks left out"))
    for block in dropped {
      let label = try #require(block["label"]?.string)
      #expect(run.errors.contains("block \(label): left out, "))
    }
    let tight = try Command.run(compile + ["--budget", "60"], folder: Shared.packageRoot)
    #expect(tight.status == 2)
    #expect(tight.output == "")
    #expect(tight.errors.contains("more than the budget of 60: "))
    #expect(try Command.run(compile + ["--budget", "0"]).status == 2)
  }

  @Test func aPromptSaysTheDateThatIsGivenAndNeverTheMachines() throws {
    try Command.withTemporaryFolder { folder in
      let template = "{{ strftime_now('%Y-%m-%d') }} {{ messages[0].content }}"
      try Files.writeAtomically(Array(template.utf8), to: folder + "/t.jinja")
      let compile = [
        "compile", "-", "--model", "qwen3", "--chat-template", folder + "/t.jinja", "--now",
        "2025-03-05", "--format",
      ]
      let spec = #"{"cpc":1,"query":"Hi"}"#
      let text = try Command.run(compile + ["text"], input: spec)
      #expect(text.output == "2025-03-05 Hi")
      #expect(text.errors.hasPrefix("<stdin>: warning: the chat template prints the time, and no"))
      let everything = try Command.run(compile + ["json"], input: spec)
      let json = try JSONParser.parse(Array(everything.output.utf8))
      #expect(json["seal"]?["exact"]?.bool == false)
      #expect(json["seal"]?["reasons"]?.elements?.count == 1)
    }
  }

  @Test func reportsFaultsOnStandardErrorWithExitCode2() throws {
    let result = try Command.cpc(
      "compile", "-", "--model", "qwen3", input: "{\n  \"cpc\": 1,\n  \"blcoks\": []\n}")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(
      result.errors == "<stdin>:3:3: error: unknown key \"blcoks\" (did you mean \"blocks\"?)\n")
  }

  @Test(arguments: [
    ["compile", "missing.json"], ["compile", "-", "--model", "qwen9"],
    ["compile", "-", "--format", "xml"],
    ["compile", "-", "--passes", "fold"], ["compile", "-", "--passes", "nonsense"], ["compile"],
    ["nonsense"],
    ["compile", "-", "--var", "x"], ["compile", "-", "--var", "1x=3"],
    ["compile", "-", "--passes", ""], ["tokens", "count", "--model", "qwen3", "missing"],
    ["compile", "Fixtures"],
    ["tokens", "check", "--model", "qwen3", "Makefile"], ["compile", "-", "--nonsense"],
  ])
  func endsWith2ForUsageAndInput(arguments: [String]) throws {
    let result = try Command.run(arguments, input: #"{"cpc":1,"query":"q"}"#)
    #expect(result.status == 2, "\(result)")
    #expect(result.output == "")
    #expect(result.errors.contains("rror"))
  }

  @Test func writesTheReportAndExplains() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/report.json"
      let result = try Command.cpc(
        "compile", "Fixtures/quickstart/spec.yaml", "--explain", "--report", path)
      #expect(result.status == 0)
      #expect(result.errors.contains("unify"))
      #expect(result.errors.contains("tokens for qwen3"))
      let report = try JSONParser.parse(try Files.read(path))
      #expect(report["schema_version"] != nil)
      let direct = try Command.cpc("compile", "Fixtures/quickstart/spec.yaml", "--report", "-")
      #expect(direct.output.contains("\"sections\""))
      #expect(!direct.output.contains("\"messages\""))
    }
  }

  @Test func writesBodyAndReportWhereTheyAreAskedFor() throws {
    try Command.withTemporaryFolder { folder in
      let spec = "Fixtures/quickstart/spec.json"
      let both = try Command.cpc("compile", spec, "--report", "-", "-o", folder + "/body.json")
      #expect(both.output.contains("\"sections\""))
      #expect(try Files.read(folder + "/body.json").starts(with: Array(#"{"model":"qwen3""#.utf8)))
      let device = try Command.cpc("compile", spec, "-o", "/dev/stdout", "--report", folder + "/r")
      #expect(device.output.hasPrefix(#"{"model":"qwen3""#))
      // A body that cannot be made leaves no report behind.
      let failed = try Command.cpc(
        "compile", "-", "--model", "qwen3", "--format", "anthropic", "--report", folder + "/none",
        input: #"{"cpc":1,"system":"s"}"#)
      #expect(failed.status == 2)
      #expect(!Files.exists(folder + "/none"))
    }
  }

  @Test func setsVariables() throws {
    let result = try Command.cpc(
      "compile", "-", "--model", "qwen3", "--format", "text", "--var", "a=x=y",
      input: #"{"cpc":1,"query":"${a}","variables":{"a":"old"}}"#)
    #expect(result.output == "<|im_start|>user\nx=y<|im_end|>\n<|im_start|>assistant\n")
  }

  @Test func passesNoneIsThePlainRendering() throws {
    let spec =
      #"{"cpc":1,"blocks":[{"id":"b","text":"x\r\n","importance":1},{"id":"a","text":"y","importance":2}],"query":"q"}"#
    let result = try Command.cpc(
      "compile", "-", "--model", "qwen3", "--format", "text", "--passes", "none", input: spec)
    #expect(
      Array(result.output.utf8)
        == Array(
          "<|im_start|>user\n<doc id=\"b\">\nx\r\n\n</doc>\n<doc id=\"a\">\ny\n</doc>\nq<|im_end|>\n<|im_start|>assistant\n"
            .utf8))
  }

  @Test func countsEncodesAndDecodesTokens() throws {
    let count = try Command.cpc("tokens", "count", "--model", "qwen3", "-", input: "Hello, world!")
    #expect(count.output == "4\n")
    let encoded = try Command.cpc(
      "tokens", "encode", "--model", "qwen3", "-", input: "Hi<|im_end|>")
    #expect(encoded.output == "[13048,151645]\n")
    let decoded = try Command.cpc(
      "tokens", "decode", "--model", "qwen3", "-", input: encoded.output)
    #expect(decoded.output == "Hi<|im_end|>")
    let plain = try Command.cpc(
      "tokens", "encode", "--plain", "--model", "qwen3", "-", input: "<|im_end|>")
    #expect(plain.output != "[151645]\n")
  }

  @Test func countsForSeveralModelsSideBySide() throws {
    let counts = try Command.cpc(
      "tokens", "count", "--model", "qwen3,gpt-4,mistral", "-", input: "Hello, 12345 worlds!")
    #expect(counts.output == "qwen3\tgpt-4\tmistral\n10\t7\t10\t-\n")
    let files = try Command.cpc("tokens", "count", "--model", "qwen3", "LICENSE", "NOTICE")
    #expect(files.output.hasSuffix("\ttotal\n"))
  }

  @Test func checksVectorsAndEndsWith1IfOneDiffers() throws {
    let path = "Fixtures/tokens/qwen3.jsonl"
    let good = try Command.cpc("tokens", "check", path)
    #expect(good.status == 0)
    #expect(good.output == "300 passed, 0 failed\n")
    let bad = try Command.cpc(
      "tokens", "check", "--model", "qwen3", "-",
      input:
        "{\"text\":\"a\",\"special\":true,\"ids\":[65]}\n{\"text\":\"a\",\"special\":true,\"ids\":[64]}\n"
    )
    #expect(bad.status == 1)
    #expect(bad.output == "-:1: token 0: expected [65], got [64]\n1 passed, 1 failed\n")
  }

  @Test func listsShowsAndVerifiesVocabularies() throws {
    #expect(try Command.cpc("vocabulary", "list").output.hasPrefix("qwen3\tthere\tApache-2.0\n"))
    let info = try Command.cpc("vocabulary", "info", "gpt-4")
    #expect(info.output.contains("name: cl100k\n"))
    #expect(info.output.contains("tokens: 100277, of them 5 added\n"))
    let verify = try Command.cpc("vocabulary", "verify", "--offline")
    #expect(verify.status == 0)
    #expect(verify.output.contains("qwen\tsame\tsha256 "))
  }

  @Test func showsHelpAndVersion() throws {
    #expect(try Command.cpc("--version").output == "0.1.0\n")
    let help = try Command.cpc("compile", "--help")
    #expect(help.status == 0)
    #expect(help.output.contains("--passes"))
  }
}
