import Bytes
import OrderedJSON
import PromptCompilation

/// A fault in a file, in the form that all outputs of findings are made of.
struct Finding {
  /// The rule that it breaks, such as `CPC001`.
  var rule: String
  /// How grave it is.
  var severity: Diagnostic.Severity
  /// The file, as the user named it.
  var file: String
  /// The line from 1; nil where it has none.
  var line: Int?
  /// The column from 1, in code points.
  var column: Int?
  /// What is wrong, and what to do.
  var message: String
}

/// A rule as SARIF describes it.
struct FindingRule {
  /// Such as `CPC001`.
  var id: String
  /// What it is about, in one sentence.
  var summary: String
}

/// Writes findings for GitHub Actions: one `::error` or `::warning` command a line.
enum GitHubAnnotations {
  /// The commands, a line each.
  static func text(_ findings: [Finding]) -> String {
    findings.map { finding in
      var properties = ["file=\(escaped(finding.file, isProperty: true))"]
      if let line = finding.line { properties.append("line=\(line)") }
      if let column = finding.column { properties.append("col=\(column)") }
      properties.append("title=\(escaped(finding.rule, isProperty: true))")
      return "::\(finding.severity.rawValue) \(properties.joined(separator: ","))::"
        + "\(escaped(finding.message, isProperty: false))\n"
    }.joined()
  }

  /// Data of a workflow command: what would end it is percent-encoded.
  private static func escaped(_ text: String, isProperty: Bool) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "%"): result += Array("%25".utf8)
      case UInt8(ascii: "\r"): result += Array("%0D".utf8)
      case UInt8(ascii: "\n"): result += Array("%0A".utf8)
      case UInt8(ascii: ":") where isProperty: result += Array("%3A".utf8)
      case UInt8(ascii: ",") where isProperty: result += Array("%2C".utf8)
      default: result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

/// Writes findings as SARIF 2.1.0 (OASIS, 2020).
enum SARIFLog {
  /// The log of one run.
  ///
  /// - Parameter rules: all rules that the run looked at.
  static func json(_ findings: [Finding], rules: [FindingRule]) -> JSONValue {
    let driver = JSONValue.object([
      "name": .string("cpc"),
      "version": .string(ByteString(CPCVersion.current)),
      "rules": .array(
        of: rules.map { rule in
          .object([
            "id": .string(ByteString(rule.id)),
            "shortDescription": .object(["text": .string(ByteString(rule.summary))]),
          ])
        }),
    ])
    let run = JSONValue.object([
      "tool": .object(["driver": driver]),
      "columnKind": .string("unicodeCodePoints"),
      "results": .array(of: findings.map { result($0, rules) }),
    ])
    return .object([
      "$schema": .string("https://json.schemastore.org/sarif-2.1.0.json"),
      "version": .string("2.1.0"), "runs": .array(of: [run]),
    ])
  }

  private static func result(_ finding: Finding, _ rules: [FindingRule]) -> JSONValue {
    var region = [JSONMember("startLine", JSONNode(.integer(finding.line ?? 1)))]
    if let column = finding.column {
      region.append(JSONMember("startColumn", JSONNode(.integer(column))))
    }
    let location = JSONValue.object([
      "physicalLocation": .object([
        "artifactLocation": .object(["uri": .string(uri(finding.file))]),
        "region": .object(region),
      ])
    ])
    var members = [JSONMember("ruleId", JSONNode(.string(ByteString(finding.rule))))]
    if let index = rules.firstIndex(where: { $0.id == finding.rule }) {
      members.append(JSONMember("ruleIndex", JSONNode(.integer(index))))
    }
    return .object(
      members + [
        JSONMember("level", JSONNode(.string(ByteString(finding.severity.rawValue)))),
        JSONMember(
          "message", JSONNode(.object(["text": .string(ByteString(finding.message))]))),
        JSONMember("locations", JSONNode(.array(of: [location]))),
      ])
  }

  /// A path as a relative reference (RFC 3986).
  private static func uri(_ path: String) -> ByteString {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        result.append(byte)
      default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return ByteString(result)
  }
}
