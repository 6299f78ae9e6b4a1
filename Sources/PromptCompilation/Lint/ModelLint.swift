internal import Bytes
internal import Tokenization

/// The rules that ask the model's tokenizer and chat template.
struct ModelLint {
  private let compiler: PromptCompiler
  private let provider: PriceList.Entry?

  init(_ compiler: PromptCompiler, provider: PriceList.Entry?) {
    self.compiler = compiler
    self.provider = provider
  }

  func findings(in spec: Spec) throws(CompilationError) -> [LintFinding] {
    let usable = Self.withValues(spec)
    let head = try compiler.head(of: usable)
    var findings = controlTokens(in: spec)
    findings += unstableBoundaries(of: head)
    if let finding = trimmedSpace(head) { findings.append(finding) }
    if let finding = try rewrittenHistory(usable) { findings.append(finding) }
    if let clock = head.printedClock {
      findings.append(
        LintFinding(
          rule: .templateDate, place: head.place(ofField: nil),
          message:
            "\(head.template.name) prints the date (here \(clock.description)), and no argument "
            + "pins it: each day begins with an empty cache. Give the engine a template that takes the "
            + "date as an argument, or one without it"))
    }
    if let minimum = provider?.minimumTokens, head.tokens.count < minimum {
      findings.append(
        LintFinding(
          rule: .shortHead, place: head.place(ofField: nil),
          message:
            "the head has \(head.tokens.count) tokens, and \(provider?.name ?? "") caches a prefix "
            + "of \(minimum) or more. Pin blocks that all requests share first, or do not mark it"))
    }
    return findings
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
    return LintText.all(of: spec).flatMap { text in
      let tokens = compiler.model.tokenizer.addedTokens(in: text.text.bytes).filter(
        \.token.isSpecial)
      return tokens.map { token, range in
        LintFinding(
          rule: .controlToken, place: spec.place(of: text, offset: range.start),
          message:
            "\(text.field), byte \(range.start): the model reads \(token.content) as a token of "
            + "its own, not as text. Remove it, or set \"policy\": {\"control_tokens\": \"escape\"}"
        )
      }
    }
  }

  private func unstableBoundaries(of head: PromptHead) -> [LintFinding] {
    head.sections.filter { $0.field != nil && $0.stableEnd < $0.tokens.end }.map { section in
      let field = section.field ?? ""
      let end = max(section.bytes.end - 1, section.bytes.start)
      var place = head.place(ofByte: end)
      if place.field == nil { place = head.place(ofField: field) }
      return LintFinding(
        rule: .unstableBoundary, place: place,
        message: "\(field): for \(head.model) what follows can change its last "
          + "\(section.tokens.end - section.stableEnd) tokens. End the text with a line break, and begin "
          + "what follows with neither white space nor a letter")
    }
  }

  private func trimmedSpace(_ head: PromptHead) -> LintFinding? {
    guard let system = head.spec.system, let text = system.texts.first, system.texts.count == 1,
      let source = head.rendered.sources.firstIndex(of: "messages[0].content")
    else { return nil }
    let spans = head.rendered.spans.filter { $0.source == source && $0.isVerbatim }
    guard let first = spans.first, let last = spans.last else { return nil }
    let space = text.bytes.prefix { $0 <= 0x20 }.count
    let trailing = text.bytes.reversed().prefix { $0 <= 0x20 }.count
    let isCut = first.sourceRange.start > 0 && space > 0
    let isCutBehind = trailing > 0 && last.sourceRange.end < text.count
    guard isCut || isCutBehind else { return nil }
    return LintFinding(
      rule: .trimmedSpace,
      place: head.place(ofField: "system"),
      message: "system: \(head.template.name) trims the white space at its "
        + (isCut ? "beginning" : "end") + ", so it separates nothing. Take it out of the text")
  }

  private func rewrittenHistory(_ spec: Spec) throws(CompilationError) -> LintFinding? {
    guard !spec.conversation.isEmpty else { return nil }
    var spec = spec
    spec.blocks.removeAll { $0.pin != .first }
    let prompt = try compiler.compile(spec)
    let end = prompt.seal.sections.last { $0.kind == .closing }?.content.start ?? prompt.text.count
    guard case .rewrites(let rewrite)? = prompt.nextTurn, rewrite.difference.byte < end else {
      return nil
    }
    return LintFinding(
      rule: .rewrittenHistory, place: spec.place(at: spec.conversation[0].offset, "conversation"),
      message:
        "conversation: \(prompt.seal.template) changes it from token \(rewrite.token) on when the "
        + "user goes on: \(rewrite.recomputedTokens) tokens are computed again. `cpc template probe` "
        + "shows which arguments keep it")
  }
}
