internal import Bytes
internal import OrderedJSON

/// A page that shows a compiled prompt: its sections, its tokens, what is cached, what the passes did. It
/// needs nothing but itself.
public struct PromptPage {
  /// What is believed to be cached of a prompt.
  public struct Cached: Sendable {
    /// The tokens from the first on that can be reused.
    public let tokens: Int
    /// What to say of it, and of the prompt that was sent before.
    public let notes: [String]

    /// Puts the two together.
    public init(tokens: Int, notes: [String]) {
      self.tokens = tokens
      self.notes = notes
    }
  }

  /// The page, HTML in UTF-8.
  public var bytes: [UInt8] { writer.bytes }
  let prompt: TokenizedPrompt
  let compiled: CompiledPrompt
  let links: PromptLinks
  let cached: Cached?
  let pageSize: Int
  var writer = PageWriter()

  /// Draws the page of a compiled prompt; nil for a prompt that was not compiled.
  ///
  /// - Parameters:
  ///   - plainTokenCount: the tokens of the plain rendering.
  ///   - pageSize: the tokens that an engine gives up at once; 1 shows no pages.
  ///   - cached: what is believed to be cached; nil if nothing is known.
  ///   - turns: the turns of the conversation.
  public init?(
    _ prompt: TokenizedPrompt, plainTokenCount: Int?, pageSize: Int, cached: Cached?,
    turns: [TurnShare]
  ) {
    guard let compiled = prompt.compiled else { return nil }
    self.prompt = prompt
    self.compiled = compiled
    self.cached = cached
    self.pageSize = max(pageSize, 1)
    links = PromptLinks(prompt)
    writer.begin(title: "\(prompt.name): cpc explain", style: Self.style)
    writer.markup("<main id=\"main\">\n")
    appendSummary(plainTokenCount)
    appendBar()
    appendCached()
    appendTurns(turns)
    appendPasses()
    appendLinks()
    appendText()
    writer.markup("</main>\n")
    writer.element("div id=\"status\" role=\"status\"", "")
    writer.markup("\n")
    writer.script(json: data)
    writer.end(script: Self.script)
  }

  /// What the script needs: where sections begin, and the ids.
  private var data: [UInt8] {
    var json = JSONWriter()
    json.write(raw: "{\"page\":")
    json.write(.integer(pageSize))
    json.write(raw: ",\"starts\":")
    json.write(.array(of: prompt.sections.map { .integer($0.tokens.start) }))
    json.write(raw: ",\"ids\":")
    json.write(tokens: prompt.tokens)
    json.write(raw: "}")
    return json.bytes
  }

  private mutating func appendSummary(_ plainTokenCount: Int?) {
    writer.element("h1 class=\"mono\"", prompt.name)
    writer.markup("<p><strong>\(prompt.tokens.count)</strong> tokens for ")
    writer.element("strong", compiled.model.string)
    if let plainTokenCount { writer.text(", \(plainTokenCount) without cpc") }
    writer.text(
      ". Template \(compiled.seal.template), vocabulary \(compiled.seal.vocabulary).")
    writer.markup("</p>\n")
    let notes = compiled.seal.reasons + compiled.warnings.map(\.description)
    appendNotes(notes)
  }

  mutating func appendNotes(_ notes: [String]) {
    guard !notes.isEmpty else { return }
    writer.markup("<ul class=\"notes\">")
    for note in notes { writer.element("li", note) }
    writer.markup("</ul>\n")
  }

  private mutating func appendBar() {
    let total = max(prompt.tokens.count, 1)
    writer.markup("<h2>Sections</h2>\n<nav aria-label=\"Sections\"><ol class=\"bar\">\n")
    for (place, section) in prompt.sections.enumerated() where section.tokens.count > 0 {
      writer.markup(
        "<li class=\"\(section.kind.rawValue)\" style=\"flex-grow:\(section.tokens.count)\">"
          + "<a href=\"#s\(place)\" title=\"")
      let name =
        "\(section.title): \(section.tokens.count) tokens, \(section.tokens.start) to \(section.tokens.end)"
      writer.text(name)
      writer.markup("\"><span>")
      writer.text(section.title)
      writer.markup("</span></a></li>\n")
    }
    writer.markup("</ol></nav>\n")
    if let cached {
      let share = Double(min(cached.tokens, total)) / Double(total) * 100
      writer.markup(
        "<div class=\"reuse\" role=\"img\" aria-label=\"\(cached.tokens) of \(total) tokens are believed "
          + "to be cached\"><span style=\"width:\(share)%\"></span></div>\n")
    }
    writer.markup("<p class=\"quiet\">")
    var kinds: [Section.Kind] = []
    for section in prompt.sections where !kinds.contains(section.kind) {
      kinds.append(section.kind)
    }
    for kind in kinds {
      writer.markup("<span class=\"key \(kind.rawValue)\"></span> \(kind.rawValue) ")
    }
    writer.markup("</p>\n")
  }

