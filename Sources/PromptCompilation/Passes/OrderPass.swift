internal import Bytes
internal import Tokenization

/// Puts the blocks in the order that the policy, or the compiler's orderer, asks for. Pinned blocks
/// stand first or last; references stand behind all blocks that are shown, so that what they point to
/// is always earlier.
struct OrderPass: Pass {
  let name = PassName.order

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    var prompt = prompt
    let shown = prompt.blocks.filter { $0.referent == nil }
    let key = BlockKey(prompt.spec.policy.order)
    let references = prompt.blocks.filter { $0.referent != nil }.sorted(by: key.precedes)
    let orderer = context.orderer ?? Self.orderer(for: prompt.spec.policy.order)
    var ordered: [ContextBlock] = []
    for group in [
      shown.filter { $0.pin == .first },
      shown.filter { $0.pin != .first && $0.pin != .last }, shown.filter { $0.pin == .last },
    ] {
      let candidates = try candidates(group, orderer, context)
      let order = orderer.order(candidates)
      // An orderer that gives no permutation would lose or double content.
      guard order.sorted() == Array(group.indices) else {
        throw CompilationError(file: prompt.spec.name, message: "the orderer gave no permutation")
      }
      ordered += order.map { group[$0] }
    }
    let moved = zip(shown, ordered).count { $0.index != $1.index }
    if moved > 0 { prompt.notes.append("\(moved) of \(shown.count) blocks moved") }
    prompt.blocks = ordered + references
    return prompt
  }

  private static func orderer(for order: Policy.Order) -> any BlockOrderer {
    switch order {
    case .given: GivenOrder()
    case .importance: ImportanceOrder()
    case .canonical: CanonicalOrder()
    }
  }

  private func candidates(
    _ blocks: [ContextBlock], _ orderer: any BlockOrderer, _ context: PassContext
  ) throws(CompilationError) -> [OrderCandidate] {
    var candidates: [OrderCandidate] = []
    for block in blocks {
      let frame = block.frame.bytes
      var tokenCount = 0
      if orderer.needsTokenCounts {
        do {
          tokenCount = try context.model.tokenizer.count(frame)
        } catch {
          throw CompilationError(file: "block \(block.label)", message: error.description)
        }
      }
      candidates.append(
        OrderCandidate(
          label: block.label, frame: frame, importanceRank: block.importanceRank,
          tokenCount: tokenCount))
    }
    return candidates
  }
}
