internal import Bytes
internal import ChatTemplates
internal import TextProcessing
internal import Tokenization

/// Cuts the prompt into sections at token boundaries, finds how far each is stable, and chains the
/// prefixes.
struct SealPass: Pass {
  let name = PassName.seal

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    guard let text = prompt.rendered?.bytes, let encoded = prompt.encoded else { return prompt }
    var prompt = prompt
    let cutter = SectionCutter(
      anchors: prompt.anchors, addedTokens: prompt.templateTokens, encoded: encoded,
      length: text.count)
    let cuts = cutter.cuts()
    var sections = cutter.sections(cuts)
    let ends = cuts.dropFirst().map(\.start) + [text.count]
    do {
      try chain(&sections, endingAt: ends, text, encoded, context.model.tokenizer, prompt)
    } catch {
      throw CompilationError(file: prompt.spec.name, message: error.description)
    }
    let reasons = Self.reasonsForInexactness(prompt)
    let template = context.model.templates.template(hasTools: prompt.spec.hasTools)
    prompt.seal = Seal(
      vocabulary: context.model.tokenizer.vocabulary.name,
      vocabularyDigest: context.model.tokenizer.vocabulary.digest,
      template: template.name, templateDigest: template.digest,
      clock: prompt.printedClock, icuVersion: Normalizer.version, isExact: reasons.isEmpty,
      reasons: reasons,
      tokenCount: encoded.ids.count, sections: sections)
    if context.comparesNextTurn {
      try compareNextTurn(of: &prompt, template, context.model.tokenizer)
    }
    return prompt
  }

  /// Finds out what becomes of the prompt when the user goes on. What changes earlier messages is worth a
  /// warning; another end, such as an empty frame for reasoning, is only noted.
  private func compareNextTurn(
    of prompt: inout PromptRepresentation, _ template: ModelTemplate, _ tokenizer: Tokenizer
  ) throws(CompilationError) {
    guard let request = prompt.request, let text = prompt.rendered?.bytes,
      let tokens = prompt.encoded?.ids
    else { return }
    do {
      prompt.nextTurn = try NextTurn(after: request, text, tokens, template.template, tokenizer)
    } catch {
      throw CompilationError(file: prompt.spec.name, message: error.description)
    }
    guard case .rewrites(let rewrite)? = prompt.nextTurn else { return }
    let message = rewrite.description(template.name, of: tokens.count)
    let end = prompt.seal?.sections.last { $0.kind == .closing }?.content.start ?? text.count
    if rewrite.difference.byte < end {
      prompt.warnings.append(Diagnostic(.warning, file: prompt.spec.name, message: message))
    } else {
      prompt.notes.append(message)
    }
  }

  /// Fills in where each section is stable, and the prefix chain there. A section that was to end
  /// inside a token is judged by where it was to end.
  private func chain(
    _ sections: inout [Section], endingAt ends: [Int], _ text: [UInt8], _ encoded: EncodedText,
    _ tokenizer: Tokenizer,
    _ prompt: PromptRepresentation
  ) throws(TokenizerError) {
    let encoder = try tokenizer.makeEncoder()
    let starts = Set(prompt.templateTokens.map(\.start))
    var prefix = Digest.zero
    var chained = 0
    for (index, end) in zip(sections.indices, ends) {
      let continuation: Continuation
      if starts.contains(end) {
        continuation = .addedToken
      } else {
        switch sections[index].kind {
        case .block, .earlierBlock, .reference, .annotation: continuation = .lineStart
        case .system, .tools, .turn, .opening, .query, .closing: continuation = .anything
        }
      }
      let stable = try encoder.stableEnd(in: text, at: end, before: continuation)
      let token = max(encoded.tokenCount(before: stable), chained)
      prefix = Digest(chaining: prefix, tokens: encoded.ids[chained..<token])
      chained = token
      sections[index].stableEnd = token
      sections[index].prefix = prefix
    }
  }

  private static func reasonsForInexactness(_ prompt: PromptRepresentation) -> [String] {
    var reasons: [String] = []
    if prompt.spec.hasTools {
      reasons.append("engines may rewrite the definitions of tools before the template prints them")
    }
    let choice = prompt.spec.parameters.last { $0.key == "tool_choice" }?.node.value
    if case .string("none")? = choice, prompt.spec.tools != nil {
      reasons.append("tool_choice none may take the tools out of the prompt")
    }
    if !prompt.messages.allSatisfy({ $0.content?.isText ?? true }) {
      reasons.append("content parts that are no text are not counted")
    }
    if let clock = prompt.printedClock { reasons.append(ClockUse.reason(clock)) }
    return reasons
  }
}

