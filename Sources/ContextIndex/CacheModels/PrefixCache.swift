/// A cache of prompt prefixes that prompts are sent through.
protocol PrefixCache: Sendable {
  /// Looks a prompt up, keeps it, and gives up what does not fit. Returns how many of its first tokens
  /// were cached, at most all but one.
  mutating func send(_ prompt: SimulatedPrompt) throws(SimulationError) -> Int

  /// Gives up what is kept of a prompt behind its first tokens, and all that stands behind that.
  ///
  /// - Parameter tokens: how many are kept; in a cache of pages, those that begin before.
  mutating func giveUp(_ prompt: SimulatedPrompt, behind tokens: Int) throws(SimulationError)
}

extension CacheModel {
  /// An empty cache of this model.
  ///
  /// - Parameter capacity: in tokens; nil for a cache that keeps all.
  func makeCache(capacity: Int?) -> any PrefixCache {
    switch self {
    case .radix: PagedCache(pageSize: nil, capacity: capacity)
    case .paged(let pageSize): PagedCache(pageSize: pageSize, capacity: capacity)
    case .breakpoints(let count, let lookback, let timeToLive):
      BreakpointCache(
        limit: count, lookback: lookback ?? 1, timeToLive: timeToLive.map(Double.init),
        capacity: capacity)
    case .llamaSlots(let count): SlotCache(count: count, capacity: capacity)
    }
  }
}
