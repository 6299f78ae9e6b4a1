internal import Bytes

/// A page that shows where and why two prompts part. It needs nothing but itself.
public struct DifferencePage {
  /// The page, HTML in UTF-8.
  public var bytes: [UInt8] { writer.bytes }
  private let difference: PrefixDifference
  private var writer = PageWriter()

  /// So many lines that are the same stand open beside lines that differ.
  private static let openLines = 4
  /// So many tokens are shown on each side of the difference.
  private static let contextTokens = 16

  /// Draws the page.
  ///
  /// - Complexity: linear in the text, and see `LineComparison`.
  public init(_ difference: PrefixDifference) {
    self.difference = difference
    let (first, second) = (difference.first.prompt, difference.second.prompt)
    writer.begin(title: "\(first.name) and \(second.name): cpc diff", style: Self.style)
    writer.markup("<main id=\"main\">\n<h1>")
    writer.text(difference.reason.prefix(1).uppercased() + difference.reason.dropFirst())
    writer.markup("</h1>\n<p>Of ")
    writer.text("\(first.tokens.count) and \(second.tokens.count) tokens the first ")
    writer.element("strong", String(difference.sharedTokens))
    writer.text(" are shared.")
    if difference.sharedEndTokens > 0 {
      writer.text(" The last \(difference.sharedEndTokens) are the same too.")
    }
    if difference.movableTokens > 0 {
      writer.text(
        " Of what follows, \(difference.movableTokens) tokens are blocks that both have.")
    }
    writer.markup("</p>\n")
    appendBars()
    appendSides()
    appendLines()
    writer.markup("</main>\n")
    writer.end(script: Self.script)
  }

  /// Two bars on one scale: what is shared, what differs, what is the same at the end.
  private mutating func appendBars() {
    let scale = max(
      difference.first.prompt.tokens.count, difference.second.prompt.tokens.count, 1)
    writer.markup("<div class=\"bars\">\n")
    for (side, name) in [(difference.first, "first"), (difference.second, "second")] {
      let total = side.prompt.tokens.count
      let own = total - difference.sharedTokens - difference.sharedEndTokens
      writer.markup("<div class=\"row\"><span class=\"name mono\">")
      writer.text(side.prompt.name)
      writer.markup("</span><span class=\"bar\" role=\"img\" aria-label=\"")
      writer.text(
        "\(difference.sharedTokens) tokens shared, \(own) of its own, "
          + "\(difference.sharedEndTokens) the same at the end")
      writer.markup("\">")
      let parts = [
        ("shared", difference.sharedTokens), (name, own), ("tail", difference.sharedEndTokens),
      ]
      for (kind, count) in parts where count > 0 {
        let share = Double(count) / Double(scale) * 100
        writer.markup("<span class=\"\(kind)\" style=\"width:\(share)%\"></span>")
      }
      writer.markup("</span></div>\n")
    }
    writer.markup(
      "<p class=\"quiet\"><span class=\"key shared\"></span> shared "
        + "<span class=\"key first\"></span> only the first <span class=\"key second\"></span> only the second "
        + "<span class=\"key tail\"></span> the same, but behind the difference</p>\n</div>\n")
  }

  private mutating func appendSides() {
    writer.markup("<h2>The first token that differs</h2>\n<div class=\"sides\">\n")
    for (side, name) in [(difference.first, "first"), (difference.second, "second")] {
      writer.markup("<section class=\"side \(name)\">\n")
      writer.element("h3 class=\"mono\"", side.prompt.name)
      writer.markup("<dl>\n")
      if let place = side.place { item("Place", place.description) }
      if let section = side.section { item("Section", section.title) }
      let shared = difference.sharedTokens
      item("Token", side.token.map { "\(shared), id \($0)" } ?? "ends behind token \(shared)")
      item("From there", "\(side.remainingTokens) tokens")
      writer.markup("</dl>\n<p class=\"pieces\">")
      let tokens = side.prompt.tokens.indices
      let range = (shared - Self.contextTokens)..<(shared + Self.contextTokens)
      for index in range.clamped(to: tokens) {
        let tag = index == shared ? "mark" : "span"
        let name = index < shared ? " class=\"known\"" : ""
        writer.markup("<\(tag)\(name) title=\"\(index): \(side.prompt.tokens[index])\">")
        writer.text(side.prompt.piece(index))
        writer.markup("</\(tag)>")
      }
      writer.markup("</p>\n</section>\n")
    }
    writer.markup("</div>\n")
  }

  private mutating func item(_ name: String, _ value: String) {
    writer.element("dt", name)
    writer.element("dd", value)
    writer.markup("\n")
  }

