import Bytes
import OrderedJSON
import PromptCompilation

/// What `lint` found, in the forms in which it is written.
struct LintReport {
  static let schemaVersion = 1

  private let findings: [LintFinding]
  private let rules: [LintRule]
  private let specs: Int
  private let isFixing: Bool

  /// - Parameters:
  ///   - rules: the rules that were looked at.
  ///   - specs: how many specs were.
  ///   - isFixing: whether what can be mended was.
  init(_ findings: [LintFinding], rules: [LintRule], specs: Int, isFixing: Bool) {
    self.findings = findings
    self.rules = rules
    self.specs = specs
    self.isFixing = isFixing
  }

  /// The report, with a newline at the end.
  func bytes(_ format: FindingFormat) -> [UInt8] {
    switch format {
    case .text: Array(text.utf8)
    case .github: Array(GitHubAnnotations.text(findings.map(Finding.init)).utf8)
    case .sarif:
      Self.lines(
        SARIFLog.json(
          findings.map(Finding.init),
          rules: rules.map { FindingRule(id: $0.rawValue, summary: $0.summary) }))
    case .json:
      Self.lines(
        .object([
          "schema_version": .integer(Self.schemaVersion), "specs": .integer(specs),
          "findings": .array(of: findings.map(Self.json)),
        ]))
    }
  }

  private var text: String {
    let places = specs == 1 ? "1 spec" : "\(specs) specs"
    guard !findings.isEmpty else { return "nothing found in \(places)\n" }
    let fixable = isFixing ? 0 : findings.count(where: \.isFixable)
    return findings.map { "\(Finding($0).text)\n" }.joined()
      + "\(findings.count) found in \(places)"
      + (fixable > 0 ? ", --fix mends \(fixable)" : "") + "\n"
  }

  private static func lines(_ value: JSONValue) -> [UInt8] {
    JSONWriter.write(value, style: .indented) + [UInt8(ascii: "\n")]
  }

  private static func json(_ finding: LintFinding) -> JSONValue {
    var members = [
      JSONMember("rule", JSONNode(.string(ByteString(finding.rule.rawValue)))),
      JSONMember("file", JSONNode(.string(ByteString(finding.place.file)))),
    ]
    if let line = finding.place.line {
      members.append(JSONMember("line", JSONNode(.integer(line))))
    }
    if let column = finding.place.column {
      members.append(JSONMember("column", JSONNode(.integer(column))))
    }
    if let field = finding.place.field {
      members.append(JSONMember("field", JSONNode(.string(field))))
    }
    return .object(
      members + [
        JSONMember("models", JSONNode(.array(of: finding.models.map { .string($0) }))),
        JSONMember("fixable", JSONNode(.bool(finding.isFixable))),
        JSONMember("message", JSONNode(.string(ByteString(finding.message)))),
      ])
  }
}

extension Finding {
  /// A finding of `lint`, which is a warning. The models that it is found for stand at its end.
  init(_ finding: LintFinding) {
    let models = finding.models.map(\.string).joined(separator: ", ")
    self.init(
      rule: finding.rule.rawValue, severity: .warning, file: finding.place.file,
      line: finding.place.line, column: finding.place.column,
      message: finding.message + (models.isEmpty ? "" : " (\(models))"))
  }

  /// `file:line:column: warning: RULE message`.
  var text: String {
    Diagnostic(severity, file: file, line: line, column: column, message: "\(rule) \(message)")
      .description
  }
}
