internal import Bytes

/// Tells the model the order of importance in one line behind the blocks, where the blocks stand in
/// another order.
struct AnnotatePass: Pass {
  let name = PassName.annotate

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    let policy = prompt.spec.policy.annotation
    let shown = prompt.blocks.filter { $0.referent == nil }
    let ranks = shown.map(\.importanceRank)
    guard policy.style != .none, ranks != ranks.sorted() else { return prompt }
    var prompt = prompt
    let ranked = shown.sorted { $0.importanceRank < $1.importanceRank }
    let named = policy.style == .ranking ? ranked : Array(ranked.prefix(policy.count))
    let names = named.map { block in
      let label = String(decoding: BlockFrame.escaped(block.label), as: UTF8.self)
      guard policy.style == .scores, let importance = block.importance else { return label }
      return "\(label) (\(importance))"
    }
    prompt.annotation = ByteString(
      "[Most important first: \(names.joined(separator: ", "))"
        + (named.count < ranked.count ? ", then the others]" : "]"))
    prompt.notes.append("the order of importance in one line, \(named.count) labels")
    return prompt
  }
}
