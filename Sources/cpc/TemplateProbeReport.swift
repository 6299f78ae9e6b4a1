import Bytes
import ChatTemplates
import OrderedJSON

/// What a probe found, as tables for people.
struct TemplateProbeReport {
  /// The lines.
  private(set) var lines: [String] = []

  init(_ findings: TemplateFindings, template: String, vocabulary: String?) {
    lines = [
      "template \(template), \(vocabulary.map { "vocabulary \($0)" } ?? "no vocabulary: bytes alone")"
    ]
    add(Self.slots(findings))
    add(Self.histories(findings))
    add(Self.arguments(findings))
    add(Self.facts(findings))
  }

  private mutating func add(_ table: TextTable) {
    lines += [""] + table.lines
  }

  private static func slots(_ findings: TemplateFindings) -> TextTable {
    var table = TextTable(["PART", "PLACE", "MOVES"])
    for (part, outcome) in findings.slots {
      switch outcome {
      case .found(let slot) where slot.place == .absent && !slot.moves:
        table.add([part.rawValue, "absent", ""])
      case .found(let slot):
        table.add([part.rawValue, words(slot.place.rawValue), slot.moves ? "yes" : "no"])
      case .refused(let refusal): table.add([part.rawValue, "refused: \(refusal.message)", ""])
      }
    }
    return table
  }

  private static func histories(_ findings: TemplateFindings) -> TextTable {
    var table = TextTable(["CONVERSATION", "APPEND-ONLY", "FIRST DIFFERENCE"])
    for (scenario, outcome) in findings.histories {
      let name = words(scenario.rawValue)
      switch outcome {
      case .refused(let refusal): table.add([name, "refused", refusal.message])
      case .found(let finding):
        guard let first = finding.firstBreak else {
          table.add([name, "yes", ""])
          continue
        }
        table.add([name, "no", "next \(words(first.step.rawValue)): \(text(first.difference))"])
      }
    }
    return table
  }

  private static func arguments(_ findings: TemplateFindings) -> TextTable {
    var table = TextTable(["ARGUMENT", "CHANGES", "FIRST DIFFERENCE"])
    for finding in findings.arguments {
      let values = finding.values.map {
        String(decoding: JSONWriter.write($0.value), as: UTF8.self)
      }
      table.add([
        "\(finding.name)=\(values.joined(separator: "|"))", words(finding.effect.region.rawValue),
        text(finding.effect.difference),
      ])
    }
    return table
  }

  private static func facts(_ findings: TemplateFindings) -> TextTable {
    var table = TextTable(["WHAT", "FOUND", "FIRST DIFFERENCE"])
    if let date = findings.date {
      table.add(["date", "changes \(words(date.region.rawValue))", text(date.difference)])
    } else {
      table.add(["date", "no effect", ""])
    }
    for order in findings.keyOrders {
      table.add([
        "key order of \(order.objects.rawValue)", order.difference == nil ? "no effect" : "matters",
        order.difference.map(text) ?? "",
      ])
    }
    for (role, finding) in findings.edges {
      table.add(["\(role) white space", finding.map(edges) ?? "not printed", ""])
    }
    let beginning = findings.beginning
    let emitter = beginning.isWritten ? "in the template" : "not in the template"
    table.add(["BOS", beginning.token.map { "\(emitter), \(quoted($0))" } ?? "no bos_token", ""])
    switch findings.generationPrompt {
    case .found(let prompt):
      let added = prompt.text.isEmpty ? "none" : "pure suffix \(quoted(prompt.text))"
      table.add([
        "generation prompt", prompt.isPureSuffix ? added : "rewrites what is before it",
        prompt.difference.map(text) ?? "",
      ])
    case .refused(let refusal): table.add(["generation prompt", "refused", refusal.message])
    }
    return table
  }
}

// MARK: - Words

extension TemplateProbeReport {
  private static func text(_ difference: TextDifference) -> String {
    let place = difference.token.map { "token \($0), byte \(difference.byte)" }
    return "\(place ?? "byte \(difference.byte)"): behind \(quoted(difference.before)), "
      + "\(quoted(difference.first)) becomes \(quoted(difference.second))"
  }

  private static func edges(_ finding: EdgeFinding) -> String {
    switch (finding.trimsStart, finding.trimsEnd) {
    case (false, false): "kept"
    case (true, true): "trimmed"
    case (true, false): "trimmed at the start"
    case (false, true): "trimmed at the end"
    }
  }

  private static func quoted(_ text: ByteString) -> String {
    var bytes: [UInt8] = []
    JSONWriter.appendQuoted(text.bytes, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func words(_ name: String) -> String {
    String(name.map { $0 == "_" ? " " : $0 })
  }
}