  private mutating func appendCached() {
    guard let cached else { return }
    writer.markup("<h2>Cache</h2>\n")
    for note in cached.notes {
      writer.element("p", note)
      writer.markup("\n")
    }
  }

  private mutating func appendTurns(_ turns: [TurnShare]) {
    guard !turns.isEmpty else { return }
    let scale = max(
      turns.map { max($0.tokens, $0.sharedTokens + $0.recomputedTokens) }.max() ?? 1, 1)
    writer.markup(
      "<h2>Turns</h2>\n<p class=\"quiet\">The prompt of each turn under the one before. "
        + "<span class=\"key shared\"></span> what it shares with it <span class=\"key fresh\"></span> what is "
        + "computed</p>\n<table class=\"turns\"><thead><tr><th scope=\"col\">turn</th>"
        + "<th scope=\"col\">shared, computed</th><th scope=\"col\" class=\"number\">tokens</th>"
        + "<th scope=\"col\" class=\"number\">shared</th><th scope=\"col\" class=\"number\">again</th>"
        + "</tr></thead><tbody>\n")
    for turn in turns {
      func width(_ tokens: Int) -> Double { Double(tokens) / Double(scale) * 100 }
      writer.markup("<tr><th scope=\"row\">")
      if let place = turn.turn {
        writer.markup(hasSection(ofTurn: place) ?? "turn \(place)")
      } else {
        writer.text("this request")
      }
      writer.markup(
        "</th><td><span class=\"share\"><span class=\"shared\" style=\"width:\(width(turn.sharedTokens))%\">"
          + "</span><span class=\"fresh\" style=\"width:\(width(turn.tokens - turn.sharedTokens))%\"></span>"
          + "</span></td><td class=\"number\">\(turn.tokens)</td><td class=\"number\">\(turn.sharedTokens)</td>"
          + "<td class=\"number\">\(turn.recomputedTokens)</td></tr>\n")
    }
    writer.markup(
      "</tbody></table>\n<p class=\"quiet\">Again: tokens of the prompt before that the template changes, "
        + "or that stand elsewhere now.</p>\n")
  }

  /// A link to the section of a turn; nil if it has none.
  private func hasSection(ofTurn turn: Int) -> String? {
    prompt.sections.firstIndex { $0.kind == .turn && $0.label?.string == String(turn) }
      .map { "<a href=\"#s\($0)\">turn \(turn)</a>" }
  }

  private mutating func appendPasses() {
    writer.markup(
      "<h2>Passes</h2>\n<div class=\"scroll\"><table><thead><tr><th scope=\"col\">pass</th>"
        + "<th scope=\"col\" class=\"number\">before</th><th scope=\"col\" class=\"number\">after</th>"
        + "<th scope=\"col\" class=\"number\">change</th><th scope=\"col\">what it did</th></tr></thead><tbody>\n"
    )
    for record in compiled.passes {
      writer.markup("<tr><th scope=\"row\">\(record.name.rawValue)</th>")
      var change = ""
      if let before = record.tokensBefore, let after = record.tokensAfter, before != after {
        change = after > before ? "+\(after - before)" : "\u{2212}\(before - after)"
      }
      for number in [
        record.tokensBefore.map(String.init), record.tokensAfter.map(String.init), change,
      ] {
        writer.element("td class=\"number\"", number ?? "")
      }
      writer.markup("<td>")
      appendNotes(record.notes)
      writer.markup("</td></tr>\n")
    }
    writer.markup("</tbody></table></div>\n")
  }
}
