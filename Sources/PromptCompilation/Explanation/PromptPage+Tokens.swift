internal import Bytes

extension PromptPage {
  /// The table of what was folded into what.
  mutating func appendLinks() {
    guard !links.links.isEmpty else { return }
    writer.markup(
      "<h2>References</h2>\n<div class=\"scroll\"><table><thead><tr><th scope=\"col\">in</th>"
        + "<th scope=\"col\">reference</th><th scope=\"col\">stands for text in</th>"
        + "<th scope=\"col\" class=\"number\">saves</th></tr></thead><tbody>\n")
    for (number, link) in links.links.enumerated() {
      writer.markup("<tr><td>")
      writer.text(prompt.sections.first { $0.tokens.end > link.tokens.start }?.title ?? "")
      writer.markup("</td><td class=\"mono\"><a href=\"#r\(number)\">")
      let bytes = prompt.start(ofToken: link.tokens.start)..<prompt.start(ofToken: link.tokens.end)
      writer.text(prompt.text[bytes].prefix { $0 != UInt8(ascii: "\n") })
      writer.markup("</a></td><td>")
      writer.markup(anchor(link))
      writer.text(prompt.sections[link.section].title)
      writer.markup(
        "</a></td><td class=\"number\">\(link.savedTokens.map(String.init) ?? "")</td></tr>\n")
    }
    writer.markup("</tbody></table></div>\n")
  }

  /// The beginning of a link to what a reference stands for.
  private func anchor(_ link: PromptLinks.Link, id: String = "") -> String {
    let target = link.target.map { " data-from=\"\($0.start)\" data-to=\"\($0.end)\"" } ?? ""
    return "<a class=\"ref\"\(id) href=\"#s\(link.section)\"\(target)>"
  }

  /// The text, section by section, each token in an element of its own.
  mutating func appendText() {
    writer.markup("<h2>Text</h2>\n<fieldset class=\"switches\"><legend>Show</legend>")
    for (name, text) in [
      ("edges", "tokens"), ("pages", "pages of \(pageSize)"), ("tint", "cached"),
    ] {
      if name == "pages", pageSize == 1 { continue }
      if name == "tint", cached == nil { continue }
      writer.markup(
        "<label><input type=\"checkbox\" id=\"\(name)\" checked=\"checked\"/> \(text)</label> ")
    }
    writer.markup(
      "</fieldset>\n<p class=\"quiet\">Point at a token for its id, or go to a text with Tab and from token to "
        + "token with the arrow keys.</p>\n")
    for (place, section) in prompt.sections.enumerated() { append(section, place) }
  }

  private mutating func append(_ section: Section, _ place: Int) {
    writer.markup(
      "<section class=\"part \(section.kind.rawValue)\" id=\"s\(place)\" data-n=\"\(place)\"><h3>")
    writer.text(section.title)
    writer.markup("</h3><p class=\"quiet\">")
    let count = section.tokens.count
    writer.text(
      "\(count) token\(count == 1 ? "" : "s"), \(section.tokens.start) to \(section.tokens.end); ")
    writer.text(
      section.stableEnd == section.tokens.end
        ? "stable to the end" : "stable to \(section.stableEnd), where a line marks it")
    if let source = prompt.place(of: section, at: section.content.start) {
      writer.text("; from \(source.description)")
    }
    let repeats = compiled.blocks.first { $0.label == section.label }?.repeats ?? []
    if section.kind == .block, !repeats.isEmpty {
      writer.text("; also " + repeats.map { "blocks[\($0)]" }.joined(separator: ", "))
    }
    writer.markup("</p>\n<div class=\"text\" tabindex=\"0\" role=\"group\" aria-label=\"")
    writer.text("Tokens of \(section.title)")
    writer.markup("\">")
    appendTokens(of: section)
    writer.markup("</div></section>\n")
  }

  /// Appends the tokens in runs: what is cached or not, what is a reference or not.
  private mutating func appendTokens(of section: Section) {
    var start = section.tokens.start
    let cachedEnd = cached?.tokens ?? 0
    while start < section.tokens.end {
      let number = links.links.firstIndex { $0.tokens.start <= start && start < $0.tokens.end }
      var end = section.tokens.end
      if let number {
        end = min(end, links.links[number].tokens.end)
      } else if let next = links.links.first(where: { $0.tokens.start > start }) {
        end = min(end, next.tokens.start)
      }
      let isCached = start < cachedEnd
      if isCached { end = min(end, cachedEnd) }
      if isCached { writer.markup("<span class=\"cached\">") }
      if let number {
        let isFirst = links.links[number].tokens.start == start
        writer.markup(anchor(links.links[number], id: isFirst ? " id=\"r\(number)\"" : ""))
      }
      for token in start..<end { append(token: token, stableEnd: section.stableEnd) }
      if number != nil { writer.markup("</a>") }
      if isCached { writer.markup("</span>") }
      start = end
    }
  }

  private mutating func append(token: Int, stableEnd: Int) {
    let isPage = pageSize > 1 && token % pageSize == 0
    switch (isPage, token == stableEnd) {
    case (false, false): writer.markup("<i>")
    case (true, false): writer.markup("<i class=\"p\">")
    case (false, true): writer.markup("<i class=\"s\">")
    case (true, true): writer.markup("<i class=\"p s\">")
    }
    writer.text(prompt.piece(token))
    writer.markup("</i>")
  }
}
