internal import ContextIndex

/// Says how many of some ends, from the first on, an engine holds the tokens of a prompt up to; nil if that is
/// not known. Ends are token offsets that grow: of what stands before the blocks, and of each block.
public typealias HeldEnds = @Sendable (_ tokens: [UInt32], _ ends: [Int]) -> Int?

extension PromptCompiler {
  /// The same compiler, which does not lay out blocks on the word of the index alone: what an engine says that it
  /// gave up is taken out of the index, and the prompt is compiled once more.
  ///
  /// What an engine holds beyond the index's belief changes nothing: it may be another tenant's doing.
  ///
  /// - Parameter held: is asked on the thread that compiles.
  public func correcting(by held: @escaping HeldEnds) -> PromptCompiler {
    var copy = self
    copy.heldEnds = held
    return copy
  }

  /// How often a prompt is compiled anew: each time on a better belief, and each time a path of the index is gone.
  static let correctionLimit = 3

  /// Takes out of the index what it wrongly believes of a prompt that is not recorded yet.
  ///
  /// - Returns: whether there was such a belief.
  func corrects(
    _ compilation: Compilation, _ compiled: CompiledPrompt, _ context: PassContext
  ) -> Bool {
    guard let index, let heldEnds else { return false }
    let indexed = IndexedPrompt(compilation.prompt, in: context)
    guard let (request, ends) = indexed.ends(of: compiled) else { return false }
    let order = Array(request.blocks.indices)
    return index.giveUp(request, order: order, at: context.time) { heldEnds(compiled.tokens, ends) }
  }
}

extension ContextIndex {
  /// Gives up what is believed of a prompt and not held.
  ///
  /// - Parameter held: how many ends are held, that of what stands before the blocks among them; nil if that is
  ///   not known. Is asked only if something is believed.
  /// - Returns: whether less is held than was believed.
  func giveUp(
    _ request: ContextRequest, order: [Int], at time: UInt64, unlessHeld held: () -> Int?
  ) -> Bool {
    guard let believed = believedBlocks(of: request, order: order), let held = held(),
      held <= believed
    else { return false }
    return correct(request, order: order, held: held == 0 ? nil : held - 1, at: time)
  }
}

extension IndexedPrompt {
  /// The prompt as it would be recorded, and where in its tokens what stands before the blocks and each block
  /// ends, as far as nothing that follows can change; nil if it has no sections.
  fileprivate func ends(of compiled: CompiledPrompt) -> (ContextRequest, ends: [Int])? {
    let body = compiled.blocks.filter { $0.referent == nil && $0.pin != .first }
    let sections = compiled.seal.sections
    let blocks = sections.filter { $0.kind == .block }.suffix(body.count)
    guard blocks.count == body.count, let start = headTokens else { return nil }
    let head = sections.last { $0.tokens.end <= Int(start) }?.stableEnd ?? 0
    return (request(body), [head] + blocks.map(\.stableEnd))
  }
}
