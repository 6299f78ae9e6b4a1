internal import Bytes

extension FittingSearch {
  /// The most blocks that are named one by one to people; the report names all.
  private static let namedBlocks = 20

  /// The prompt with the blocks that are kept, as listed, and what became of the others.
  func result() -> PromptRepresentation {
    var prompt = trial.prompt
    prompt.blocks = keptBlocks
    var fit = fit
    fit.dropped = dropped
    prompt.fit = fit
    // Another task may change the index before the blocks are laid out: the order is the one that
    // was counted.
    if trial.context.index != nil, prompt.arrangement == nil {
      prompt.arrangement = outcome.order.compactMap { $0.referent == nil ? $0.index : nil }
      prompt.cached = outcome.cached
    }
    note(fit, in: &prompt)
    return prompt
  }

  private var dropped: [DroppedBlock] {
    let room = limit - outcome.tokens
    var dropped: [DroppedBlock] = []
    for (index, unit) in units.enumerated() where !isKept[index] {
      let isTried = failures.contains(index) || costs[index] > room
      for place in unit.places {
        let block = blocks[place]
        let reason: DroppedBlock.Reason =
          isReference(place, in: unit)
          ? .referentDropped
          : isTried || fit.trialCount < Self.trialLimit ? .doesNotFit : .notTried
        dropped.append(
          DroppedBlock(
            label: block.label, index: block.index, repeats: block.repeats,
            importanceRank: block.importanceRank, tokens: blockTokens[block.label] ?? 0,
            reason: reason))
      }
    }
    return dropped
  }

  private func isReference(_ place: Int, in unit: BlockUnit) -> Bool {
    unit.shown != nil && place != unit.shown
  }

  private func note(_ fit: FittedBudget, in prompt: inout PromptRepresentation) {
    guard !fit.dropped.isEmpty || !fit.truncated.isEmpty else { return }
    for block in fit.truncated {
      prompt.notes.append(
        "block \(block.label): cut, \(block.tokensLeftOut) of \(block.tokens) tokens left out")
    }
    for block in fit.dropped.prefix(Self.namedBlocks) {
      let why =
        switch block.reason {
        case .doesNotFit: "does not fit"
        case .referentDropped: "refers to a block that is left out"
        case .notTried: "not tried"
        }
      prompt.notes.append("block \(block.label): left out, \(block.tokens) tokens, \(why)")
    }
    if fit.dropped.count > Self.namedBlocks {
      prompt.notes.append("\(fit.dropped.count - Self.namedBlocks) more blocks left out")
    }
    var changes: [String] = []
    if !fit.dropped.isEmpty {
      changes.append("\(fit.dropped.count) of \(blocks.count) blocks left out")
    }
    if !fit.truncated.isEmpty { changes.append("\(fit.truncated.count) cut") }
    let message =
      "\(changes.joined(separator: ", ")): the prompt would have \(fit.tokensOfAll) tokens, "
      + "the budget is \(limit)"
    prompt.notes.append("\(message); \(fit.trialCount) choices were counted")
    prompt.warnings.append(
      Diagnostic(.warning, file: prompt.spec.name, message: message))
  }

  /// Why what is never left out does not fit, and what takes the tokens.
  func shortage() -> CompilationError {
    var parts = outcome.parts.others.map { BudgetShortage.Part(name: $0.name, tokens: $0.tokens) }
    parts += outcome.order.map { block in
      BudgetShortage.Part(
        name: "block \(block.label)", tokens: outcome.parts.blocks[block.label] ?? 0)
    }
    var named = parts.prefix(Self.namedBlocks).map { "\($0.name) \($0.tokens)" }
    let others = parts.dropFirst(Self.namedBlocks)
    if !others.isEmpty {
      named.append("\(others.count) more blocks \(others.reduce(0) { $0 + $1.tokens })")
    }
    var error = budget.fault(
      in: trial.prompt.spec,
      "what is never left out has \(outcome.tokens) tokens, \(outcome.tokens - limit) more than the "
        + "budget of \(limit): " + named.joined(separator: ", "))
    error.shortage = BudgetShortage(limit: limit, tokens: outcome.tokens, parts: parts)
    return error
  }
}
