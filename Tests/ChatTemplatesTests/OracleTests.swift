import Bytes
import ChatTemplates
import OrderedJSON
import TestSupport
import Testing

/// Compares with what transformers 5.23.0 and jinja2 3.1.6 render. The reference data is not part of
/// the project: where the folder is missing, these tests are skipped.
@Suite(.enabled(if: Shared.oracle != nil, "reference data is not here: skipped"))
struct OracleTests {
  private let clock = TemplateClock(year: 2025, month: 3, day: 5, hour: 7, minute: 8, second: 9)

  @Test func microTests() throws {
    let file = try json("micro.json")
    let context = object(file["context"])
    var tally = Tally()
    for test in array(file["tests"]) {
      let outcome = outcome { () throws(TemplateError) in
        let template = try ChatTemplate(source: string(test["template"]), name: "micro")
        return try template.render(context: context, clock: clock)
      }
      tally.count(string(test["id"]).string, outcome, test)
    }
    tally.report("micro.json")
    #expect(tally.passed >= 107)
  }

  @Test func realTemplates() throws {
    let requests = try requests()
    var templates: [ByteString: Result<ChatTemplate, TemplateError>] = [:]
    var specialTokens: [ByteString: [JSONMember]] = [:]
    for entry in array(try json("manifest.json")) {
      let id = string(entry["id"])
      let source = try read("templates/" + string(entry["file"]).string)
      templates[id] = Result { () throws(TemplateError) in
        try ChatTemplate(source: ByteString(source), name: id.string)
      }
      specialTokens[id] = object(entry["special_tokens"])
    }
    var tally = Tally()
    for line in try lines("expected.jsonl") {
      let (id, caseID) = (string(line["template"]), string(line["case"]))
      var request = try #require(requests[caseID])
      request.specialTokens = specialTokens[id] ?? []
      let outcome = outcome { () throws(TemplateError) in
        try templates[id]?.get().render(request)
      }
      tally.count("\(id) \(caseID)", outcome, line)
    }
    tally.report("expected.jsonl")
    #expect(tally.passed >= 767)
  }

  @Test func qwen3() throws {
    let requests = try requests()
    let template = try ChatTemplate(
      source: try packageFile("templates/qwen3.jinja"), name: "qwen3.jinja")
    let specialTokens = object(try json("catalogue_special_tokens.json")["qwen3"])
    var tally = Tally()
    for line in try lines("catalogue.jsonl") where string(line["model"]) == "qwen3" {
      let caseID = string(line["case"])
      var request = try #require(requests[caseID])
      request.specialTokens = specialTokens
      let outcome = outcome { () throws(TemplateError) in try template.render(request) }
      tally.count(caseID.string, outcome, line)
    }
    tally.report("catalogue.jsonl, qwen3")
    #expect(tally.passed > 0 && tally.failed.isEmpty)
  }

  // MARK: Reading

  private func read(_ name: String) throws -> [UInt8] {
    try Files.read((Shared.oracle ?? "") + "/" + name)
  }

  private func json(_ name: String) throws -> JSONNode {
    try JSONParser.parse(try read(name))
  }

  private func lines(_ name: String) throws -> [JSONNode] {
    try read(name).split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
  }

  private func requests() throws -> [ByteString: TemplateRequest] {
    var requests: [ByteString: TemplateRequest] = [:]
    for entry in array(try json("cases.json")) {
      guard let request = entry["request"] else { continue }
      requests[string(entry["id"])] = TemplateRequest(
        messages: array(request["messages"]), tools: present(request["tools"]),
        documents: present(request["documents"]),
        addGenerationPrompt: isTrue(request["add_generation_prompt"]),
        keywordArguments: object(request["kwargs"]), clock: clock)
    }
    return requests
  }
}

// MARK: - Comparing

private enum Outcome {
  case text(ByteString)
  case failure(TemplateError)
}

private func outcome(_ render: () throws(TemplateError) -> RenderedPrompt?) -> Outcome {
  do throws(TemplateError) {
    return .text(ByteString(try render()?.bytes ?? []))
  } catch {
    return .failure(error)
  }
}

private struct Tally {
  var passed = 0
  var failed: [String] = []

  /// Counts an outcome that is expected to be that of `line`.
  mutating func count(_ id: String, _ outcome: Outcome, _ line: JSONNode) {
    let isRaised =
      string(line["kind"]) == "template_raise"
      || string(line["type"]) == "TemplateError"
    switch outcome {
    case .text(let text) where isTrue(line["ok"]) && text == string(line["text"]):
      passed += 1
    case .failure(let error)
    where !isTrue(line["ok"])
      && (!isRaised
        || error.kind == .raised && ByteString(error.message) == string(line["message"])):
      passed += 1
    case .text(let text): failed.append("\(id): \(text.string.prefix(300).debugDescription)")
    case .failure(let error): failed.append("\(id): \(error)")
    }
  }

  func report(_ name: String) {
    print("\(name): \(passed) passed, \(failed.count) failed")
    for line in failed { print("  failed: \(line)") }
  }
}

private func string(_ node: JSONNode?) -> ByteString {
  if case .string(let string)? = node?.value { string } else { "" }
}

private func array(_ node: JSONNode?) -> [JSONNode] {
  if case .array(let elements)? = node?.value { elements } else { [] }
}

private func object(_ node: JSONNode?) -> [JSONMember] {
  if case .object(let members)? = node?.value { members } else { [] }
}

private func isTrue(_ node: JSONNode?) -> Bool {
  if case .bool(true)? = node?.value { true } else { false }
}

private func present(_ node: JSONNode?) -> JSONNode? {
  if case .null? = node?.value { nil } else { node }
}