  private mutating func appendLines() {
    let comparison = LineComparison(difference.first.prompt.text, difference.second.prompt.text)
    let rows = comparison.rows
    writer.markup(
      "<h2>The lines side by side</h2>\n<p class=\"quiet\">Lines that are the same are folded: open "
        + "them with a click. With <kbd>n</kbd> and <kbd>p</kbd> to the next and the previous difference.</p>\n"
        + "<div class=\"lines\" role=\"group\" aria-label=\"Lines side by side\">\n")
    var start = 0
    while start < rows.count {
      let isSame = rows[start].isSame
      let end = rows[start...].firstIndex { $0.isSame != isSame } ?? rows.count
      if isSame {
        appendSame(start..<end, comparison)
      } else {
        writer.markup(
          "<div class=\"change\" role=\"group\" aria-label=\"Lines that differ\" tabindex=\"-1\">\n"
        )
        for index in start..<end { append(rows[index], comparison) }
        writer.markup("</div>\n")
      }
      start = end
    }
    writer.markup("</div>\n")
  }

  /// Rows that are the same: those far from a difference are folded.
  private mutating func appendSame(_ range: Range<Int>, _ comparison: LineComparison) {
    let rows = comparison.rows
    let lower = range.lowerBound == 0 ? 0 : range.lowerBound + Self.openLines
    let upper = range.upperBound == rows.count ? rows.count : range.upperBound - Self.openLines
    guard upper - lower > 1 else {
      for index in range { append(rows[index], comparison) }
      return
    }
    for index in range.lowerBound..<lower { append(rows[index], comparison) }
    writer.markup("<details><summary>\(upper - lower) lines that are the same</summary>\n")
    for index in lower..<upper { append(rows[index], comparison) }
    writer.markup("</details>\n")
    for index in upper..<range.upperBound { append(rows[index], comparison) }
  }

  private mutating func append(_ row: LineComparison.Row, _ comparison: LineComparison) {
    let left = row.first.map { comparison.first[$0] }
    let right = row.second.map { comparison.second[$0] }
    writer.markup("<div class=\"pair\(row.isSame ? "" : " other")\">")
    var bounds: (start: Int, end: Int)?
    if !row.isSame, let left, let right { bounds = Self.common(left, right) }
    // Screen readers say what is deleted and what is inserted, and what is the same once.
    cell(left, number: row.first, bounds, row.isSame ? "span" : "del", " class=\"cell first\"")
    let hidden = row.isSame ? " aria-hidden=\"true\"" : ""
    cell(
      right, number: row.second, bounds, row.isSame ? "span" : "ins",
      " class=\"cell second\"\(hidden)")
    writer.markup("</div>\n")
  }

  private mutating func cell(
    _ line: ArraySlice<UInt8>?, number: Int?, _ bounds: (start: Int, end: Int)?, _ tag: String,
    _ attributes: String
  ) {
    guard var text = line, let number else {
      writer.markup("<span class=\"cell none\"></span>")
      return
    }
    if text.last == UInt8(ascii: "\n") { text = text.dropLast() }
    writer.markup("<\(tag)\(attributes) data-n=\"\(number + 1)\">")
    if let bounds {
      let end = max(text.count - bounds.end, bounds.start)
      writer.text(text.prefix(bounds.start))
      writer.markup("<em>")
      writer.text(text.dropFirst(bounds.start).prefix(end - bounds.start))
      writer.markup("</em>")
      writer.text(text.dropFirst(end))
    } else {
      writer.text(text)
    }
    writer.markup("</\(tag)>")
  }

  /// How many bytes of two lines are the same at the beginning and at the end, in whole characters.
  private static func common(
    _ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>
  ) -> (start: Int, end: Int) {
    func withoutNewline(_ line: ArraySlice<UInt8>) -> [UInt8] {
      Array(line.last == UInt8(ascii: "\n") ? line.dropLast() : line)
    }
    let (one, two) = (withoutNewline(left), withoutNewline(right))
    func isInside(_ line: [UInt8], _ offset: Int) -> Bool {
      line.indices.contains(offset) && line[offset] & 0xC0 == 0x80
    }
    var start = zip(one, two).prefix { $0 == $1 }.count
    while start > 0, isInside(one, start) || isInside(two, start) { start -= 1 }
    var end = zip(one.reversed(), two.reversed()).prefix { $0 == $1 }
      .prefix(min(one.count, two.count) - start).count
    while end > 0, isInside(one, one.count - end) { end -= 1 }
    return (start, end)
  }
}