/// Lays section bounds between the anchors of a text.
///
/// The words of the template between two anchors belong to the earlier one up to the last added token
/// in them, and from there to the later one; before a user message that cpc puts together they are a
/// section of their own. A bound inside a token moves to where the token begins.
struct SectionCutter {
  let anchors: [SectionAnchor]
  let addedTokens: [ByteRange]
  let encoded: EncodedText
  let length: Int

  /// The beginning of a section, before it is moved to a token.
  struct Cut {
    let kind: Section.Kind
    let label: ByteString?
    let start: Int
    let content: ByteRange
  }

  /// Where sections begin, in the order of the text.
  func cuts() -> [Cut] {
    var cuts: [Cut] = []
    var end = 0
    var isInComposedMessage = false
    for anchor in anchors {
      let start = bound(from: end, to: anchor.bytes.start, isFirst: cuts.isEmpty)
      if anchor.kind.isComposed, !isInComposedMessage, start < anchor.bytes.start {
        cuts.append(
          Cut(kind: .opening, label: nil, start: start, content: ByteRange(start, start)))
      }
      isInComposedMessage = anchor.kind.isComposed
      let own = isInComposedMessage ? anchor.bytes.start : start
      cuts.append(
        Cut(kind: anchor.kind, label: anchor.label, start: own, content: anchor.content))
      end = anchor.bytes.end
    }
    if end < length {
      cuts.append(Cut(kind: .closing, label: nil, start: end, content: ByteRange(end, end)))
    }
    return cuts
  }

  /// Where the section of an anchor begins whose text begins at `end`, the one before ending at
  /// `start`.
  private func bound(from start: Int, to end: Int, isFirst: Bool) -> Int {
    if isFirst { return 0 }
    // The added tokens are in order: the last that begins before `end`.
    var low = 0
    var high = addedTokens.count
    while low < high {
      let middle = (low + high) / 2
      if addedTokens[middle].start < end { low = middle + 1 } else { high = middle }
    }
    guard low > 0, addedTokens[low - 1].start >= start else { return start }
    return addedTokens[low - 1].start
  }

  /// The sections that the cuts make, their bounds moved to tokens; not yet sealed.
  func sections(_ cuts: [Cut]) -> [Section] {
    var sections: [Section] = []
    for (index, cut) in cuts.enumerated() {
      let first = encoded.tokenCount(before: cut.start)
      let last =
        index + 1 < cuts.count
        ? encoded.tokenCount(before: cuts[index + 1].start)
        : encoded.ids.count
      let start = encoded.start(ofToken: first)
      let end = last == encoded.ids.count ? length : encoded.start(ofToken: last)
      sections.append(
        Section(
          kind: cut.kind, label: cut.label, bytes: ByteRange(start, end), content: cut.content,
          tokens: TokenRange(first, last), stableEnd: first, prefix: .zero))
    }
    return sections
  }
}

extension Section.Kind {
  /// Whether it is a part of a user message that cpc puts together.
  var isComposed: Bool {
    switch self {
    case .block, .reference, .annotation, .query: true
    case .system, .tools, .turn, .earlierBlock, .opening, .closing: false
    }
  }
}
