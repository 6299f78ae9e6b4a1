internal import Synchronization

/// What is still to be done for prompts of one tenant that are sent already, in their order.
///
/// It is done before anything of the tenant's that could depend on it, at the latest when the prompt is counted.
final class UnfinishedPrompts: Sendable {
  /// Nil once the tenant is forgotten.
  private let jobs: Mutex<[@Sendable () -> Void]?> = Mutex([])

  /// Adds what is to be done for a prompt; nothing is for a tenant that is forgotten.
  func append(_ job: @escaping @Sendable () -> Void) {
    jobs.withLock { $0?.append(job) }
  }

  /// Does all that was added.
  func finish() {
    // Who comes meanwhile waits: what they ask may depend on it.
    jobs.withLock { jobs in
      for job in jobs ?? [] { job() }
      jobs?.removeAll(keepingCapacity: true)
    }
  }

  /// Forgets what was added and what will be.
  func drop() { jobs.withLock { $0 = nil } }
}
