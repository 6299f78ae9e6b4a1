public import Bytes
internal import ChatTemplates
internal import OrderedJSON

/// The head of a prompt: what every request that a spec stands for begins with. That is what the chat
/// template puts first, the system text, the tools, the blocks that are pinned first, and what stands
/// before the question.
///
/// ```swift
/// let head = try PromptCompiler(model: try Model.named("qwen3")).head(of: spec)
/// print(head.tokens.count, head.sections.map(\.kind))  // 42 [system, opening]
/// ```
public struct PromptHead: Sendable {
  /// The model's name.
  public let model: ByteString
  /// The name of the vocabulary.
  public let vocabulary: ByteString
  /// The digest of the compiled vocabulary.
  public let vocabularyDigest: Digest
  /// The chat template.
  public let template: ModelTemplate
  /// The text, in UTF-8, up to where the question begins.
  public let text: [UInt8]
  /// The tokens that no question changes.
  public let tokens: [UInt32]
  /// The sections in order; they cover the text.
  public let sections: [HeadSection]
  /// What is worth a warning.
  public let warnings: [Diagnostic]

  let spec: Spec
  let rendered: RenderedPrompt
  /// Where each token ends in the text.
  let tokenEnds: [Int]
  /// The time that the template printed; nil if the head does not depend on it.
  let printedClock: TemplateClock?
}

/// A part of a head.
public struct HeadSection: Hashable, Sendable {
  /// What it holds.
  public var kind: Section.Kind
  /// The label of a block; nil for others.
  public var label: ByteString?
  /// The member of the spec that it comes from, such as `system` or `blocks[2]`; nil where the chat
  /// template alone makes it.
  public var field: ByteString?
  /// Its bytes in the text of the head.
  public var bytes: ByteRange
  /// Its tokens.
  public var tokens: TokenRange
  /// The token position up to which nothing that may follow changes a token.
  public var stableEnd: Int
  /// The prefix chain at `stableEnd`.
  public var prefix: Digest
  /// The SHA-256 of its bytes.
  public var digest: Digest
}

extension PromptCompiler {
  /// Compiles the head of a spec alone: blocks that are not pinned first and the conversation are
  /// neither rendered nor counted.
  ///
  /// - Throws: `CompilationError` with everything that is wrong with it.
  /// - Complexity: linear in the spec to normalise it, and in the head to tokenise it.
  public func head(of spec: Spec) throws(CompilationError) -> PromptHead {
    let context = passContext()
    let prompt = try advanced(
      PromptRepresentation(Self.beginning(of: spec), ending: .generationPrompt), context)
    guard let head = PromptHead(prompt, of: spec, for: model) else {
      throw CompilationError(file: spec.name, message: "the passes gave no prompt")
    }
    return head
  }

  private func advanced(
    _ prompt: PromptRepresentation, _ context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    var prompt = prompt
    for pass in Self.preparation { prompt = try pass.run(prompt, in: context) }
    let faults = BlockLabels.faults(in: prompt.blocks, of: prompt.spec)
    guard faults.isEmpty else { throw CompilationError(faults) }
    prompt.blocks.removeAll { $0.pin != .first || $0.referent != nil }
    for pass in Self.completion where pass.name != .annotate {
      // Without a request the seal does not look at the next turn.
      if pass.name == .seal { prompt.request = nil }
      prompt = try pass.run(prompt, in: context)
    }
    return prompt
  }

  /// The spec with a question that stands for all, and nothing of this conversation but its system text.
  private static func beginning(of spec: Spec) -> Spec {
    var spec = spec
    spec.conversation = Array(
      spec.conversation.prefix { $0.role == "system" || $0.role == "developer" })
    spec.query = Content(text: "Q")
    spec.parameters = []
    // The title of a block that is not in the head may name what only a request knows.
    for index in spec.blocks.indices where spec.blocks[index].pin != .first {
      spec.blocks[index].title = nil
    }
    return spec
  }
}

extension PromptHead {
  init?(_ prompt: PromptRepresentation, of spec: Spec, for model: Model) {
    guard let seal = prompt.seal, let rendered = prompt.rendered, let encoded = prompt.encoded
    else { return nil }
    let sections = seal.sections.prefix { $0.kind != .query && $0.kind != .closing }
    let end = sections.last?.bytes.end ?? 0
    let stableEnd = sections.last?.stableEnd ?? 0
    self.model = model.profile.name
    vocabulary = seal.vocabulary
    vocabularyDigest = seal.vocabularyDigest
    template = model.templates.template(hasTools: spec.hasTools)
    text = Array(rendered.bytes[..<end])
    tokens = Array(encoded.ids[..<stableEnd])
    tokenEnds = Array(encoded.ends[..<stableEnd])
    self.sections = sections.map { section in
      HeadSection(
        kind: section.kind, label: section.label,
        field: Self.field(of: section, in: prompt), bytes: section.bytes, tokens: section.tokens,
        stableEnd: section.stableEnd, prefix: section.prefix,
        digest: Digest(of: Array(rendered.bytes[section.bytes.start..<section.bytes.end])))
    }
    warnings = prompt.warnings
    self.spec = spec
    self.rendered = rendered
    printedClock = prompt.printedClock
  }

  private static func field(of section: Section, in prompt: PromptRepresentation) -> ByteString? {
    switch section.kind {
    case .system: "system"
    case .tools: "tools"
    case .turn: section.label.map { ByteString("conversation[\($0)]") }
    case .earlierBlock: nil
    case .block, .reference:
      prompt.blocks.first { $0.label == section.label }.map { ByteString("blocks[\($0.index)]") }
    case .opening, .annotation, .query, .closing: nil
    }
  }
}
