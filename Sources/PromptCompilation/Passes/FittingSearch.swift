internal import Bytes

/// Chooses the blocks of a prompt that fit a budget: by importance, each that fits beside the more important
/// ones that were chosen.
///
/// A first trial with all blocks says what each takes. With these costs the blocks that should fit are
/// chosen, and a trial counts what they really take; if they are too much, the search halves how many
/// of them are admitted. What is left is chosen from again, since the real count may leave more room. A
/// choice is never taken over that was not counted.
struct FittingSearch {
  let trial: FittingTrial
  let budget: Policy.Budget
  let limit: Int
  /// The blocks of the prompt; one that is truncated stands here with the text that is left.
  var blocks: [ContextBlock]
  let units: [BlockUnit]
  private(set) var isKept: [Bool]
  var fit: FittedBudget
  /// What the blocks that are kept compile to.
  private(set) var outcome: FittingOutcome
  /// What each unit takes in the prompt with all blocks.
  let costs: [Int]
  /// The tokens of each block in the prompt with all blocks, by label.
  let blockTokens: [ByteString: Int]
  /// The units that were found not to fit.
  private(set) var failures: Set<Int> = []
  /// How many blocks may still be tried that would fit only if the annotation went.
  private var reliefs = 4
  /// How many blocks may still be tried to truncate.
  var truncations: Int

  /// The most choices that are compiled to count their tokens.
  static let trialLimit = 64
  /// How many blocks are tried to truncate until one is.
  private static let truncationLimit = 8

  init(
    _ trial: FittingTrial, _ budget: Policy.Budget, limit: Int
  ) throws(CompilationError) {
    self.trial = trial
    self.budget = budget
    self.limit = limit
    blocks = trial.prompt.blocks
    let units = BlockUnit.units(of: blocks)
    self.units = units
    isKept = units.map { _ in true }
    let outcome = try trial.run(blocks)
    self.outcome = outcome
    blockTokens = outcome.parts.blocks
    let (listed, tokens) = (blocks, blockTokens)
    costs = units.map { unit in unit.places.reduce(0) { $0 + (tokens[listed[$1].label] ?? 0) } }
    fit = FittedBudget(
      limit: limit, reserve: budget.reserve(for: trial.prompt.spec), tokensOfAll: outcome.tokens)
    fit.trialCount = 1
    truncations = budget.overflow == .truncate ? Self.truncationLimit : 0
  }

  /// Returns the prompt with the blocks that are kept, as listed.
  ///
  /// - Throws: `CompilationError` if what is never left out does not fit.
  mutating func run() throws(CompilationError) -> PromptRepresentation {
    if outcome.tokens > limit {
      guard budget.overflow != .error else {
        throw budget.fault(
          in: trial.prompt.spec,
          "the prompt has \(outcome.tokens) tokens, \(outcome.tokens - limit) more than the budget "
            + "of \(limit)")
      }
      var undecided = try keepRequired()
      while !undecided.isEmpty, fit.trialCount < Self.trialLimit {
        let (chosen, isStopped) = selection(of: undecided)
        guard !chosen.isEmpty || isStopped else { break }
        var failed = try admit(chosen)
        if isStopped, chosen.allSatisfy({ isKept[$0] }) { failed = undecided[chosen.count] }
        undecided.removeAll { isKept[$0] || $0 == failed }
        if let failed {
          if costs[failed] > limit - outcome.tokens { reliefs -= 1 }
          if try !truncate(failed) { failures.insert(failed) }
        }
      }
    }
    return result()
  }

  /// Keeps what is never dropped, and returns the other units, most important first.
  private mutating func keepRequired() throws(CompilationError) -> [Int] {
    for index in units.indices { isKept[index] = units[index].isPinned }
    // Where nothing is asked the blocks are the user's message: one is left of it.
    if trial.prompt.query == nil, !isKept.contains(true) { isKept[0] = true }
    outcome = try run(keptBlocks)
    guard outcome.tokens <= limit else { throw shortage() }
    return units.indices.filter { !isKept[$0] }
  }

  /// The units that fit by their costs, most important first, and whether they end at one that does not,
  /// which is to be truncated.
  private func selection(of undecided: [Int]) -> (chosen: [Int], isStopped: Bool) {
    var room = limit - outcome.tokens
    // Where an index decides, other blocks may have an order that needs no annotation.
    if trial.context.index != nil, reliefs > 0 {
      room += outcome.parts.others.first { $0.name == "annotation" }?.tokens ?? 0
    }
    var chosen: [Int] = []
    for unit in undecided {
      if costs[unit] <= room {
        chosen.append(unit)
        room -= costs[unit]
      } else if truncations > 0 {
        return (chosen, true)
      }
    }
    return (chosen, false)
  }

  /// Admits as many of some units as fit, from the first on, and returns the first that does not; nil if all
  /// do or no trial is left.
  private mutating func admit(_ chosen: [Int]) throws(CompilationError) -> Int? {
    guard !chosen.isEmpty else { return nil }
    // The first `fitting` units fit, the first `excess` do not.
    var (fitting, excess) = (0, chosen.count + 1)
    var best = outcome
    var step = 1
    while excess - fitting > 1, fit.trialCount < Self.trialLimit {
      // The costs are nearly right: the bound is sought near the end, in steps that double.
      let count = max(excess - step, (fitting + excess) / 2)
      let trial = try run(keptBlocks(with: chosen[..<count]))
      if trial.tokens <= limit {
        (fitting, best) = (count, trial)
        step = excess
      } else {
        excess = count
        step *= 2
      }
    }
    for unit in chosen[..<fitting] { isKept[unit] = true }
    outcome = best
    return excess - fitting == 1 && excess <= chosen.count ? chosen[fitting] : nil
  }

  /// Keeps a unit; `outcome` is what the blocks then compile to.
  mutating func keep(_ unit: Int, _ outcome: FittingOutcome) {
    isKept[unit] = true
    self.outcome = outcome
  }

  /// Counts a choice of blocks.
  mutating func run(
    _ blocks: [ContextBlock]
  ) throws(CompilationError) -> FittingOutcome {
    fit.trialCount += 1
    return try trial.run(blocks)
  }

  var keptBlocks: [ContextBlock] { keptBlocks(with: []) }

  /// The blocks that are kept and those of further units, as listed.
  func keptBlocks(with further: ArraySlice<Int>) -> [ContextBlock] {
    var isShown = blocks.map { _ in false }
    for index in units.indices where isKept[index] {
      for place in units[index].places { isShown[place] = true }
    }
    for index in further {
      for place in units[index].places { isShown[place] = true }
    }
    return blocks.indices.filter { isShown[$0] }.map { blocks[$0] }
  }
}
