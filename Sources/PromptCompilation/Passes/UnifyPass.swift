internal import Bytes
internal import Tokenization

/// Shows a content once: a block whose normalised content equals an earlier block's becomes a
/// one-line reference to it, if that takes fewer tokens.
struct UnifyPass: Pass {
  let name = PassName.unify

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    guard prompt.spec.policy.unifiesBlocks else { return prompt }
    var prompt = prompt
    var shown: [ContextBlock] = []
    var placeOfText: [ByteString: Int] = [:]
    for block in prompt.blocks {
      guard let place = placeOfText[block.text] else {
        placeOfText[block.text] = shown.count
        shown.append(block)
        continue
      }
      let earlier = shown[place]
      if earlier.label == block.label {
        shown[place].repeats.append(block.index)
        prompt.notes.append("block \(block.label): listed twice, shown once")
      } else {
        var reference = block
        reference.referent = earlier.label
        if reference.title == earlier.title { reference.title = nil }
        let saved = try tokens(of: block, context) - tokens(of: reference, context)
        guard saved > 0 else {
          shown.append(block)
          continue
        }
        shown.append(reference)
        prompt.notes.append(
          "block \(block.label): same content as \(earlier.label), a reference saves \(saved) tokens"
        )
      }
      let rank = min(shown[place].importanceRank, block.importanceRank)
      shown[place].importanceRank = rank
    }
    prompt.blocks = shown
    return prompt
  }

  private func tokens(
    of block: ContextBlock, _ context: PassContext
  ) throws(CompilationError) -> Int {
    do {
      return try context.model.tokenizer.count(block.frame.bytes)
    } catch {
      throw CompilationError(file: "block \(block.label)", message: error.description)
    }
  }
}
