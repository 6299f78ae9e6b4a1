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
      anchors: prompt.anchors, addedTokens: prompt.addedTokens.map(\.range), encoded: encoded,
      length: text.count)
    var sections = cutter.sections()
    do {
      try chain(&sections, text, encoded, context.model.tokenizer, prompt)
    } catch {
      throw CompilationError(file: prompt.spec.name, message: error.description)
    }
    let reasons = Self.reasonsForInexactness(prompt)
    prompt.seal = Seal(
      vocabulary: context.model.tokenizer.vocabulary.name,
      vocabularyDigest: context.model.tokenizer.vocabulary.digest,
      template: context.model.profile.templateFile, templateDigest: context.model.templateDigest,
      icuVersion: Normalizer.version, isExact: reasons.isEmpty, reasons: reasons,
      tokenCount: encoded.ids.count, sections: sections)
    return prompt
  }

  /// Fills in where each section is stable, and the prefix chain there.
  private func chain(
    _ sections: inout [Section], _ text: [UInt8], _ encoded: EncodedText, _ tokenizer: Tokenizer,
    _ prompt: PromptRepresentation
  ) throws(TokenizerError) {
    let encoder = try tokenizer.makeEncoder()
    let starts = Set(prompt.addedTokens.map(\.range.start))
    var prefix = Digest.zero
    var chained = 0
    for index in sections.indices {
      let end = sections[index].bytes.end
      let continuation: Continuation
      if starts.contains(end) {
        continuation = .addedToken
      } else {
        switch sections[index].kind {
        case .block, .reference, .annotation: continuation = .lineStart
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
    if !prompt.messages.allSatisfy({ $0.content?.isText ?? true }) {
      reasons.append("content parts that are no text are not counted")
    }
    return reasons
  }
}

/// Lays section bounds between the anchors of a text.
///
/// The words of the template between two anchors belong to the earlier one up to the last added token
/// in them, and from there to the later one; before the current user message they are a section of
/// their own. A bound inside a token moves to where the token begins.
struct SectionCutter {
  let anchors: [SectionAnchor]
  let addedTokens: [ByteRange]
  let encoded: EncodedText
  let length: Int

  func sections() -> [Section] {
    var cuts: [(kind: Section.Kind, label: ByteString?, start: Int, content: ByteRange)] = []
    var end = 0
    var isInCurrentMessage = false
    for anchor in anchors {
      let start = bound(from: end, to: anchor.bytes.start, isFirst: cuts.isEmpty)
      if anchor.kind.isOfCurrentMessage, !isInCurrentMessage, start < anchor.bytes.start {
        cuts.append((.opening, nil, start, ByteRange(start, start)))
      }
      isInCurrentMessage = anchor.kind.isOfCurrentMessage
      let own = isInCurrentMessage ? anchor.bytes.start : start
      cuts.append((anchor.kind, anchor.label, own, anchor.content))
      end = anchor.bytes.end
    }
    if end < length { cuts.append((.closing, nil, end, ByteRange(end, end))) }
    return sections(cuts)
  }

  /// Where the section of an anchor begins whose text begins at `end`, the one before ending at
  /// `start`.
  private func bound(from start: Int, to end: Int, isFirst: Bool) -> Int {
    if isFirst { return 0 }
    return addedTokens.last { $0.start >= start && $0.start < end }?.start ?? start
  }

  private func sections(
    _ cuts: [(kind: Section.Kind, label: ByteString?, start: Int, content: ByteRange)]
  ) -> [Section] {
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
  /// Whether it is a part of the current user message.
  var isOfCurrentMessage: Bool {
    switch self {
    case .block, .reference, .annotation, .query: true
    case .system, .tools, .turn, .opening, .closing: false
    }
  }
}
