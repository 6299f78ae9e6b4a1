internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Something took longer than it may.
struct TimeLimitExceeded: Error {}

/// Runs an operation and waits for it no longer than a limit.
///
/// Unlike a child task, an operation that cannot be cancelled, such as a computation on another thread, is left
/// alone: what it returns then is dropped.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, on executor: EventLoopExecutor,
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let outcome = FirstOutcome<Value>()
  let work = Task(executorPreference: executor) { outcome.settle(await Result.of(operation)) }
  // A task that sleeps would keep its timer until that goes off, also when it is cancelled.
  let timer = executor.eventLoop.scheduleTask(in: TimeAmount(limit)) {
    outcome.settle(.failure(TimeLimitExceeded()))
    work.cancel()
  }
  defer { timer.cancel() }
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { outcome.wait($0) }
  } onCancel: {
    work.cancel()
    outcome.settle(.failure(CancellationError()))
  }
}

/// The first of several results, for one who waits.
private final class FirstOutcome<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, any Error>)
    case settled(Result<Value, any Error>)
    case done
  }
  private let state: Mutex<State> = Mutex(.open)

  func wait(_ continuation: CheckedContinuation<Value, any Error>) {
    let result = state.withLock { state -> Result<Value, any Error>? in
      guard case .settled(let result) = state else {
        state = .awaited(continuation)
        return nil
      }
      state = .done
      return result
    }
    if let result { continuation.resume(with: result) }
  }

  func settle(_ result: Result<Value, any Error>) {
    let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
      switch state {
      case .open:
        state = .settled(result)
        return nil
      case .awaited(let continuation):
        state = .done
        return continuation
      case .settled, .done: return nil
      }
    }
    continuation?.resume(with: result)
  }
}

extension Result where Failure == any Error, Success: Sendable {
  /// The result of an operation.
  fileprivate static func of(_ operation: @Sendable () async throws -> Success) async -> Self {
    do { return .success(try await operation()) } catch { return .failure(error) }
  }
}
