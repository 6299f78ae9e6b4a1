/// Prompts sent through a cache, one after the other, and what of each the cache had.
///
/// ```swift
/// var simulation = CacheSimulation(.paged(pageSize: 2))
/// try simulation.send(SimulatedPrompt(tokens: [1, 2, 3, 4, 5]))  // 0
/// try simulation.send(SimulatedPrompt(tokens: [1, 2, 3, 4, 6]))  // 4
/// simulation.reuse.hitRatio                                      // 0.4
/// ```
///
/// At least one token of each prompt is always computed. Memory is in proportion to what the cache keeps.
public struct CacheSimulation: Sendable {
  /// What the cache can reuse.
  public let model: CacheModel
  /// How many tokens the cache keeps; nil if it keeps all.
  public let capacity: Int?
  /// What was reused so far.
  public private(set) var reuse = ReuseCount()

  private let prefill: PrefillTime
  private var cache: any PrefixCache

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - capacity: in tokens; nil for a cache that keeps all. In whole pages, and for slots divided
  ///     evenly among them.
  ///   - prefill: estimates the time to the first token.
  public init(_ model: CacheModel, capacity: Int? = nil, prefill: PrefillTime = PrefillTime()) {
    self.model = model
    self.capacity = capacity
    self.prefill = prefill
    cache = model.makeCache(capacity: capacity)
  }

  /// Sends a prompt: looks it up, keeps it, and gives up what does not fit any more.
  ///
  /// - Returns: how many of its first tokens were cached.
  /// - Throws: `SimulationError` if it cannot be compared with the prompts before; nothing changes then.
  /// - Complexity: linear in the prompt; the size of the cache does not matter, but for the number of
  ///   slots.
  @discardableResult
  public mutating func send(_ prompt: SimulatedPrompt) throws(SimulationError) -> Int {
    let hits = try cache.send(prompt)
    reuse.add(promptTokens: prompt.tokenCount, hitTokens: hits, prefill)
    return hits
  }

  /// Gives up what is kept of a prompt behind its first tokens, and all that stands behind that: an engine was
  /// seen not to have it.
  ///
  /// - Parameter tokens: how many of the first tokens are kept; in a cache of pages, the pages that begin before.
  /// - Throws: `SimulationError` if the prompt cannot be compared with those before; nothing changes then.
  /// - Complexity: linear in the prompt and in what is given up.
  public mutating func giveUp(
    _ prompt: SimulatedPrompt, behind tokens: Int
  ) throws(SimulationError) {
    try cache.giveUp(prompt, behind: tokens)
  }
}
