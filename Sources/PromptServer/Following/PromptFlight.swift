internal import Synchronization

/// A request on its way: from when it is read until its prompt is computed.
final class PromptFlight: Sendable {
  private struct State {
    var moment: EngineMoment?
    /// When the reply began, and how many batches the engine had told by then.
    var answer: (time: ContinuousClock.Instant, batches: Int)?
    var isEnded = false
  }
  private let state: Mutex<State> = Mutex(State())

  /// How long the engine's word of what it stored may take behind the beginning of the reply.
  private static let patience = Duration.milliseconds(250)

  /// The engine's cache just before the request was passed on; nil if that is not known.
  var moment: EngineMoment? { state.withLock { $0.moment } }

  /// Notes that the request is passed on now.
  func depart(at moment: EngineMoment?) {
    state.withLock { $0.moment = moment }
  }

  /// Notes that the body of a good reply begins.
  ///
  /// - Parameter batches: how many batches the engine has told.
  func answer(batches: Int) {
    state.withLock { $0.answer = (.now, batches) }
  }

  /// Notes that nothing more comes.
  func end() {
    state.withLock { $0.isEnded = true }
  }

  /// Whether the engine may hold the prompt soon, or holds it and did not say so yet. What it stores for a prompt
  /// is told before its first token: behind that the next batch settles it.
  func isCurrent(at now: ContinuousClock.Instant, batches: Int) -> Bool {
    state.withLock { state in
      guard let answer = state.answer else { return !state.isEnded }
      return batches == answer.batches && now - answer.time < Self.patience
    }
  }
}
