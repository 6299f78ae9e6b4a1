import Bytes
import PromptCompilation

/// What the passes did to a prompt, as a table for people.
struct Explanation {
  /// The table, its lines separated by newlines.
  let text: String

  init(_ prompt: CompiledPrompt, plainTokenCount: Int?) {
    var lines = ["pass        tokens   change"]
    for record in prompt.passes {
      let after = record.tokensAfter.map(String.init) ?? ""
      let change = Self.difference(record)
      let shown = change == 0 ? "" : change > 0 ? "+\(change)" : String(change)
      lines.append(
        Self.padded(record.name.rawValue, to: 10) + Self.aligned(after, to: 8)
          + Self.aligned(shown, to: 9))
      lines += record.notes.map { "            \($0)" }
    }
    lines.append("")
    lines.append("section           tokens  from      to  stable")
    for section in prompt.seal.sections {
      let name = [section.kind.rawValue, section.label?.string].compactMap { $0 }
      lines.append(
        Self.padded(name.joined(separator: " "), to: 16)
          + Self.aligned(String(section.tokens.count), to: 8)
          + Self.aligned(String(section.tokens.start), to: 8)
          + Self.aligned(String(section.tokens.end), to: 8)
          + Self.aligned(String(section.stableEnd), to: 8))
    }
    lines.append("")
    let total = "\(prompt.tokens.count) tokens for \(prompt.model)"
    lines.append(plainTokenCount.map { "\(total), \($0) without cpc" } ?? total)
    text = lines.joined(separator: "\n")
  }

  private static func difference(_ record: PassRecord) -> Int {
    guard let before = record.tokensBefore, let after = record.tokensAfter else { return 0 }
    return after - before
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
  }

  private static func aligned(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
