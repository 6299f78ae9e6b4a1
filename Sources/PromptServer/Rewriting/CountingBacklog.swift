internal import Synchronization

/// The prompts that wait to be counted, one after another, while their requests go on.
package final class CountingBacklog: Sendable {
  private struct Length {
    var prompts = 0
    var bytes = 0
  }
  private let length: Mutex<Length> = Mutex(Length())
  private let limit: Length

  /// Makes an empty queue. What does not fit is not counted.
  ///
  /// - Parameters:
  ///   - prompts: the most prompts.
  ///   - bytes: the most bytes that the bodies of several of them have together.
  package init(prompts: Int = 256, bytes: Int = 256 << 20) {
    limit = Length(prompts: prompts, bytes: bytes)
  }

  /// Takes a body in.
  ///
  /// - Returns: whether it fits. One that does must leave.
  package func enter(bytes: Int) -> Bool {
    length.withLock { length in
      guard length.prompts < limit.prompts,
        length.prompts == 0 || length.bytes + bytes <= limit.bytes
      else { return false }
      length.prompts += 1
      length.bytes += bytes
      return true
    }
  }

  /// Lets a body go.
  package func leave(bytes: Int) {
    length.withLock { length in
      length.prompts -= 1
      length.bytes -= bytes
    }
  }
}
