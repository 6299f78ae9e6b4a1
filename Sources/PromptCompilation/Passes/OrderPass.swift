internal import Bytes
internal import ContextIndex

/// Puts the blocks in the order that the compiler's orderer or the policy asks for; where there is an
/// index of what is cached, so that most of it is used. Pinned blocks
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
    let first = try order(shown.filter { $0.pin == .first }, of: prompt, context)
    // What is pinned first is a part of what the index sees as the beginning of the prompt.
    prompt.blocks = first
    let free = Self.free(shown)
    let last = try order(shown.filter { $0.pin == .last }, of: prompt, context)
    let body: [ContextBlock]
    if let arranged = try arranged(free, before: last, &prompt, context) {
      body = arranged
    } else {
      body = guarded(
        try order(free, of: prompt, context), prompt.spec.policy.importanceGuard)
    }
    if let cached = prompt.cached {
      prompt.notes.append(
        "\(cached.blocks) blocks with \(cached.tokens) tokens believed to be cached")
    }
    let ordered = first + body + last
    let moved = zip(shown, ordered).count { $0.index != $1.index }
    if moved > 0 { prompt.notes.append("\(moved) of \(shown.count) blocks moved") }
    prompt.blocks = ordered + references
    return prompt
  }

  /// The blocks that may stand in any order.
  static func free(_ shown: [ContextBlock]) -> [ContextBlock] {
    shown.filter { $0.pin != .first && $0.pin != .last }
  }

  /// The order that was chosen before, or in which most is believed to be cached, as far as the policy allows
  /// it; nil if there is neither, or another order is asked for.
  private func arranged(
    _ blocks: [ContextBlock], before last: [ContextBlock], _ prompt: inout PromptRepresentation,
    _ context: PassContext
  ) throws(CompilationError) -> [ContextBlock]? {
    guard context.orderer == nil, prompt.spec.policy.order == .cached else { return nil }
    let ranked = blocks.sorted(by: BlockKey(.importance).precedes)
    let bounds = prompt.spec.policy.effectiveGuard
    if let chosen = prompt.arrangement { return guarded(Self.arranged(ranked, as: chosen), bounds) }
    guard let index = context.index else { return nil }
    let request = IndexedPrompt(prompt, in: context).request(ranked)
    let arrangement = index.arrange(request, for: context.cacheModel, at: context.time)
    let chosen = arrangement.order.map { ranked[$0] }
    let (moved, unmoved) = (guarded(chosen, bounds), guarded(ranked, bounds))
    let gain = try Self.gain(
      of: moved, startingWith: chosen.prefix(arrangement.cachedBlocks), over: unmoved, context)
    prompt.annotationLanguage = AnnotationLine.language(for: prompt)
    // An order that gains nothing yet is made for later requests, which will.
    let cost =
      gain > 0
      ? try Self.annotationCost(of: moved, over: unmoved, before: last, &prompt, context) : 0
    guard gain == 0 || gain > cost else {
      prompt.notes.append(
        "the order of importance is kept: another would use \(gain) more cached tokens, and the "
          + "annotation would take \(cost)")
      return unmoved
    }
    if arrangement.cachedBlocks > 0 {
      prompt.cached = (arrangement.cachedBlocks, arrangement.cachedTokens)
    }
    return moved
  }

  /// The tokens of the blocks that are believed to be cached in one order and are not at the same place in
  /// another.
  ///
  /// - Parameter cached: the sequence that is believed to be cached.
  private static func gain(
    of moved: [ContextBlock], startingWith cached: ArraySlice<ContextBlock>,
    over unmoved: [ContextBlock], _ context: PassContext
  ) throws(CompilationError) -> Int {
    let reached = zip(moved, cached).prefix { $0.index == $1.index }.count
    let shared = zip(moved, unmoved).prefix { $0.index == $1.index }.count
    var gain = 0
    for block in moved[min(shared, reached)..<reached] {
      gain += try context.tokenCount(of: block)
    }
    return gain
  }

  /// How many tokens more the annotation takes behind one order than behind another.
  private static func annotationCost(
    of moved: [ContextBlock], over unmoved: [ContextBlock], before last: [ContextBlock],
    _ prompt: inout PromptRepresentation, _ context: PassContext
  ) throws(CompilationError) -> Int {
    let line = AnnotationLine(prompt.blocks + moved + last, of: prompt)
    let other = AnnotationLine(prompt.blocks + unmoved + last, of: prompt)
    let tokens = try line?.tokenCount(in: context) ?? 0
    if let line { prompt.countedAnnotation = (line.text, tokens) }
    return try tokens - (other?.tokenCount(in: context) ?? 0)
  }

  /// Blocks in the order of their places in the spec's list; those that it does not name stand behind the
  /// others, as they come.
  private static func arranged(_ blocks: [ContextBlock], as places: [Int]) -> [ContextBlock] {
    var order: [Int: Int] = [:]
    for (position, place) in places.enumerated() { order[place] = position }
    return blocks.enumerated().sorted { left, right in
      (order[left.element.index] ?? places.count, left.offset)
        < (order[right.element.index] ?? places.count, right.offset)
    }.map(\.element)
  }

  /// The allowed order that is nearest to the given one.
  private func guarded(_ blocks: [ContextBlock], _ bounds: ImportanceGuard?) -> [ContextBlock] {
    guard let bounds, !bounds.isFree else { return blocks }
    let ranked = blocks.indices.sorted { BlockKey(.importance).precedes(blocks[$0], blocks[$1]) }
    var ranks = [Int](repeating: 0, count: ranked.count)
    for (rank, place) in ranked.enumerated() { ranks[place] = rank }
    return bounds.applied(to: ranks).map { blocks[ranked[$0]] }
  }

  /// The order of the policy, or of the compiler's orderer.
  private func order(
    _ blocks: [ContextBlock], of prompt: PromptRepresentation, _ context: PassContext
  ) throws(CompilationError) -> [ContextBlock] {
    let orderer = context.orderer ?? Self.orderer(for: prompt.spec.policy.order)
    let candidates = try candidates(blocks, orderer, context)
    let order = orderer.order(candidates)
    // An orderer that gives no permutation would lose or double content.
    guard order.sorted() == Array(blocks.indices) else {
      throw CompilationError(file: prompt.spec.name, message: "the orderer gave no permutation")
    }
    return order.map { blocks[$0] }
  }

  private static func orderer(for order: Policy.Order) -> any BlockOrderer {
    switch order {
    case .given, .cached: GivenOrder()
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
      let tokenCount = orderer.needsTokenCounts ? try context.tokenCount(of: block) : 0
      candidates.append(
        OrderCandidate(
          label: block.label, frame: frame, importanceRank: block.importanceRank,
          tokenCount: tokenCount))
    }
    return candidates
  }
}
