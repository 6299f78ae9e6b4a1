internal import Tokenization

/// Leaves out the least important blocks where a budget asks for it, so that the prompt fits.
///
/// What the passes behind it make of a choice of blocks is not guessed: they run, and the tokens are
/// counted.
struct FitPass: Pass {
  let name = PassName.fit
  /// The passes between this one and `render`.
  private let passes: [any Pass]

  /// Makes the pass around those that lay out the blocks that are chosen.
  init(around passes: [any Pass]) {
    self.passes = passes
  }

  func run(
    _ prompt: PromptRepresentation, in context: PassContext
  ) throws(CompilationError) -> PromptRepresentation {
    guard let budget = prompt.spec.policy.budget else { return prompt }
    let limit = try budget.limit(for: prompt.spec, of: context.model.profile)
    let trial = FittingTrial(prompt, passes: passes, context)
    var search = try FittingSearch(trial, budget, limit: limit)
    return try search.run()
  }
}

/// Compiles a prompt with some of its blocks to count the tokens.
struct FittingTrial {
  /// The prompt with all its blocks.
  let prompt: PromptRepresentation
  let context: PassContext
  private let passes: [any Pass]

  init(_ prompt: PromptRepresentation, passes: [any Pass], _ context: PassContext) {
    self.prompt = prompt
    self.passes = passes
    self.context = context
  }

  /// Lays out and renders the prompt with these blocks in place of all, and encodes it.
  func run(_ blocks: [ContextBlock]) throws(CompilationError) -> FittingOutcome {
    var chosen = prompt
    chosen.blocks = blocks
    for pass in passes { chosen = try pass.run(chosen, in: context) }
    let order = chosen
    chosen = try RenderPass().run(chosen, in: context)
    let encoded = try TokenizePass.encoded(chosen, in: context)
    return FittingOutcome(
      tokens: encoded?.ids.count ?? 0,
      parts: encoded.map { PromptParts(chosen, $0) } ?? PromptParts(),
      order: order.blocks, cached: order.cached)
  }
}

/// What a choice of blocks compiles to.
struct FittingOutcome {
  /// The tokens of the prompt.
  let tokens: Int
  /// What they are of.
  let parts: PromptParts
  /// The blocks in order.
  let order: [ContextBlock]
  /// What of the order is believed to be cached.
  let cached: (blocks: Int, tokens: Int)?
}
