internal import NIOCore

/// Runs the tasks of a connection on its event loop, so that what passes from one to the other wakes no other thread.
///
/// What takes long must not run there: it goes to threads of its own, or to the concurrent executor (`computing`).
final class EventLoopExecutor: TaskExecutor {
  private let group: any EventLoopGroup

  /// Makes an executor.
  ///
  /// - Parameter group: an event loop; of several, the one that a task is resumed on runs it.
  init(_ group: any EventLoopGroup) {
    self.group = group
  }

  /// The event loop of the next task.
  var eventLoop: any EventLoop { group.any() }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// The most bytes that are read and written on an event loop.
let eventLoopByteLimit = 1 << 16

/// Computes something that takes time with the bytes it is about, off the event loops if they are many.
func computing<Value: Sendable>(
  over count: Int, _ operation: @Sendable () -> Value
) async -> Value {
  guard count > eventLoopByteLimit else { return operation() }
  return await withTaskExecutorPreference(globalConcurrentExecutor) { operation() }
}
