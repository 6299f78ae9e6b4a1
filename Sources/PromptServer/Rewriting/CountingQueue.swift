internal import DequeModule
internal import NIOPosix
internal import Synchronization

/// Counts prompts on one thread, in the order in which their requests were sent.
///
/// A prompt is counted when its request, or one behind it, has time for that (`CountingTurn`): a reply that comes at
/// once does not share the processor with it.
final class CountingQueue: Sendable {
  /// Counts a prompt, or says that it is not counted.
  private typealias Job = @Sendable (_ isCounted: Bool) -> Void

  private struct State {
    var jobs: Deque<Job> = []
    /// How many jobs were taken out of the queue.
    var taken = 0
    /// How many of all jobs may run.
    var released = 0
    var isRunning = false

    /// Takes the next job that may run; nil if none may.
    mutating func next() -> Job? {
      guard taken < released, let job = jobs.popFirst() else {
        isRunning = false
        return nil
      }
      taken += 1
      return job
    }
  }
  private let state: Mutex<State> = Mutex(State())
  private let thread: NIOThreadPool

  /// Makes a queue.
  ///
  /// - Parameter thread: what counts; has one thread.
  init(on thread: NIOThreadPool) {
    self.thread = thread
  }

  /// Runs an operation when its turn comes, and returns its result; nil if it did not run, since the thread has ended.
  func run<Value: Sendable>(
    at turn: CountingTurn, _ operation: @escaping @Sendable () -> Value?
  ) async -> Value? {
    await withCheckedContinuation { continuation in
      let number = state.withLock { state in
        state.jobs.append { continuation.resume(returning: $0 ? operation() : nil) }
        return state.taken + state.jobs.count
      }
      turn.whenFree { self.release(through: number) }
    }
  }

  /// Lets jobs run: one and all in front of it.
  private func release(through number: Int) {
    let starts = state.withLock { state in
      state.released = max(state.released, number)
      guard !state.isRunning, state.taken < state.released else { return false }
      state.isRunning = true
      return true
    }
    if starts { runNext() }
  }

  /// Runs the next job, and the others behind what it left for the thread.
  private func runNext() {
    thread.submit { work in
      guard let job = self.state.withLock({ $0.next() }) else { return }
      if case .active = work { job(true) } else { job(false) }
      self.runNext()
    }
  }
}
