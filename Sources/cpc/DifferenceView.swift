import Bytes
import PromptCompilation

/// A difference of two prompts for a terminal: what is shared, why they part, and the lines around it side
/// by side.
struct DifferenceView {
  /// The view, in UTF-8.
  private(set) var bytes: [UInt8] = []
  private let difference: PrefixDifference
  private let isColored: Bool
  private let columns: Int

  /// So many lines before the difference are shown, and so many from it on.
  private static let linesBefore = 3
  private static let linesBehind = 12
  private static let red = "\u{1B}[31m"
  private static let green = "\u{1B}[32m"
  private static let bold = "\u{1B}[1m"
  private static let reset = "\u{1B}[0m"

  init(_ difference: PrefixDifference, columns: Int, isColored: Bool) {
    self.difference = difference
    self.columns = columns
    self.isColored = isColored
    appendSummary()
    guard difference.relation != .equal else { return }
    append(side: "<", difference.first, Self.red)
    append(side: ">", difference.second, Self.green)
    appendLines()
  }

  private mutating func appendSummary() {
    let (first, second) = (difference.first.prompt, difference.second.prompt)
    let shared = difference.sharedTokens
    line("\(first.tokens.count) and \(second.tokens.count) tokens, the first \(shared) are shared")
    line(difference.reason, style: Self.bold)
    guard difference.relation == .differ else { return }
    var rest =
      "behind it: \(difference.first.remainingTokens) and \(difference.second.remainingTokens) tokens"
    if difference.sharedEndTokens > 0 {
      rest += ", the last \(difference.sharedEndTokens) of both are the same"
    }
    line(rest)
    if difference.movableTokens > 0 {
      line("\(difference.movableTokens) tokens there are blocks that both have")
    }
  }

  private mutating func append(
    side mark: String, _ side: PrefixDifference.Side, _ color: String
  ) {
    line("")
    let place = side.place.map(\.description)
    let isNamed = side.place?.file == side.prompt.name
    let heading =
      isNamed ? place : [side.prompt.name, place].compactMap { $0 }.joined(separator: ": ")
    line("\(mark) \(heading ?? "")", style: color)
    if let section = side.section { line("  in \(section.title)") }
    let shared = difference.sharedTokens
    guard let token = side.token else {
      line("  ends behind token \(shared)")
      return
    }
    line("  token \(shared): \(token) \(visible(side.prompt.piece(shared)))")
    let count = PrefixDifference.contextTokens
    let before = max(0, shared - count)..<shared
    let behind = shared..<min(shared + count, side.prompt.tokens.count)
    line(
      "  " + before.map { visible(side.prompt.piece($0)) }.joined(separator: "│") + "┃"
        + behind.map { visible(side.prompt.piece($0)) }.joined(separator: "│"))
  }

  private mutating func appendLines() {
    let (first, second) = (difference.first, difference.second)
    let comparison = LineComparison(first.prompt.text, second.prompt.text)
    guard let start = comparison.rows.firstIndex(where: { !$0.isSame }) else { return }
    let width = max((columns - 3) / 2, 8)
    let range =
      max(0, start - Self.linesBefore)..<min(comparison.rows.count, start + Self.linesBehind)
    line("")
    for index in range {
      let row = comparison.rows[index]
      let left = row.first.map { comparison.first[$0] } ?? []
      let right = row.second.map { comparison.second[$0] } ?? []
      // In the first row that differs the difference itself has to be seen.
      let skipped =
        index == start && row.first != nil && row.second != nil
        ? Self.skipped(left, right, width) : 0
      let mark =
        row.isSame ? "│" : row.second == nil ? "<" : row.first == nil ? ">" : "|"
      append(cell: left, skipped, width, row.isSame ? nil : Self.red, isPadded: true)
      append(" \(mark)")
      if right.contains(where: { $0 != UInt8(ascii: "\n") }) { append(" ") }
      append(cell: right, skipped, width, row.isSame ? nil : Self.green, isPadded: false)
      append("\n")
    }
    let more = comparison.rows.count - range.upperBound
    if more > 0 { line("\(more) more lines") }
  }

  /// How many bytes of both lines are left out so that what differs stands in the middle.
  private static func skipped(
    _ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>, _ width: Int
  ) -> Int {
    let common = zip(left, right).prefix { $0 == $1 }.count
    guard common > width * 2 / 3 else { return 0 }
    var start = common - width / 2
    while start > 0, left[left.startIndex + start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  /// Appends as much of a line as `width` columns hold.
  private mutating func append(
    cell text: ArraySlice<UInt8>, _ skipped: Int, _ width: Int, _ color: String?, isPadded: Bool
  ) {
    if isColored, let color { append(color) }
    var used = 0
    if skipped > 0, skipped < text.count {
      append("…")
      used = 1
    }
    for scalar in String(decoding: text.dropFirst(skipped), as: UTF8.self).unicodeScalars
    where scalar != "\n" {
      let shape = VisibleText(of: scalar == " " ? [] : Array(String(scalar).utf8))
      let columns = scalar == " " ? 1 : shape.width
      guard used + columns < width else {
        append("…")
        used += 1
        break
      }
      if scalar == " " { append(" ") } else { bytes += shape.bytes }
      used += columns
    }
    if isColored, color != nil { append(Self.reset) }
    if isPadded { append(String(repeating: " ", count: max(0, width - used))) }
  }

  private func visible(_ piece: ArraySlice<UInt8>) -> String {
    ByteString(VisibleText(of: piece).bytes).string
  }

  private mutating func append(_ text: String) {
    bytes += Array(text.utf8)
  }

  private mutating func line(_ text: String, style: String? = nil) {
    append(isColored && style != nil ? "\(style ?? "")\(text)\(Self.reset)\n" : text + "\n")
  }
}
