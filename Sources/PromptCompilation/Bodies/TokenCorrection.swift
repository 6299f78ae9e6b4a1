/// How many tokens a provider counts for one that was estimated, by the requests whose counts are known.
public struct TokenCorrection: Hashable, Sendable {
  /// Tokens by the provider's count for one of the estimate; 1 until one is known.
  public private(set) var factor = 1.0
  private var estimated = 0.0
  private var actual = 0.0

  /// Knows nothing yet.
  public init() {}

  /// Takes notice of how many tokens a provider counted for a request.
  ///
  /// The factor is that of all requests together, earlier ones counting half as much with each new one.
  ///
  /// - Parameters:
  ///   - estimated: the tokens that were estimated, before any correction.
  ///   - actual: the tokens that the provider counted, those from the cache among them.
  public mutating func learn(estimated: Double, actual: Int) {
    guard estimated > 0, actual > 0 else { return }
    self.estimated = self.estimated / 2 + estimated
    self.actual = self.actual / 2 + Double(actual)
    factor = min(max(self.actual / self.estimated, 0.25), 4)
  }
}
