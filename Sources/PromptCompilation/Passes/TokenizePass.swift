internal import Bytes
internal import ChatTemplates
internal import OrderedJSON
internal import Tokenization

/// Turns the text of the prompt into the tokens that the engine computes, and refuses text of the
/// user's that would become a token of the template's own.
struct TokenizePass: Pass {
  let name = PassName.tokenize

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    var prompt = prompt.addedTokens == nil ? try Self.checked(prompt, in: context) : prompt
    prompt.encoded = try Self.encoded(prompt, in: context)
    try checkLength(of: prompt, context)
    return prompt
  }

  /// The prompt with the added tokens in its text, if it has one.
  ///
  /// - Throws: `CompilationError` if some of them are the user's, and that is not allowed.
  static func checked(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    guard let rendered = prompt.rendered else { return prompt }
    var prompt = prompt
    let addedTokens = context.model.tokenizer.addedTokens(in: rendered.bytes)
    prompt.addedTokens = addedTokens
    prompt.templateTokens = withoutUserText(addedTokens.map(\.range), rendered)
    guard prompt.spec.policy.controlTokens != .keep else { return prompt }
    let check = ControlTokenCheck(prompt, rendered)
    guard check.errors.isEmpty else {
      var error = CompilationError(check.errors)
      error.controlTokenCount = check.errors.count
      throw error
    }
    prompt.warnings += check.warnings
    return prompt
  }

  /// The tokens of the text of a prompt; nil if it has none yet.
  static func encoded(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> EncodedText? {
    guard let rendered = prompt.rendered else { return nil }
    let anchors = prompt.anchors.filter { [.block, .earlierBlock].contains($0.kind) }
    let shown = Dictionary(
      prompt.blocks.lazy.filter { $0.referent == nil }.map { ($0.label, $0) },
      uniquingKeysWith: { first, _ in first })
    do {
      let encoder = try context.model.tokenizer.makeEncoder()
      return try context.blockTokens.tokens(
        of: rendered.bytes, blocks: anchors.map(\.bytes), using: encoder
      ) { place, bytes throws(TokenizerError) in
        let anchor = anchors[place]
        guard anchor.kind == .block, let block = anchor.label.flatMap({ shown[$0] }),
          bytes.hasBytes(of: block.shownFrame.bytes)
        else { return nil }
        return try context.tokens(of: block)
      }
    } catch {
      throw CompilationError(file: prompt.spec.name, message: error.description)
    }
  }

  /// The ranges that overlap no span of the request's own strings; both are in order.
  private static func withoutUserText(
    _ ranges: [ByteRange], _ rendered: RenderedPrompt
  ) -> [ByteRange] {
    var next = rendered.spans.startIndex
    return ranges.filter { range in
      while next < rendered.spans.endIndex, rendered.spans[next].outputRange.end <= range.start {
        next += 1
      }
      return next == rendered.spans.endIndex || !rendered.spans[next].outputRange.overlaps(range)
    }
  }

  private func checkLength(
    of prompt: PromptRepresentation, _ context: PassContext
  ) throws(CompilationError) {
    let count = prompt.encoded?.ids.count ?? 0
    guard let limit = context.model.profile.contextLength, count > limit else { return }
    var error = CompilationError(
      file: prompt.spec.name,
      message: "the prompt has \(count) tokens, \(count - limit) more than the context of "
        + "\(context.model.profile.name) (\(limit))")
    error.exceedsContext = true
    throw error
  }
}

/// Finds text of the user's that the tokenizer reads as an added token: an error if the token is
/// special (`<|im_end|>`), a warning if it is not (`<think>`). What an assistant said may hold its own
/// marks that are not special.
struct ControlTokenCheck {
  /// A diagnostic for each place of a special token.
  private(set) var errors: [Diagnostic] = []
  /// A diagnostic for each place of an added token that is not special.
  private(set) var warnings: [Diagnostic] = []

  init(_ prompt: PromptRepresentation, _ rendered: RenderedPrompt) {
    var next = rendered.spans.startIndex
    for (token, range) in prompt.addedTokens ?? [] {
      while next < rendered.spans.endIndex, rendered.spans[next].outputRange.end <= range.start {
        next += 1
      }
      guard next < rendered.spans.endIndex, rendered.spans[next].outputRange.overlaps(range)
      else { continue }
      let span = rendered.spans[next]
      if token.isSpecial {
        errors.append(diagnostic(token, range, span, prompt, rendered))
      } else if message(of: span, prompt, rendered)?.role != "assistant" {
        var warning = diagnostic(token, range, span, prompt, rendered)
        warning.severity = .warning
        warnings.append(warning)
      }
    }
  }

  private func diagnostic(
    _ token: AddedToken, _ range: ByteRange, _ span: RenderedSpan, _ prompt: PromptRepresentation,
    _ rendered: RenderedPrompt
  ) -> Diagnostic {
    let isEscaping = prompt.spec.policy.controlTokens == .escape
    let advice =
      "the model reads \(token.content) as a token of its own, not as text; remove it"
      + (isEscaping ? "" : ", or set \"policy\": {\"control_tokens\": \"escape\"}")
    for anchor in prompt.anchors where anchor.bytes.overlaps(range) {
      let offset = max(range.start - anchor.content.start, 0)
      switch anchor.kind {
      case .block, .reference:
        let label = anchor.label ?? ""
        let place = prompt.blocks.first { $0.label == label }.map { prompt.spec.blocks[$0.index] }
        return prompt.spec.diagnostic(
          at: place?.offset ?? 0, "block \"\(label)\", byte \(offset): \(advice)")
      case .query:
        return prompt.spec.diagnostic(
          at: prompt.spec.query?.offset ?? 0, "query, byte \(offset): \(advice)")
      case .system:
        return prompt.spec.diagnostic(
          at: prompt.spec.system?.offset ?? 0, "system, byte \(offset): \(advice)")
      case .turn, .earlierBlock, .tools, .annotation, .opening, .closing: break
      }
    }
    let message = message(of: span, prompt, rendered)
    var offset = prompt.spec.tools?.offset ?? 0
    if case .conversation(let index)? = message?.origin {
      offset = prompt.spec.conversation[index].offset
    }
    return prompt.spec.diagnostic(at: offset, "\(rendered.sources[span.source]): \(advice)")
  }

  private func message(
    of span: RenderedSpan, _ prompt: PromptRepresentation, _ rendered: RenderedPrompt
  ) -> PromptMessage? {
    guard rendered.sources.indices.contains(span.source),
      case .message(let index) = RenderedSources.Owner(rendered.sources[span.source]),
      prompt.messages.indices.contains(index)
    else { return nil }
    return prompt.messages[index]
  }
}
