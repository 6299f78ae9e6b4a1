internal import Synchronization

/// When a prompt is counted: at once, or when its request needs the processor no more.
final class CountingTurn: Sendable {
  private struct State {
    var isHeld = false
    var action: (@Sendable () -> Void)?
  }
  private let state: Mutex<State> = Mutex(State())

  /// Has the count wait until `release`.
  func hold() { state.withLock { $0.isHeld = true } }

  /// Lets the prompt be counted, if it was not before.
  func release() {
    let action = state.withLock { state in
      state.isHeld = false
      defer { state.action = nil }
      return state.action
    }
    action?()
  }

  /// Runs an action as soon as the prompt may be counted.
  func whenFree(_ action: @escaping @Sendable () -> Void) {
    let isFree = state.withLock { state in
      if state.isHeld { state.action = action }
      return !state.isHeld
    }
    if isFree { action() }
  }
}
