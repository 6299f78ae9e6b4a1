internal import Glibc
internal import Synchronization

/// A thread that runs one function.
final class BackgroundThread: Sendable {
  private let thread: Mutex<pthread_t?>

  /// Starts the thread; nil if there can be no further one.
  init?(_ work: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Work(run: work))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard status == 0 else {
      box.release()
      return nil
    }
    self.thread = Mutex(thread)
  }

  /// Waits until the function is done. On the thread itself it does not wait.
  func join() {
    let joined = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    guard let joined else { return }
    if pthread_equal(joined, pthread_self()) != 0 {
      pthread_detach(joined)
    } else {
      pthread_join(joined, nil)
    }
  }

  private final class Work: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
