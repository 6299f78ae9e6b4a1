internal import Synchronization

/// A request on its way: from when it is read until the end of its reply.
final class PromptFlight: Sendable {
  private struct State {
    var moment: EngineMoment?
    var isAnswered = false
    /// When nothing more came, and how many batches the engine had told by then.
    var end: (time: ContinuousClock.Instant, batches: Int)?
  }
  private let state: Mutex<State> = Mutex(State())

  /// How long the engine's word of what it stored may take behind the end of the reply.
  private static let patience = Duration.seconds(1)

  /// The engine's cache just before the request was passed on; nil if that is not known.
  var moment: EngineMoment? { state.withLock { $0.moment } }

  /// Notes that the request is passed on now.
  func depart(at moment: EngineMoment?) {
    state.withLock { $0.moment = moment }
  }

  /// Notes the status of the reply.
  func answer(status: Int) {
    state.withLock { $0.isAnswered = (200..<300).contains(status) }
  }

  /// Notes that nothing more comes.
  ///
  /// - Parameter batches: how many batches the engine has told.
  func end(batches: Int) {
    state.withLock { $0.end = (.now, batches) }
  }

  /// Whether the engine may hold the prompt soon, or holds it and did not say so yet. What it stores for a prompt
  /// is told before its first token: behind the end of the reply the next batch settles it.
  func isCurrent(at now: ContinuousClock.Instant, batches: Int) -> Bool {
    state.withLock { state in
      guard let end = state.end else { return true }
      return state.isAnswered && batches == end.batches && now - end.time < Self.patience
    }
  }
}
