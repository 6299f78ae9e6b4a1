import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Find what will break the prefixes of prompts.",
    discussion: """
      Ends with 0 if nothing is found, 1 if something is, 2 if a spec cannot be read or compiled. \
      docs/rules describes each rule.
      """)

  @Argument(help: "The specs, JSON or YAML.")
  var specs: [String]

  @Option(
    help: """
      The models, with commas between them; may be given again. Without it each spec's "model", then \
      CPC_MODEL; without any, only the rules that need no model.
      """)
  var model: [String] = []

  @Option(
    help: ArgumentHelp(
      "The rules that are looked at, with commas between them; all if not given.",
      valueName: "rules"))
  var select: [String] = []

  @Option(help: ArgumentHelp("Rules that are not looked at.", valueName: "rules"))
  var ignore: [String] = []

  @Option(
    help: ArgumentHelp(
      "Suppress a rule for all specs and say why; may be given again.", valueName: "rule=reason"))
  var suppress: [String] = []

  @Option(help: ArgumentHelp("A price list; that of cpc if not given.", valueName: "file"))
  var prices: String?

  @Option(
    help: ArgumentHelp(
      "The model of the price list whose demands on a cached prefix count.", valueName: "name"))
  var provider: String?

  @Option(help: "What is written: \(FindingFormat.names).")
  var format: FindingFormat = .text

  @Option(
    help: ArgumentHelp(
      "The folder that the specs' files are in; each spec's own folder if not given.",
      valueName: "dir"))
  var base: String?

  func run() throws {
    let rules = try selectedRules()
    let entry = try providerEntry()
    let names = try ContractModels.names(in: model)
    var models = ContractModels()
    var linters: [(names: [ByteString], linter: PromptLinter)] = []
    var findings: [Finding] = []
    for path in specs {
      let spec = try SpecLoading.load(path, base: base)
      let fallback = Environment.value("CPC_MODEL").map { ByteString($0) }
      let own = names.isEmpty ? [spec.model ?? fallback].compactMap { $0 } : names
      let linter: PromptLinter
      if let found = linters.first(where: { $0.names == own }) {
        linter = found.linter
      } else {
        var compilers: [PromptCompiler] = []
        for name in own { compilers.append(try models.compiler(for: name)) }
        linter = try PromptLinter(compilers: compilers, provider: entry)
        linters.append((own, linter))
      }
      for finding in try linter.findings(in: spec) where rules.contains(finding.rule) {
        findings.append(Finding(finding))
      }
    }
    try Terminal.write(bytes(findings, rules))
    guard findings.isEmpty else { throw ExitCode(1) }
  }

  private func bytes(_ findings: [Finding], _ rules: [LintRule]) -> [UInt8] {
    switch format {
    case .github: return Array(GitHubAnnotations.text(findings).utf8)
    case .sarif:
      let described = rules.map { FindingRule(id: $0.rawValue, summary: $0.summary) }
      return Self.lines(SARIFLog.json(findings, rules: described))
    case .json:
      return Self.lines(
        .object([
          "schema_version": .integer(CheckReport.schemaVersion), "specs": .integer(specs.count),
          "findings": .array(of: findings.map(\.json)),
        ]))
    case .text:
      let lines = findings.map { "\($0.text)\n" }.joined()
      let count = findings.isEmpty ? "nothing found" : "\(findings.count) found"
      return Array((lines + "\(count) in \(specs.count) specs\n").utf8)
    }
  }

  private static func lines(_ value: JSONValue) -> [UInt8] {
    JSONWriter.write(value, style: .indented) + [UInt8(ascii: "\n")]
  }

  private func providerEntry() throws(CompilationError) -> PriceList.Entry? {
    guard let provider else { return nil }
    let list = try PriceList(path: prices)
    guard let entry = list.entry(named: ByteString(provider)) else {
      let names = list.entries.map(\.name.string).joined(separator: ", ")
      throw CompilationError(
        file: prices ?? "prices", message: "has no model \"\(provider)\"; there are: \(names)")
    }
    return entry
  }

  private func selectedRules() throws -> [LintRule] {
    let selected = try Self.rules(select, of: "--select")
    var left = try Self.rules(ignore, of: "--ignore")
    for value in suppress {
      let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[1].allSatisfy({ $0 == " " }) else {
        throw ValidationError("--suppress \(value): write RULE=REASON; a reason is required")
      }
      left += try Self.rules([String(parts[0])], of: "--suppress")
    }
    let rules = LintRule.allCases.filter {
      (selected.isEmpty || selected.contains($0)) && !left.contains($0)
    }
    guard !rules.isEmpty else { throw ValidationError("no rule is left to look at") }
    return rules
  }

  private static func rules(_ values: [String], of option: String) throws -> [LintRule] {
    var rules: [LintRule] = []
    for name in values.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      guard let rule = LintRule(rawValue: String(name)) else {
        let last = LintRule.allCases.last?.rawValue ?? ""
        throw ValidationError(
          "\(option): no rule is called \"\(name)\"; there are CPC001 to \(last)")
      }
      rules.append(rule)
    }
    return rules
  }
}

extension Finding {
  /// A finding of `lint`, which is a warning.
  init(_ finding: LintFinding) {
    self.init(
      rule: finding.rule.rawValue, severity: .warning, file: finding.place.file,
      line: finding.place.line, column: finding.place.column, message: finding.message)
  }

  /// `file:line:column: warning: RULE message`.
  var text: String {
    Diagnostic(severity, file: file, line: line, column: column, message: "\(rule) \(message)")
      .description
  }

  /// The finding as an object.
  var json: JSONValue {
    .object(
      [
        JSONMember("rule", JSONNode(.string(ByteString(rule)))),
        JSONMember("file", JSONNode(.string(ByteString(file)))),
      ] + (line.map { [JSONMember("line", JSONNode(.integer($0)))] } ?? [])
        + (column.map { [JSONMember("column", JSONNode(.integer($0)))] } ?? [])
        + [JSONMember("message", JSONNode(.string(ByteString(message))))])
  }
}
