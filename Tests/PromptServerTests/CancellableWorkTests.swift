import NIOPosix
import PromptServer
import Synchronization
import Testing

/// What is given up before a thread reaches it is not kept.
@Suite struct CancellableWorkTests {
  private final class Body: Sendable {
    let bytes = [UInt8](repeating: 0, count: 1000)
  }

  /// Whether a body is still there.
  private final class Watch: Sendable {
    private nonisolated(unsafe) weak var body: Body?

    init(_ body: Body) { self.body = body }

    var isKept: Bool { body != nil }
  }

  /// Gives an operation to the pool that holds a body.
  private static func start(on pool: NIOThreadPool) -> (Task<Int, any Error>, Watch) {
    let body = Body()
    let task = Task { try await pool.runUnlessCancelled { body.bytes.count } }
    return (task, Watch(body))
  }

  @Test func whatHasNotBegunIsDroppedWhenItIsCancelled() async throws {
    let pool = NIOThreadPool(numberOfThreads: 1)
    pool.start()
    let gate = Gate()
    pool.submit { _ in gate.wait() }
    let (task, watch) = Self.start(on: pool)
    #expect(watch.isKept)
    task.cancel()
    // The only thread is still busy.
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try await eventually { !watch.isKept })
    gate.open()
    #expect(try await pool.runUnlessCancelled { 2 } == 2)
    try await pool.shutdownGracefully()
    await #expect(throws: CancellationError.self) { try await pool.runUnlessCancelled { 3 } }
  }

  @Test func whatRunsReturnsItsResult() async throws {
    struct Fault: Error {}
    let pool = NIOThreadPool(numberOfThreads: 2)
    pool.start()
    let (task, watch) = Self.start(on: pool)
    #expect(try await task.value == 1000)
    #expect(try await eventually { !watch.isKept })
    await #expect(throws: Fault.self) { try await pool.runUnlessCancelled { throw Fault() } }
    let cancelled = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await pool.runUnlessCancelled { 1 }
    }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    try await pool.shutdownGracefully()
  }
}
