/// An estimate of the time to the first token from what has to be computed: a constant, a share for each
/// cold token, and one for each pair of a cold token and a token that it attends to.
public struct PrefillTime: Hashable, Sendable {
  /// What every request takes, in seconds.
  public var base: Double
  /// Seconds for each cold token.
  public var perToken: Double
  /// Seconds for each cold token and each token before it.
  public var perPair: Double

  /// Makes an estimate; without arguments one for a model of a few billion parameters on one GPU.
  public init(base: Double = 0.004, perToken: Double = 3.0e-5, perPair: Double = 2.0e-10) {
    self.base = base
    self.perToken = perToken
    self.perPair = perPair
  }

  /// The seconds to the first token of a prompt of `promptTokens`, of which the first `hitTokens` are
  /// cached.
  public func seconds(promptTokens: Int, hitTokens: Int) -> Double {
    let cold = Double(promptTokens - hitTokens)
    let pairs = cold * Double(hitTokens) + cold * (cold - 1) / 2
    return base + perToken * cold + perPair * pairs
  }
}
