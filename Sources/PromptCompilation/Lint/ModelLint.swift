internal import Bytes
internal import OrderedJSON
internal import Tokenization

/// The rules that ask the model's tokenizer and chat template.
struct ModelLint {
  private let compiler: PromptCompiler
  private let provider: PriceList.Entry?

  init(_ compiler: PromptCompiler, provider: PriceList.Entry?) {
    self.compiler = compiler
    self.provider = provider
  }

  /// What is found in a spec.
  ///
  /// - Throws: `CompilationError` if the spec cannot be compiled for the model.
  func findings(in spec: Spec) throws(CompilationError) -> [LintFinding] {
    let usable = Self.withValues(spec)
    let head = try compiler.head(of: usable)
    var findings = controlTokens(in: spec)
    if let edges = TextEdges(usable) {
      findings += try trimmedSpace(edges, head)
      if let finding = try unstableEnd(edges, head) { findings.append(finding) }
    }
    if let finding = try rewrittenHistory(usable) { findings.append(finding) }
    if head.printedClock != nil {
      let node = spec.json?["model"] ?? spec.json
      findings.append(
        LintFinding(
          .templateDate, spec.place(at: node?.offset ?? 0, "model"),
          "model: its chat template \(head.template.name) prints today's date, and no argument pins it: each "
            + "day begins with an empty cache. Give the engine a template that takes the date as an argument, "
            + "or one without it"))
    }
    if let provider, let minimum = provider.minimumTokens, head.tokens.count < minimum {
      findings.append(
        LintFinding(
          .shortHead, spec.place(at: spec.system?.offset ?? 0, "system"),
          "system: the head has \(head.tokens.count) tokens, and \(provider.name) caches a prefix of \(minimum) or "
            + "more. Pin blocks that all requests share first, or expect no hit"))
    }
    return findings.map { finding in
      var finding = finding
      finding.models = [compiler.model.profile.name]
      return finding
    }
  }

  /// The spec with a value for each variable, and with control tokens let through: those are findings.
  private static func withValues(_ spec: Spec) -> Spec {
    var spec = spec
    spec.policy.controlTokens = .keep
    let texts =
      (spec.system?.texts ?? []) + (spec.query?.texts ?? []) + spec.blocks.compactMap(\.title)
    for (name, _) in texts.flatMap(Variable.references)
    where !spec.variables.contains(where: { $0.name == name }) {
      spec.variables.append(Variable(name: name, value: "x"))
    }
    return spec
  }

  private func controlTokens(in spec: Spec) -> [LintFinding] {
    guard spec.policy.controlTokens == .error else { return [] }
    return (LintText.head(of: spec) + LintText.body(of: spec)).flatMap { text in
      let tokens = compiler.model.tokenizer.addedTokens(in: text.text.bytes)
      return tokens.filter(\.token.isSpecial).map { token, range in
        LintFinding(
          .controlToken, spec.place(of: text, offset: range.start),
          "\(text.field), byte \(range.start): the model reads \(token.content) as a token of its own, not as "
            + "text. Remove it, or set \"policy\": {\"control_tokens\": \"escape\"}")
      }
    }
  }

  /// White space at the edges of the system text without which the head is the same.
  private func trimmedSpace(
    _ edges: TextEdges, _ head: PromptHead
  ) throws(CompilationError) -> [LintFinding] {
    let text = edges.text.text.bytes
    let sides = [
      ("beginning", ByteRange(0, edges.leading)),
      ("end", ByteRange(text.count - edges.trailing, text.count)),
    ]
    var findings: [LintFinding] = []
    for (side, range) in sides where range.start < range.end {
      let trimmed = Array(text[..<range.start] + text[range.end...])
      let other = try compiler.head(of: edges.replacing(by: trimmed))
      guard other.text == head.text, other.tokens == head.tokens else { continue }
      findings.append(
        LintFinding(
          .trimmedSpace, edges.spec.place(of: edges.text, offset: range.start),
          "\(edges.text.field): the chat template trims the white space at its \(side), so it separates nothing. "
            + "Take it out of the text",
          fix: edges.edit(range, by: [])))
    }
    return findings
  }

  /// The end of the system text, if a line break there would keep its last tokens.
  private func unstableEnd(
    _ edges: TextEdges, _ head: PromptHead
  ) throws(CompilationError) -> LintFinding? {
    guard let section = head.sections.first(where: { $0.kind == .system }),
      section.stableEnd < section.tokens.end
    else { return nil }
    let text = edges.text.text.bytes
    let newline: [UInt8] = [UInt8(ascii: "\n")]
    for range in [
      ByteRange(text.count, text.count), ByteRange(text.count - edges.trailing, text.count),
    ] {
      let other = try compiler.head(of: edges.replacing(by: Array(text[..<range.start]) + newline))
      guard let mended = other.sections.first(where: { $0.kind == .system }),
        mended.stableEnd == mended.tokens.end, other.text != head.text
      else { continue }
      let space = range.start < range.end ? " in place of the white space" : ""
      return LintFinding(
        .unstableBoundary, edges.spec.place(of: edges.text, offset: range.start),
        "\(edges.text.field): the chat template puts no token of its own behind it, so that what follows can "
          + "change its last tokens. End the text with a line break\(space): "
          + "\"...\(edges.ending(before: range.start))\\n\"",
        fix: edges.edit(range, by: newline))
    }
    return nil
  }

  private func rewrittenHistory(_ spec: Spec) throws(CompilationError) -> LintFinding? {
    guard spec.conversation.contains(where: { $0.role != "system" && $0.role != "developer" })
    else {
      return nil
    }
    var spec = spec
    spec.blocks.removeAll { $0.pin != .first }
    spec.policy.budget = nil
    let prompt = try compiler.compile(spec)
    let end = prompt.seal.sections.last { $0.kind == .closing }?.content.start ?? prompt.text.count
    guard case .rewrites(let rewrite)? = prompt.nextTurn, rewrite.difference.byte < end else {
      return nil
    }
    return LintFinding(
      .rewrittenHistory, spec.place(at: spec.conversation[0].offset, "conversation"),
      "conversation: \(prompt.seal.template) changes it from token \(rewrite.token) on when the user goes on: "
        + "\(rewrite.recomputedTokens) tokens are computed again at each turn. `cpc template probe --model "
        + "\(compiler.model.profile.name)` shows what changes, and which arguments keep it")
  }
}
