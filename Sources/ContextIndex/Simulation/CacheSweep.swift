/// Prompts sent through caches of one model and several sizes at once.
///
/// Caches of pages of all sizes take the time and the memory of the largest of them; those of other models
/// are simulated one by one. The results are those of a `CacheSimulation` of each size.
public struct CacheSweep: Sendable {
  /// What the caches can reuse.
  public let model: CacheModel
  /// How many tokens each cache keeps; nil if it keeps all.
  public let capacities: [Int?]
  /// What was reused so far, by cache.
  public private(set) var reuse: [ReuseCount]

  private let prefill: PrefillTime
  private var paged: PagedSweep?
  private var others: [any PrefixCache] = []

  /// Makes empty caches.
  ///
  /// - Parameters:
  ///   - capacities: in tokens; nil for a cache that keeps all.
  ///   - prefill: estimates the time to the first token.
  public init(_ model: CacheModel, capacities: [Int?], prefill: PrefillTime = PrefillTime()) {
    self.model = model
    self.capacities = capacities
    self.prefill = prefill
    reuse = capacities.map { _ in ReuseCount() }
    switch model {
    case .radix: paged = PagedSweep(pageSize: nil, capacities: capacities)
    case .paged(let pageSize): paged = PagedSweep(pageSize: pageSize, capacities: capacities)
    default: others = capacities.map { model.makeCache(capacity: $0) }
    }
  }

  /// Sends a prompt through each cache.
  ///
  /// - Returns: for each cache, how many of the first tokens were cached.
  /// - Throws: `SimulationError` if it cannot be compared with the prompts before; nothing changes then.
  /// - Complexity: linear in the prompt, and logarithmic in the cache for each edge of the tree that the
  ///   prompt follows; for other models than pages times the number of caches.
  @discardableResult
  public mutating func send(_ prompt: SimulatedPrompt) throws(SimulationError) -> [Int] {
    let hits: [Int]
    if let sent = try paged?.send(prompt) {
      hits = sent
    } else {
      var found: [Int] = []
      for index in others.indices { found.append(try others[index].send(prompt)) }
      hits = found
    }
    for (index, hits) in hits.enumerated() {
      reuse[index].add(promptTokens: prompt.tokenCount, hitTokens: hits, prefill)
    }
    return hits
  }
}
