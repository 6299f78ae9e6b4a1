internal import Synchronization

/// The prompts that are on their way. The engine will hold them, which it has not told yet: who sends the same
/// meanwhile will find them.
final class PendingPrompts: Sendable {
  private struct Entry {
    let flight: PromptFlight
    let tenant: Tenant
    /// Nil as long as it is not counted.
    var prompt: EnginePrompt?
  }
  private let entries: Mutex<[Entry]> = Mutex([])

  /// The most prompts; of more, the oldest ones are forgotten.
  private static let limit = 512

  /// Takes a prompt in, or its tokens when they are known. Those that are not on their way any more go.
  ///
  /// - Parameter batches: how many batches the engine has told.
  func insert(_ request: PromptRequest, _ prompt: EnginePrompt?, batches: Int) {
    let now = ContinuousClock.now
    entries.withLock { entries in
      if let place = entries.firstIndex(where: { $0.flight === request.flight }) {
        entries[place].prompt = prompt ?? entries[place].prompt
        return
      }
      entries.removeAll { !$0.flight.isCurrent(at: now, batches: batches) }
      if entries.count == Self.limit { entries.removeFirst() }
      entries.append(Entry(flight: request.flight, tenant: request.tenant, prompt: prompt))
    }
  }

  /// How many of a prompt's first tokens are those of one of its tenant's that is on its way before it; nil if
  /// one of these is not counted yet.
  ///
  /// - Complexity: linear in the prompts, and in the tokens that are shared with those that share more than
  ///   the ones before.
  func sharedPrefix(
    with prompt: EnginePrompt, of request: PromptRequest, batches: Int
  ) -> Int? {
    let now = ContinuousClock.now
    let earlier = entries.withLock { entries in
      entries.prefix { $0.flight !== request.flight }.filter {
        $0.tenant == request.tenant && $0.flight.isCurrent(at: now, batches: batches)
      }
    }
    var most = 0
    for entry in earlier {
      guard let other = entry.prompt else { return nil }
      most = max(most, prompt.sharedPrefix(with: other, beyond: most))
    }
    return most
  }
}
