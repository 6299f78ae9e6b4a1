internal import Bytes
internal import Deduplication
internal import TextProcessing
internal import Tokenization

/// Shows what a block or the result of a tool repeats of the prompt before it as a reference on one line,
/// where that takes fewer tokens.
///
/// Texts are folded in the order in which they stand in the prompt, so that what a text is shown as
/// depends on nothing behind it. What the user said is shown as it is, and may be referred to; what the
/// assistant said is neither folded nor referred to.
struct FoldPass: Pass {
  let name = PassName.fold

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    var prompt = prompt
    var folding = try PromptFolding(prompt.spec.policy.deduplication, in: context)
    prompt.unfoldedConversation = prompt.conversation
    let slot = BlockSlot(
      prompt, TemplateArguments(prompt.spec, context.rendering, of: context.model.profile),
      of: context.model, warn: { _ in })
    for index in prompt.conversation.indices {
      if slot == .earlier(index) { try folding.fold(&prompt.blocks) }
      try folding.fold(&prompt.conversation[index], opensWithBlocks: slot == .earlier(index))
    }
    if slot == .current { try folding.fold(&prompt.blocks) }
    prompt.notes += folding.notes
    return prompt
  }
}

/// The texts of a prompt on their way through the fold pass.
private struct PromptFolding {
  private let encoder: TextEncoder
  private let policy: Policy.Deduplication
  private var folder: TextFolder
  private var names = ConversationNames()
  private(set) var notes: [String] = []

  init(_ policy: Policy.Deduplication, in context: PassContext) throws(CompilationError) {
    self.policy = policy
    do {
      encoder = try context.model.tokenizer.makeEncoder()
      folder = TextFolder(
        policy.folding, wording: policy.wording, segmenter: try TextSegmenter())
    } catch {
      throw CompilationError(file: context.model.profile.name.string, message: "\(error)")
    }
  }

  mutating func fold(_ blocks: inout [ContextBlock]) throws(CompilationError) {
    for index in blocks.indices where blocks[index].referent == nil {
      let block = blocks[index]
      let folded = try fold(
        block.text, as: BlockFrame.source(of: block.label), "block \(block.label)")
      // An escaped mark changes a text without a reference in it.
      if folded.bytes != block.text.bytes { blocks[index].folded = folded }
    }
  }

  mutating func fold(
    _ message: inout Message, opensWithBlocks: Bool
  ) throws(CompilationError) {
    let isResult = message.role == "tool" && policy.foldsToolResults
    guard isResult || message.role == "user" else { return }
    names.beginMessage(message.role)
    // The blocks before it are a part of the message; what it says besides is short.
    guard !opensWithBlocks else { return }
    message.content?.joinTexts()
    try message.content?.mapTexts { text throws(CompilationError) in
      let name = names.next()
      guard isResult else {
        folder.show(text.bytes, as: name)
        return text
      }
      return ByteString(try fold(text, as: name, name.string).bytes)
    }
  }

  private mutating func fold(
    _ text: ByteString, as source: ByteString, _ what: String
  ) throws(CompilationError) -> FoldedText {
    do throws(TokenizerError) {
      let folded = try folder.fold(text.bytes, as: source) { text throws(TokenizerError) in
        try encoder.count(text)
      }
      if let before = folded.tokensBefore, let after = folded.tokensAfter {
        let count = folded.references.count
        notes.append(
          "\(what): \(count) \(count == 1 ? "reference saves" : "references save") "
            + "\(before - after) of \(before) tokens")
      }
      return folded
    } catch {
      throw CompilationError(file: what, message: error.description)
    }
  }
}
