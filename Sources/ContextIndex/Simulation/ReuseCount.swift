/// What was reused of the prompts of a simulation.
public struct ReuseCount: Hashable, Sendable {
  /// The number of prompts.
  public private(set) var requests = 0
  /// The tokens of all prompts.
  public private(set) var promptTokens = 0
  /// The tokens that were found in the cache.
  public private(set) var hitTokens = 0
  /// The estimated times to the first token together, in seconds.
  public private(set) var prefillSeconds = 0.0

  /// Counts nothing yet.
  public init() {}

  /// The tokens that were computed.
  public var coldTokens: Int { promptTokens - hitTokens }
  /// The share of the tokens that was found in the cache, 0 to 1.
  public var hitRatio: Double { Double(hitTokens) / Double(max(promptTokens, 1)) }
  /// The mean of the estimated times to the first token, in seconds.
  public var meanPrefillSeconds: Double { prefillSeconds / Double(max(requests, 1)) }

  /// Counts a prompt.
  mutating func add(promptTokens count: Int, hitTokens hits: Int, _ time: PrefillTime) {
    requests += 1
    promptTokens += count
    hitTokens += hits
    prefillSeconds += time.seconds(promptTokens: count, hitTokens: hits)
  }
}
