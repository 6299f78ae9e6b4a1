internal import Bytes
internal import TextProcessing

/// The rules about what the texts of the head say, which need no model.
struct TextLint {
  private(set) var findings: [LintFinding] = []
  private let spec: Spec
  private let volatileText: VolatileText

  /// - Throws: `PatternError` if the search in a text gives up.
  init(_ spec: Spec, _ volatileText: VolatileText) throws(PatternError) {
    self.spec = spec
    self.volatileText = volatileText
    for text in LintText.head(of: spec) where !text.isConstant {
      for match in try volatileText.matches(in: text.text.bytes, isDocument: text.block != nil) {
        findings.append(
          LintFinding(
            match.rule, spec.place(of: text, offset: match.range.start),
            "\(text.field): \"\(Self.shown(text.text.bytes, match.range))\" \(Self.reason(match.rule))"
          ))
      }
      if text.hasVariables { try checkVariables(text) }
    }
  }

  /// The most bytes of a match that a message shows.
  private static let shownLimit = 80

  /// A match, or its beginning.
  private static func shown(_ text: [UInt8], _ range: ByteRange) -> String {
    var end = min(range.end, range.start + shownLimit)
    while end > range.start, end < range.end, text[end] & 0xC0 == 0x80 { end -= 1 }
    let ellipsis = end < range.end ? "..." : ""
    return String(decoding: text[range.start..<end], as: UTF8.self) + ellipsis
  }

  /// What is wrong with a match, and what to do.
  private static func reason(_ rule: LintRule) -> String {
    let cost = "everything behind it is computed again then"
    switch rule {
    case .identifier:
      return
        "looks like the id of a request, a session or a user; \(cost). Put it into \"parameters\" or the "
        + "log, or into the query"
    case .host:
      return
        "names a machine, and each machine then has a prefix of its own. Leave it out, or put it into the "
        + "query"
    case .counter:
      return
        "looks like a counter; \(cost). Put it into the query, behind the blocks, or leave it out"
    case .randomText:
      return "looks random, as nonces and keys are; \(cost). Leave it out, or put it into the query"
    default:
      return
        "looks like the date or time of the request; \(cost). Put it into the query, behind the blocks, or "
        + "leave it out"
    }
  }

  private mutating func checkVariables(_ text: LintText) throws(PatternError) {
    for (name, offset) in Variable.references(in: text.text) {
      let value = spec.variables.last { $0.name == name }?.value
      let problem: String
      if let value {
        if Self.soundsVolatile(name) {
          problem = "sounds as if it changed"
        } else if try !volatileText.matches(in: value.bytes, isDocument: false).isEmpty {
          let shown = Self.shown(value.bytes, ByteRange(0, value.count))
          problem = "stands for \"\(shown)\", which looks as if it changed"
        } else {
          continue
        }
      } else {
        problem = "has no value in the spec, so each request brings its own"
      }
      findings.append(
        LintFinding(
          .variable, spec.place(of: text, offset: offset),
          "\(text.field): ${\(name)} \(problem); everything behind it is computed again then. Move it into the "
            + "query, or write what never changes in its place"))
    }
  }

  /// Words for what changes, wherever they stand in a name.
  private static let volatileWords = [
    "user", "username", "customer", "visitor", "tenant", "session", "request", "conversation",
    "today", "now",
    "current",
  ]
  /// Words for what changes at the end of a name: `date`, but not `date_format`.
  private static let volatileEnds = [
    "date", "time", "datetime", "day", "weekday", "timestamp", "id", "uuid", "guid", "host",
    "hostname",
    "counter", "seed", "nonce", "random",
  ]

  /// Whether a part of a variable's name, between `_` or capitals, is a word for what changes.
  private static func soundsVolatile(_ name: ByteString) -> Bool {
    var parts: [[UInt8]] = [[]]
    var wasCapital = false
    for byte in name.bytes {
      let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      if byte == UInt8(ascii: "_") || (isCapital && !wasCapital) { parts.append([]) }
      if byte != UInt8(ascii: "_") { parts[parts.count - 1].append(isCapital ? byte | 0x20 : byte) }
      wasCapital = isCapital
    }
    let words = parts.map { String(decoding: $0, as: UTF8.self) }
    return words.contains(where: volatileWords.contains)
      || words.last.map(volatileEnds.contains) == true
  }
}
