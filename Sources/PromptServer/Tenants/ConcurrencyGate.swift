internal import Synchronization

/// Lets so many in at a time.
final class ConcurrencyGate: Sendable {
  private let limit: Int
  private let count: Mutex<Int> = Mutex(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// Lets one more in, who must leave; false if there is no room.
  func enter() -> Bool {
    count.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
  }

  /// Lets one out.
  func leave() {
    count.withLock { $0 -= 1 }
  }
}
