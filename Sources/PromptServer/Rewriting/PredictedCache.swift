internal import ContextIndex
internal import PromptCompilation
internal import Synchronization

/// What the cache behind the upstream should hold, by the prompts that were sent to it and what replies say.
final class PredictedCache: Sendable {
  private struct State {
    /// One of the two is there; changed in place, as a copy would cost as much as the cache has.
    var simulation: CacheSimulation?
    var slots: PredictedSlots?
    var sequence = SentSequence<[UInt32]>()

    /// Gives up a prompt behind its first tokens, and puts back what was sent later.
    mutating func giveUp(_ sent: Sent, behind tokens: Int) {
      // All prompts are token ids, so that they can be compared.
      try? simulation?.giveUp(SimulatedPrompt(tokens: sent.tokens), behind: tokens)
      for later in sequence.later(than: sent.number) {
        _ = try? simulation?.send(SimulatedPrompt(tokens: later))
      }
    }
  }
  private let state: Mutex<State>
  private let model: CacheModel
  private let metrics: ServerMetrics

  /// How many tokens are kept track of if nothing else is said.
  private static let capacity = 1 << 18

  /// - Parameter tokens: how many tokens the cache holds; nil if that is not known.
  init(_ model: CacheModel, tokens: Int?, _ metrics: ServerMetrics) {
    self.model = model
    self.metrics = metrics
    if case .llamaSlots(let count) = model {
      state = Mutex(State(slots: PredictedSlots(count: count)))
    } else {
      state = Mutex(
        State(simulation: CacheSimulation(model, capacity: tokens ?? Self.capacity)))
    }
  }

  /// A prompt that is on its way.
  struct Sent: SentRecord {
    fileprivate let cache: PredictedCache
    fileprivate let number: Int
    fileprivate let tokens: [UInt32]
    /// How many of its tokens the cache should have; nil if that cannot be told.
    let cachedTokens: Int?
    /// The tokens of a text that was generated for it; none if they are not sure.
    let output: @Sendable (PromptReply) -> [UInt32]

    func retract(_ failure: SendFailure) { cache.retract(self, failure) }
    func finish(_ reply: PromptReply) { cache.finish(self, reply) }
  }

  /// Takes a prompt for sent.
  ///
  /// - Parameter output: returns the tokens that were generated, of which an engine keeps all but the last; none
  ///   if they are not sure.
  func begin(
    _ tokens: [UInt32], output: @escaping @Sendable (PromptReply) -> [UInt32]
  ) throws -> Sent {
    try state.withLock { state in
      var cached = try state.simulation?.send(SimulatedPrompt(tokens: tokens))
      // Slots keep what they work on themselves.
      let number = state.sequence.begin(state.slots == nil ? tokens : [])
      if state.slots != nil { cached = state.slots?.begin(number, tokens) }
      return Sent(
        cache: self, number: number, tokens: tokens, cachedTokens: cached, output: output)
    }
  }

  private func retract(_ sent: Sent, _ failure: SendFailure) {
    state.withLock { state in
      let found = sent.cachedTokens ?? 0
      // Where all was there nothing was added.
      if state.simulation != nil, found < longestHit(sent.tokens) {
        state.giveUp(sent, behind: found)
      }
      state.slots?.cancel(sent.number, isUntouched: failure == .refused)
      state.sequence.end(sent.number, isKept: false)
    }
  }

  private func finish(_ sent: Sent, _ reply: PromptReply) {
    let found = reply.usage.promptTokens == sent.tokens.count ? reply.usage.cachedTokens : nil
    let isLess = found.map { $0 < sent.cachedTokens ?? 0 } ?? false
    if isLess { metrics.add(to: .corrections, "cache") }
    if let found, let expected = sent.cachedTokens, found > expected {
      metrics.add(to: .corrections, "more")
    }
    let output = sent.output(reply)
    // A hosted service keeps what is marked, and no reply.
    let kept = model.isSharedByTenants ? output : []
    let foundLate = state.withLock { state in
      let foundLate = state.slots?.finish(sent.number, output: output)
      if state.simulation != nil {
        if isLess, let found { state.giveUp(sent, behind: found) }
        if isLess || !kept.isEmpty {
          _ = try? state.simulation?.send(SimulatedPrompt(tokens: sent.tokens, output: kept))
        }
      }
      state.sequence.end(sent.number, isKept: true)
      return foundLate
    }
    guard reply.readsCache, let foundLate else { return }
    metrics.add(foundLate, to: .cachedTokens, "predicted")
    if let found { metrics.observe(predictedTokens: foundLate, actualTokens: found) }
  }

  /// The most of a prompt that is found where all of it is there.
  private func longestHit(_ tokens: [UInt32]) -> Int {
    max(tokens.count - 1, 0) / model.pageSize * model.pageSize
  }
}

extension CacheModel {
  /// Whether all who send to an engine share its cache, as they do that of their own engine. A hosted service
  /// keeps one for each key. What a tenant is told does not depend on it: predictions are counted alone.
  var isSharedByTenants: Bool {
    switch self {
    case .radix, .paged, .llamaSlots: true
    case .breakpoints: false
    }
  }
}
