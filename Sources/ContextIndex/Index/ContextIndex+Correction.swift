internal import Synchronization

extension ContextIndex {
  /// How many blocks of a prompt, from the first on, are believed to be cached; nil if not even what stands
  /// before them is.
  ///
  /// - Parameter order: the places in the request in the order in which the blocks stand.
  public func believedBlocks(of request: ContextRequest, order: [Int]) -> Int? {
    var sent = SentRequest(request, at: 0)
    sent.request.blocks = order.filter(request.blocks.indices.contains).map { request.blocks[$0] }
    partition(request.key).state.withLock { $0.measure(&sent) }
    return sent.isHeadCached ? sent.cachedBlocks : nil
  }

  /// Makes what is believed of a prompt what the engine says of it: what it gave up is evicted with all that
  /// stands behind, what it holds is recorded. Nothing changes where the belief is right.
  ///
  /// - Parameters:
  ///   - order: the places in the request in the order in which the blocks stand.
  ///   - held: how many of them, from the first on, the engine holds; nil if not even what stands before them.
  ///   - time: now, in milliseconds since the same moment as elsewhere.
  /// - Returns: whether anything changed.
  @discardableResult
  public func correct(
    _ request: ContextRequest, order: [Int], held: Int?, at time: UInt64 = 0
  ) -> Bool {
    let request = request.laidOut(order)
    let places = Array(request.blocks.indices)
    let believed = believedBlocks(of: request, order: places)
    giveUp(request, behind: held)
    guard let held else { return believed != nil }
    let kept = min(max(held, 0), places.count)
    // A sequence of the kept blocks may have ended nowhere before, so that the tree has forgotten it too.
    if believedBlocks(of: request, order: places) != kept {
      record(request, order: Array(places.prefix(kept)), at: time)
    }
    return believed != kept
  }

  /// Takes back that a request was sent: of its prompt no more is believed to be cached than before. What other
  /// requests have in common with it behind that is given up too; record those of them again that were sent.
  ///
  /// - Returns: whether anything changed.
  @discardableResult
  public func retract(_ sent: SentRequest) -> Bool {
    let request = sent.request.laidOut(Array(sent.request.blocks.indices))
    return giveUp(request, behind: sent.isHeadCached ? sent.cachedBlocks : nil)
  }

  /// Gives up what is believed of a prompt behind its first blocks; of all of it for nil.
  @discardableResult
  private func giveUp(_ request: ContextRequest, behind held: Int?) -> Bool {
    let order = Array(request.blocks.indices)
    guard let believed = believedBlocks(of: request, order: order) else { return false }
    let head = request.head.fingerprint
    guard let held else { return evict(node: [], behind: head, of: request.key) }
    let kept = min(max(held, 0), order.count)
    guard believed > kept else { return false }
    let blocks = request.blocks.prefix(kept + 1).map(\.fingerprint)
    return evict(node: blocks, behind: head, of: request.key)
  }
}

extension ContextRequest {
  /// The request with its blocks in an order, each once, as a tree has them.
  fileprivate func laidOut(_ order: [Int]) -> ContextRequest {
    var seen: Set<BlockFingerprint> = [head.fingerprint]
    var request = self
    request.blocks = order.filter(blocks.indices.contains).map { blocks[$0] }
      .filter { seen.insert($0.fingerprint).inserted }
    return request
  }
}
