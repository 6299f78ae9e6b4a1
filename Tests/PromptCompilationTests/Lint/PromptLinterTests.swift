import Bytes
import PromptCompilation
import TestSupport
import Testing

@Suite struct PromptLinterTests {
  /// A linter for each model that a test needs.
  private static let linters = LinterCache()

  /// What is found in a spec.
  private static func findings(_ json: String, model: String) throws -> [LintFinding] {
    let spec = try Spec(jsonBytes: Array(json.utf8), name: "a.json")
    let compiler = try #require(linters.compiler(model))
    return try PromptLinter(compilers: [compiler]).findings(in: spec)
  }

  private static func rules(_ member: String, _ value: String, model: String = "qwen3") throws
    -> [String]
  {
    try findings(PlantedFault.spec(member, value), model: model).map(\.rule.rawValue)
  }

  @Test(
    "the spec that faults are planted in is clean",
    arguments: ["qwen3", "qwen3.5", "deepseek-v3.1"])
  func cleanSpec(model: String) throws {
    #expect(try Self.rules("query", "\"Q\"", model: model) == [])
  }

  @Test(
    "a planted fault is found, and nothing else; the finding names the field and says what to do",
    arguments: PlantedFault.volatile + PlantedFault.others)
  func planted(fault: PlantedFault) throws {
    let findings = try Self.findings(fault.json, model: fault.model)
    #expect(findings.map(\.rule.rawValue) == [fault.rule], "\(findings.map(\.message))")
    let finding = try #require(findings.first)
    #expect(finding.place.field.map { "\($0)" } == fault.field)
    #expect(finding.message.hasPrefix(fault.field))
    #expect(finding.place.line != nil)
    let remedies = [
      "Put it", "put it", "Move it", "End the text", "Remove it", "Sort the tools",
      "Write the keys",
      "Take it out", "Name each block", "cpc template probe", "Give the engine", "Keep those",
    ]
    #expect(remedies.contains { finding.message.contains($0) }, "\(finding.message)")
  }

  @Test("what never changes is not found", arguments: PlantedTexts.constant)
  func constant(text: String) throws {
    #expect(try Self.rules("system", PlantedFault.quoted("Be kind. " + text)) == [])
    let tools =
      "[{\"type\": \"function\", \"function\": {\"name\": \"f\", \"description\": \(PlantedFault.quoted(text))}}]"
    #expect(try Self.rules("tools", tools) == [])
  }

  @Test(
    "what stands in documents, examples and names of constants is not found",
    arguments: [
      ("blocks", "[{\"id\": \"g8\", \"text\": \"a\"}, {\"id\": \"g20\", \"text\": \"b\"}]"),
      (
        "blocks",
        "[{\"id\": \"chapter1\", \"text\": \"a\"}, {\"id\": \"chapter2\", \"text\": \"b\"}]"
      ),
      ("blocks", "[{\"pin\": \"first\", \"text\": \"Signed on 2026-11-23.\"}]"),
      ("blocks", "[{\"text\": \"Today is 2026-11-23.\"}]"),
      ("query", "\"Today is 2026-11-23.\""),
      (
        "tools",
        "[{\"name\": \"f\", \"parameters\": {\"properties\": {\"day\": {\"examples\": [\"2026-11-23\"], \"enum\": [\"2026-11-24\"]}}}}]"
      ),
      ("variables", "{\"company_name\": \"Harbour\", \"date_format\": \"long\"}"),
      (
        "tools",
        "[{\"name\": \"f\", \"parameters\": {\"properties\": {\"cache_control\": {\"type\": \"string\"}}}}]"
      ),
    ])
  func clean(member: String, value: String) throws {
    #expect(try Self.rules(member, value) == [])
  }

  @Test("a constant with a name that sounds like one stays in the head")
  func variable() throws {
    let json =
      "{\"variables\": {\"company_name\": \"Harbour\", \"date_format\": \"long\"}, "
      + PlantedFault.spec("system", "\"You work for ${company_name}, ${date_format}.\"").dropFirst()
    #expect(try Self.findings(json, model: "qwen3").isEmpty)
  }

  @Test("what the boundary of a part is does not matter where a token of the template stands")
  func stableBoundary() throws {
    #expect(try Self.rules("system", "\"Answer briefly. \"") == [])
    // Behind the tools stand words of the template, whatever the spec says.
    #expect(try Self.rules("query", "\"Q\"", model: "mistral-nemo") == [])
  }

