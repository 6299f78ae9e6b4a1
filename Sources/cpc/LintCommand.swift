import ArgumentParser
import Bytes
import PromptCompilation

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Find what will break the prefixes of prompts.",
    discussion: """
      Ends with 0 if nothing is found, 1 if something is, 2 if a spec cannot be read or compiled. \
      docs/rules describes each rule.
      """)

  @Argument(help: "The specs, JSON or YAML; - is standard input.")
  var specs: [String]

  @Option(
    help: """
      The models, with commas between them; may be given again. Without it each spec's "model", then \
      CPC_MODEL; without any, only the rules that need no model.
      """)
  var model: [String] = []

  @OptionGroup var rules: LintRuleOptions

  @Option(help: ArgumentHelp("A price list; that of cpc if not given.", valueName: "file"))
  var prices: String?

  @Option(
    help: ArgumentHelp(
      "The model of the price list whose demands on a cached prefix count.", valueName: "name"))
  var provider: String?

  @Option(help: "What is written: \(FindingFormat.names).")
  var format: FindingFormat = .text

  @Flag(
    help: """
      Write the specs with what can be mended safely: the order of tools and of their keys, white space \
      that the template trims, a line break at an unstable end. Every other byte stays; YAML is left as it is.
      """)
  var fix = false

  @Option(
    help: ArgumentHelp(
      "The folder that the specs' files are in; each spec's own folder if not given.",
      valueName: "dir"))
  var base: String?

  func validate() throws {
    guard !fix || !specs.contains("-") else {
      throw ValidationError("--fix writes files; standard input is none")
    }
  }

  func run() throws {
    var linters = Linters(
      names: try ContractModels.names(in: model), provider: try providerEntry(),
      rules: try rules.selected())
    var findings: [LintFinding] = []
    var fixed: [(path: String, spec: FixedSpec)] = []
    var faults: [Diagnostic] = []
    for path in specs {
      do {
        let spec = try SpecLoading.load(path, base: base)
        let linter = try linters.linter(for: spec)
        if fix {
          let files = FileResolver(folder: base ?? Paths.folder(of: path))
          let result = try linter.fixed(spec, files: files)
          if !result.fixed.isEmpty { fixed.append((path, result)) }
          findings += result.left
        } else {
          findings += try linter.findings(in: spec)
        }
      } catch {
        faults += error.diagnostics.filter { !faults.contains($0) }
      }
    }
    guard faults.isEmpty else { throw CompilationError(faults) }
    for (path, result) in fixed {
      try Files.writeAtomically(result.bytes, to: path)
      for finding in result.fixed { Terminal.printError("fixed: \(Finding(finding).text)") }
    }
    let report = LintReport(findings, rules: linters.rules, specs: specs.count, isFixing: fix)
    try Terminal.write(report.bytes(format))
    guard findings.isEmpty else { throw ExitCode(1) }
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
}

/// The linters for sets of models, each made once.
private struct Linters {
  /// The models of all specs; none if each spec has its own.
  let names: [ByteString]
  let provider: PriceList.Entry?
  let rules: [LintRule]
  private var models = ContractModels(areLocked: false)
  private var made: [(names: [ByteString], linter: PromptLinter)] = []

  init(names: [ByteString], provider: PriceList.Entry?, rules: [LintRule]) {
    self.names = names
    self.provider = provider
    self.rules = rules
  }

  mutating func linter(for spec: Spec) throws(CompilationError) -> PromptLinter {
    let fallback = Environment.value("CPC_MODEL").map { ByteString($0) }
    let own = names.isEmpty ? [spec.model ?? fallback].compactMap { $0 } : names
    if let found = made.first(where: { $0.names == own }) { return found.linter }
    var compilers: [PromptCompiler] = []
    for name in own { compilers.append(try models.compiler(for: name)) }
    let linter = try PromptLinter(compilers: compilers, provider: provider, rules: rules)
    made.append((own, linter))
    return linter
  }
}

/// Which rules count.
struct LintRuleOptions: ParsableArguments {
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

  /// The rules that are left, in the order of their ids.
  func selected() throws -> [LintRule] {
    let selected = try Self.rules(select, of: "--select")
    var left = try Self.rules(ignore, of: "--ignore")
    for value in suppress {
      let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[1].allSatisfy(\.isWhitespace) else {
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
