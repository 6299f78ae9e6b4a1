package import NIOPosix
internal import Synchronization

extension NIOThreadPool {
  /// Runs an operation on a thread of the pool.
  ///
  /// Who waits for it in a task that is cancelled is freed at once. An operation that has not begun by then is dropped
  /// with all that it holds, although its place in the pool's queue stays.
  ///
  /// - Throws: what the operation throws; `CancellationError` if it was cancelled or the pool has ended.
  package func runUnlessCancelled<Value: Sendable>(
    _ operation: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    let work = CancellableWork<Value>()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        guard work.begin(operation, continuation) else { return }
        submit { state in
          if case .active = state { work.run() } else { work.cancel() }
        }
      }
    } onCancel: {
      work.cancel()
    }
  }
}

/// An operation that is run once, or never.
private final class CancellableWork<Value: Sendable>: Sendable {
  private typealias Operation = @Sendable () throws -> Value
  private enum State {
    case new
    case waiting(Operation, CheckedContinuation<Value, any Error>)
    case running(CheckedContinuation<Value, any Error>)
    case done
  }
  private let state: Mutex<State> = Mutex(.new)

  /// Takes the operation; false if it was cancelled before.
  func begin(
    _ operation: @escaping @Sendable () throws -> Value,
    _ continuation: CheckedContinuation<Value, any Error>
  ) -> Bool {
    let isOpen = state.withLock { state in
      guard case .new = state else { return false }
      state = .waiting(operation, continuation)
      return true
    }
    if !isOpen { continuation.resume(throwing: CancellationError()) }
    return isOpen
  }

  func run() {
    let operation = state.withLock { state -> Operation? in
      guard case .waiting(let operation, let continuation) = state else { return nil }
      state = .running(continuation)
      return operation
    }
    guard let operation else { return }
    end(with: Result { try operation() })
  }

  func cancel() { end(with: .failure(CancellationError())) }

  private func end(with result: Result<Value, any Error>) {
    let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
      defer { state = .done }
      switch state {
      case .waiting(_, let continuation), .running(let continuation): return continuation
      case .new, .done: return nil
      }
    }
    continuation?.resume(with: result)
  }
}
