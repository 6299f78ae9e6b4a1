internal import Synchronization

/// Mirrors what one engine holds, as long as it lives.
///
/// ```swift
/// let follower = try EngineFollower(
///   EngineConnection(endpoint: "tcp://127.0.0.1:5557", replayEndpoint: "tcp://127.0.0.1:5558"))
/// print(follower.withCache { $0.cachedPrefix(of: tokens) })
/// ```
///
/// It may be used from many tasks at once.
public final class EngineFollower: Sendable {
  /// How the engine is followed.
  public struct Status: Hashable, Sendable {
    /// The connections that are open.
    public var connections = 0
    /// The number of the batch that is awaited.
    public var nextSequence: UInt64 = 0
    /// The batches that were taken in, also those that are void now.
    public var batches = 0
    /// How often all was void: a restart of the engine, or lost messages.
    public var resets = 0
    /// The batches that could not be read.
    public var unreadable = 0
    /// Why the last of them could not.
    public var lastFault: EventDecodingError?
    /// Whether the mirror goes back to the first message of the engine's life. If not, what the engine stored
    /// before is believed not to be there.
    public var isComplete = false

    /// Nothing happened yet.
    public init() {}
  }

  fileprivate struct State {
    var cache: EngineCache
    var status = Status()
    var isEmpty = true
  }

  private final class Box: Sendable {
    let state: Mutex<State>
    init(_ state: State) { self.state = Mutex(state) }
  }

  private let box: Box
  private let subscriber: EngineEventSubscriber

  /// Begins to follow.
  ///
  /// - Parameters:
  ///   - blockLimit: the most blocks that are kept.
  ///   - onUpdate: is called behind each update, on the subscriber's thread.
  /// - Throws: `EngineConnectionError` if an endpoint cannot be bound or is none.
  public init(
    _ connection: EngineConnection, blockLimit: Int = 1 << 20,
    onUpdate: @escaping @Sendable (EngineUpdate) -> Void = { _ in }
  ) throws(EngineConnectionError) {
    let box = Box(State(cache: EngineCache(blockLimit: blockLimit)))
    self.box = box
    subscriber = try EngineEventSubscriber(connection) { update in
      box.state.withLock { $0.take(update) }
      onUpdate(update)
    }
  }

  /// How the engine is followed.
  public var status: Status { box.state.withLock { $0.status } }

  /// Gives the mirror as it is now. Updates wait meanwhile.
  public func withCache<Result: Sendable>(_ body: (EngineCache) -> Result) -> Result {
    box.state.withLock { body($0.cache) }
  }

  /// Ends the subscription; what is mirrored stays as it is.
  public func stop() {
    subscriber.stop()
  }
}

extension EngineFollower.State {
  fileprivate mutating func take(_ update: EngineUpdate) {
    switch update {
    case .connected: status.connections += 1
    case .disconnected: status.connections -= 1
    case .reset:
      status.resets += 1
      forget()
    case .batch(let batch, let sequence):
      begin(sequence)
      cache.apply(batch)
      status.batches += 1
    case .unreadable(let fault, let sequence):
      begin(sequence)
      cache.removeAll()
      status.isComplete = false
      status.unreadable += 1
      status.lastFault = fault
    }
  }

  private mutating func begin(_ sequence: UInt64) {
    if isEmpty { status.isComplete = sequence == 0 }
    isEmpty = false
    status.nextSequence = sequence &+ 1
  }

  private mutating func forget() {
    cache.removeAll()
    isEmpty = true
    status.isComplete = false
    status.nextSequence = 0
  }
}
