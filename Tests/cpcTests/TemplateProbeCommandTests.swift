import Bytes
import OrderedJSON
import TestSupport
import Testing

/// `cpc template probe` as users run it.
@Suite struct TemplateProbeCommandTests {
  @Test func showsTables() throws {
    let result = try Command.cpc("template", "probe", "--model", "qwen3")
    #expect(result.status == 0)
    #expect(result.errors == "")
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "template qwen3.jinja, vocabulary qwen3")
    #expect(lines.contains("system     head    no"))
    #expect(
      lines.contains {
        $0.hasPrefix("reasoning             no           next user turn: token 19, byte 101")
      })
    #expect(lines.contains { $0.hasPrefix("enable_thinking=false  generation prompt  token ") })
  }

  @Test func writesJSON() throws {
    let result = try Command.cpc("template", "probe", "--model", "qwen3", "--format", "json")
    let json = try JSONParser.parse(Array(result.output.utf8))
    #expect(
      json.members?.map(\.key.string) == [
        "schema_version", "model", "template", "vocabulary", "slots", "history", "arguments",
        "date", "key_order", "trims", "bos", "generation_prompt",
      ])
    #expect(json["slots"]?["tools"]?["place"]?.string == "head")
    #expect(json["history"]?["reasoning"]?["append_only"]?.bool == false)
    #expect(json["history"]?["reasoning"]?["difference"]?["token"] != nil)
    #expect(json["date"]?.isNull == true)
    let again = try Command.cpc("template", "probe", "--model", "qwen3", "--format", "json")
    #expect(again.output == result.output)
  }

  @Test func takesATemplateOfTheUsersAndArguments() throws {
    try Command.withTemporaryFolder { folder in
      let template =
        "{{ bos_token }}{% for m in messages %}{{ m.content }}|{% endfor %}{{ tail }}"
      try Files.writeAtomically(Array(template.utf8), to: folder + "/t.jinja")
      let arguments = ["template", "probe", "--chat-template", folder + "/t.jinja"]
      let result = try Command.run(arguments)
      #expect(result.status == 0)
      #expect(result.output.contains("no vocabulary: bytes alone"))
      #expect(result.output.contains("in the template, \"<bos_token>\""))
      #expect(result.output.contains("\ntail="))
      let fixed = try Command.run(arguments + ["--chat-template-kwargs", #"{"tail": "x"}"#])
      #expect(!fixed.output.contains("\ntail="))
    }
  }

  @Test func noTemplateIsAFaultOfUsage() throws {
    let result = try Command.cpc("template", "probe")
    #expect(result.status == 2)
    #expect(result.errors.contains("no template"))
    #expect(try Command.cpc("template", "probe", "--chat-template", "missing").status == 2)
  }

  @Test(.enabled(if: Shared.oracle != nil, "the oracle is not there"))
  func aTemplateOfMistralMovesItsSystemText() throws {
    let path =
      (Shared.oracle ?? "") + "/templates/lc__mistralai-Mistral-Nemo-Instruct-2407.jinja"
    let result = try Command.cpc("template", "probe", "--chat-template", path)
    #expect(result.output.contains("\nsystem     last user         yes\n"))
    #expect(result.output.contains("\nno system             yes\n"))
  }
}
