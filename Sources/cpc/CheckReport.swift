import Bytes
import OrderedJSON
import PromptCompilation

/// What a comparison with a lock found, in the forms in which it is written.
struct CheckReport {
  static let schemaVersion = 1
  /// The rules of a check, as SARIF names them.
  static let rules = [
    FindingRule(
      id: "prefix-changed", summary: "The head of a prompt differs from the one that is locked.")
  ]

  private let groups: [Group]
  private let differences: [HeadDifference]
  private let checked: Int
  private let lock: LockFile
  private let costs: CheckCosts

  /// Differences of one spec that come from the same place, for one model or several.
  private struct Group {
    var first: HeadDifference
    var members: [HeadDifference]
  }

  /// - Parameter checked: how many heads were compared.
  init(_ differences: [HeadDifference], checked: Int, lock: LockFile, costs: CheckCosts) {
    self.differences = differences
    self.checked = checked
    self.lock = lock
    self.costs = costs
    var groups: [Group] = []
    for difference in differences {
      let place = groups.firstIndex {
        $0.first.spec == difference.spec && $0.first.place == difference.place
          && $0.first.summary == difference.summary
      }
      if let place {
        groups[place].members.append(difference)
      } else {
        groups.append(Group(first: difference, members: [difference]))
      }
    }
    self.groups = groups
  }

  /// The report, with a newline at the end.
  func bytes(_ format: FindingFormat) -> [UInt8] {
    switch format {
    case .text: Array(text.utf8)
    case .github: Array(GitHubAnnotations.text(findings).utf8)
    case .sarif: Self.lines(SARIFLog.json(findings, rules: Self.rules))
    case .json: Self.lines(json)
    }
  }

  private static func lines(_ value: JSONValue) -> [UInt8] {
    JSONWriter.write(value, style: .indented) + [UInt8(ascii: "\n")]
  }

  private var findings: [Finding] {
    groups.map { group in
      let place = group.first.place
      return Finding(
        rule: "prefix-changed", severity: .error, file: place.file, line: place.line ?? 1,
        column: place.column,
        message: ([headline(group)] + Self.sides(group.first) + group.members.map(loss)
          + [Self.advice(group.first)]).joined(separator: "\n"))
    }
  }

  private var text: String {
    var lines: [String] = []
    for group in groups {
      let place = group.first.place
      lines.append(
        Diagnostic(
          file: place.file, line: place.line, column: place.column, message: headline(group)
        ).description)
      if let locked = group.first.locked { lines.append("  locked  \(Self.shown(locked))") }
      if let current = group.first.current { lines.append("  now     \(Self.shown(current))") }
      for member in group.members {
        lines.append("  \(loss(member))")
        lines.append("    cost: \(costs.text(member))")
      }
      lines.append("  help: \(Self.advice(group.first))")
      lines.append("")
    }
    let same = checked - differences.count
    lines.append(
      differences.isEmpty
        ? "\(checked) prompts are as \(lock.path) has them"
        : "\(differences.count) of \(checked) prompts differ from \(lock.path), \(same) are the same"
    )
    return lines.joined(separator: "\n") + "\n"
  }

  /// What was locked and what is there, where both are known.
  private static func sides(_ difference: HeadDifference) -> [String] {
    [
      difference.locked.map { "locked: \(shown($0))" },
      difference.current.map { "now: \(shown($0))" },
    ]
    .compactMap { $0 }
  }

  private func headline(_ group: Group) -> String {
    let section = group.first.section.map { ", in the section \($0.rawValue)" } ?? ""
    return "the prompt's cached prefix breaks: \(group.first.summary)\(section)"
  }

  private func loss(_ difference: HeadDifference) -> String {
    let place = difference.isExact ? "token" : "at or behind token"
    return
      "\(difference.model): the first difference is \(place) \(difference.token); a request loses "
      + "\(difference.lostTokens) of \(difference.lockedTokens) tokens of the locked prefix, and what "
      + "follows"
  }

  private static func advice(_ difference: HeadDifference) -> String {
    let update =
      "if the change is meant, `cpc check --update` locks it: a cache computes the prefix once more"
    switch difference.cause {
    case .spec:
      return
        "what differs from request to request belongs behind the head, into the query or a block; "
        + update
    case .template, .vocabulary, .compiler: return update
    }
  }

  /// An excerpt on one line, the token in guillemets with its id.
  private static func shown(_ excerpt: HeadDifference.Excerpt) -> String {
    func visible(_ text: ByteString) -> String {
      String(decoding: VisibleText(of: text.bytes).bytes, as: UTF8.self)
    }
    let token = excerpt.token.map { "  (id \($0))" } ?? "  (the end of the head)"
    return "\(visible(excerpt.before))«\(visible(excerpt.text))»\(visible(excerpt.after))\(token)"
  }
}

extension CheckReport {
  fileprivate var json: JSONValue {
    .object([
      "schema_version": .integer(Self.schemaVersion),
      "lock": .string(ByteString(lock.path)),
      "checked": .integer(checked),
      "differences": .array(of: differences.map(json)),
    ])
  }

  private func json(_ difference: HeadDifference) -> JSONValue {
    var members = [
      JSONMember("spec", JSONNode(.string(difference.spec))),
      JSONMember("model", JSONNode(.string(difference.model))),
      JSONMember("cause", JSONNode(.string(ByteString(difference.cause.rawValue)))),
      JSONMember("summary", JSONNode(.string(ByteString(difference.summary)))),
      JSONMember("file", JSONNode(.string(ByteString(difference.place.file)))),
    ]
    if let line = difference.place.line {
      members.append(JSONMember("line", JSONNode(.integer(line))))
    }
    if let column = difference.place.column {
      members.append(JSONMember("column", JSONNode(.integer(column))))
    }
    if let field = difference.place.field {
      members.append(JSONMember("field", JSONNode(.string(field))))
    }
    members += [
      JSONMember("token", JSONNode(.integer(difference.token))),
      JSONMember("exact", JSONNode(.bool(difference.isExact))),
      JSONMember("locked_tokens", JSONNode(.integer(difference.lockedTokens))),
      JSONMember("lost_tokens", JSONNode(.integer(difference.lostTokens))),
    ]
    if let locked = difference.locked {
      members.append(JSONMember("locked", JSONNode(Self.json(locked))))
    }
    if let now = difference.current { members.append(JSONMember("now", JSONNode(Self.json(now)))) }
    if let tokens = costs.tokensPerDay(difference) {
      members.append(JSONMember("tokens_per_day", JSONNode(.integer(tokens))))
    }
    if let price = costs.pricePerDay(difference), let prices = costs.prices {
      let amount = JSONNumber(
        spelling: ByteString(CheckCosts.amount(price.amount).filter { $0 != "," }))
      members.append(
        JSONMember(
          "cost_per_day",
          JSONNode(
            .object([
              "amount": .number(amount), "currency": .string(prices.currency),
              "prices_of": .string(price.model), "date": .string(prices.date),
            ]))))
    }
    return .object(members)
  }

  private static func json(_ excerpt: HeadDifference.Excerpt) -> JSONValue {
    .object([
      "before": .string(text(excerpt.before)),
      "token": excerpt.token.map { .integer(Int($0)) } ?? .null,
      "text": .string(text(excerpt.text)),
      "after": .string(text(excerpt.after)),
    ])
  }

  /// A token can be a part of a character: JSON takes whole ones.
  private static func text(_ bytes: ByteString) -> ByteString { ByteString(bytes.string) }
}
