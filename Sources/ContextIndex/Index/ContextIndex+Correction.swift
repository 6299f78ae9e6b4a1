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
    let places = order.filter(request.blocks.indices.contains)
    let believed = believedBlocks(of: request, order: places)
    let head = request.head.fingerprint
    guard let held else {
      return believed != nil && evict(node: [], behind: head, of: request.key)
    }
    let kept = min(max(held, 0), places.count)
    if let believed, believed > kept {
      let blocks = places.prefix(kept + 1).map { request.blocks[$0].fingerprint }
      evict(node: blocks, behind: head, of: request.key)
    }
    // A sequence of the kept blocks may have ended nowhere before, so that the tree has forgotten it too.
    if believedBlocks(of: request, order: places) != kept {
      record(request, order: Array(places.prefix(kept)), at: time)
    }
    return believed != kept
  }
}
