internal import Bytes
internal import Deduplication
internal import TextProcessing
internal import Tokenization

/// Shows what a block or the result of a tool repeats of the prompt before it as a reference on one line,
/// where that takes fewer tokens.
///
/// Texts are folded in the order in which they stand in the prompt, so that what a text is shown as
/// depends on nothing behind it. The system text and what the user said are shown as they are, and may be
/// referred to; what the assistant said is neither folded nor referred to.
struct FoldPass: Pass {
  let name = PassName.fold

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    let slot = BlockSlot(
      prompt, TemplateArguments(prompt.spec, context.rendering, of: context.model.profile),
      of: context.model, warn: { _ in })
    var excluded: Set<Int> = []
    while true {
      var folded = prompt
      folded.unfoldedConversation = prompt.conversation
      var folding = try PromptFolding(
        prompt.spec.policy.deduplication, in: context, excluding: excluded)
      do {
        try folding.fold(&folded, slot)
        folded.notes += folding.notes
        return folded
      } catch FoldProblem.cannotBeUndone where !excluded.contains(folding.resultCount) {
        // What was folded is known to the folder of texts, which cannot forget it.
        excluded.insert(folding.resultCount)
      } catch {
        throw CompilationError(file: folding.current.description, message: error.description)
      }
    }
  }
}

/// What is folded, as people call it.
private enum FoldedPart: CustomStringConvertible {
  case none
  case block(ByteString)
  case text(TextOwner)
  case named(ByteString)

  var description: String {
    switch self {
    case .none: ""
    case .block(let label): "block \(label)"
    case .text(let owner): "\(owner.speaker.rawValue) \(owner.number)"
    case .named(let name): name.string
    }
  }
}

/// The texts of a prompt on their way through the fold pass.
private struct PromptFolding {
  private let policy: Policy.Deduplication
  /// The results of tools whose texts stay, since what was folded could not be undone.
  private let excluded: Set<Int>
  private var folder: ConversationFolder
  private(set) var notes: [String] = []
  /// How many results of tools were folded.
  private(set) var resultCount = 0
  /// What is folded now.
  private(set) var current = FoldedPart.none

  init(
    _ policy: Policy.Deduplication, in context: PassContext, excluding excluded: Set<Int>
  ) throws(CompilationError) {
    self.policy = policy
    self.excluded = excluded
    do {
      folder = ConversationFolder(
        policy.folding, policy.wording, try TextSegmenter(),
        try context.model.tokenizer.makeEncoder())
    } catch {
      throw CompilationError(file: context.model.profile.name.string, message: "\(error)")
    }
  }

  mutating func fold(
    _ prompt: inout PromptRepresentation, _ slot: BlockSlot
  ) throws(FoldProblem) {
    folder.reserveCapacity(
      texts: prompt.blocks.count + prompt.conversation.count + 1,
      bytes: prompt.blocks.reduce(prompt.system?.text.count ?? 0) { $0 + $1.text.count })
    if let system = prompt.system?.joined { show(system, of: folder.begin(.system)) }
    for index in prompt.conversation.indices {
      let opensWithBlocks = slot == .earlier(index)
      if opensWithBlocks { try fold(&prompt.blocks) }
      try fold(&prompt.conversation[index], opensWithBlocks: opensWithBlocks)
    }
    if slot == .current { try fold(&prompt.blocks) }
  }

  private mutating func fold(_ blocks: inout [ContextBlock]) throws(FoldProblem) {
    for index in blocks.indices where blocks[index].referent == nil {
      let (label, facts) = (blocks[index].label, blocks[index].facts)
      let text = blocks[index].text.bytes
      current = .block(label)
      var segments = facts.segments
      let isKnown = segments != nil
      let folded = try folder.fold(text, as: BlockFrame.source(of: label), known: &segments)
      if !isKnown, let segments { facts.keep(segments, ofBytes: text.count) }
      note(current, folded)
      // An escaped mark changes a text without a reference in it.
      if folded.bytes != text { blocks[index].folded = folded }
    }
  }

  private mutating func fold(
    _ message: inout Message, opensWithBlocks: Bool
  ) throws(FoldProblem) {
    let speaker = TextOwner.Speaker(role: message.role)
    // In the request a message without content has an empty one.
    let owner = folder.begin(speaker)
    guard let content = message.content?.joined else { return }
    switch speaker {
    case .tool where policy.foldsToolResults:
      var folded = content
      try folded.mapTexts { text throws(FoldProblem) in try fold(text, of: owner) }
      message.content = folded
      resultCount += 1
    // The blocks before it are a part of the message; what it says besides is short.
    case .user where opensWithBlocks: break
    case .user, .system: show(content, of: owner)
    case .assistant, .tool: break
    }
  }

  private mutating func show(_ content: Content, of owner: TextOwner) {
    for text in content.texts { folder.show(text.bytes, of: owner) }
  }

  private mutating func fold(
    _ text: ByteString, of owner: TextOwner
  ) throws(FoldProblem) -> ByteString {
    current = .text(owner)
    let (shown, outcomes) = try folder.fold(
      text.bytes, of: owner, isExcluded: excluded.contains(resultCount))
    for outcome in outcomes { note(.named(outcome.name), outcome.folded) }
    return ByteString(shown)
  }

  private mutating func note(_ what: FoldedPart, _ folded: FoldedText) {
    if folded.escapedMarkCount > 0 {
      let count = folded.escapedMarkCount
      notes.append(
        "\(what): \(count) \(count == 1 ? "place that reads" : "places that read") like a reference "
          + "\(count == 1 ? "gets" : "get") a backslash, which expanding takes away")
    }
    guard let before = folded.tokensBefore, let after = folded.tokensAfter else { return }
    let count = folded.references.count
    notes.append(
      "\(what): \(count) \(count == 1 ? "reference saves" : "references save") "
        + "\(before - after) of \(before) tokens")
  }
}