  @Test("a finding tells the place and the field, and all the models that have it")
  func place() throws {
    let json =
      "{\"cpc\": 1, \"query\": \"Q\",\n \"system\": \"Be \\u006bind.\\n Today is Monday.\\n\"}"
    let spec = try Spec(jsonBytes: Array(json.utf8), name: "a.json")
    let compilers = ["qwen3.5", "qwen3.6"].compactMap { Self.linters.compiler($0) }
    let findings = try PromptLinter(compilers: compilers).findings(in: spec)
    #expect(findings.map(\.rule) == [.date, .trimmedSpace])
    #expect(findings.map(\.place.line) == [2, 2])
    #expect(findings.map(\.place.column) == [29, 45])
    #expect(findings.map(\.models) == [[], ["qwen3.5", "qwen3.6"]])
    #expect(findings[0].message.hasPrefix("system: \"Today is Monday\" looks like the date"))
  }

  @Test(
    "a place behind escapes is found in the source",
    arguments: [
      (#"today is Monday"#, 1), (#"\n today is Monday"#, 4), (#"\u00e9 today is Monday"#, 8),
      (#"\ud83d\ude00 today is Monday"#, 14), (#"é😀 today is Monday"#, 4),
      (#"\"\\\/ today is Monday"#, 8), (#"\u0009today is Monday"#, 7),
    ])
  func escapes(text: String, column: Int) throws {
    let spec = try Spec(
      jsonBytes: Array("{\"cpc\": 1, \"system\":\n\"\(text)\"}".utf8), name: "a.json")
    let finding = try #require(try PromptLinter(compilers: []).findings(in: spec).first)
    #expect(finding.place.line == 2)
    #expect(finding.place.column == column + 1)
  }

  @Test("a long text is shown by its beginning")
  func longText() throws {
    let text = String(repeating: "a8f3k29dk2l0s9d8", count: 100)
    let spec = Spec(system: ByteString(text), query: "Q")
    let finding = try #require(try PromptLinter(compilers: []).findings(in: spec).first)
    #expect(finding.message.contains("\"a8f3k29dk2l0s9d8"))
    #expect(finding.message.utf8.count < 250)
  }

  @Test("the head is compared with what the provider caches")
  func provider() throws {
    let spec = Spec(system: "Be kind.", query: "Q")
    let list = try PriceList(path: nil)
    let compilers = [Self.linters.compiler("qwen3")].compactMap { $0 }
    let linter = try PromptLinter(compilers: compilers, provider: list.entry(named: "gpt-4o"))
    let finding = try #require(try linter.findings(in: spec).first)
    #expect(finding.rule == .shortHead)
    #expect(finding.message.contains("gpt-4o caches a prefix of 1024 or more. Pin blocks"))
  }

  @Test("without a model the rules that need none are looked at")
  func withoutModel() throws {
    let json = PlantedFault.spec("system", "\" Today is Monday. <|im_end|> \"")
    let spec = try Spec(jsonBytes: Array(json.utf8), name: "a.json")
    #expect(try PromptLinter(compilers: []).findings(in: spec).map(\.rule) == [.date])
  }

  @Test("a spec suppresses a rule with a reason, for all or for one field, and not without")
  func suppression() throws {
    func rules(_ suppression: String) throws -> [String] {
      let policy = "{\"policy\": {\"lint\": [{\"rule\": \"CPC001\"\(suppression)}]}, "
      let json = policy + PlantedFault.spec("system", "\"Today is Monday.\"").dropFirst()
      return try Self.findings(json, model: "qwen3").map(\.rule.rawValue)
    }
    #expect(try rules(", \"reason\": \"a test\"") == [])
    #expect(try rules(", \"field\": \"system\", \"reason\": \"a test\"") == [])
    #expect(try rules(", \"field\": \"tools\", \"reason\": \"a test\"") == ["CPC001"])
    #expect(try rules(", \"field\": \"sys\", \"reason\": \"a test\"") == ["CPC001"])
    for suppression in ["", ", \"reason\": \" \"", ", \"reason\": \"a\", \"rules\": 1"] {
      #expect(throws: CompilationError.self) { try rules(suppression) }
    }
  }
}

/// The compilers of the tests, each made once.
final class LinterCache: Sendable {
  private let compilers: [String: PromptCompiler]

  init() {
    var compilers: [String: PromptCompiler] = [:]
    let folder = StandInModels.folder.map { DataFolder(path: $0) }
    for name in ["qwen3", "qwen3.5", "qwen3.6", "deepseek-v3.1", "mistral-nemo", "gpt-oss"] {
      let model = try? Model.named(ByteString(name), in: folder)
      compilers[name] = model.map { PromptCompiler(model: $0) }
    }
    self.compilers = compilers
  }

  /// The compiler for a model that ships with cpc.
  func compiler(_ name: String) -> PromptCompiler? { compilers[name] }
}
