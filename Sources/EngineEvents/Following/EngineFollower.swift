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
    /// The events of these batches.
    public var events = 0
    /// How often batches were missing behind the last one.
    public var gaps = 0
    /// How often the engine was asked for earlier batches.
    public var replays = 0
    /// How often all was void: a restart of the engine, or lost messages.
    public var resets = 0
    /// The batches that could not be read.
    public var unreadable = 0
    /// Why the last of them could not.
    public var lastFault: EventDecodingError?
    /// Whether the mirror goes back to the first message of the engine's life. If not, what the engine stored
    /// before is believed not to be there.
    public var isComplete = false
    /// Whether no earlier batches are awaited.
    public var isCurrent = false

    /// Whether the mirror says what the engine holds of what it stored since the mirror begins: a connection
    /// is open, and no earlier batches are awaited.
    public var isUsable: Bool { connections > 0 && isCurrent }

    /// How often what was mirrored became void.
    fileprivate var voids: Int { resets + unreadable }

    /// Nothing happened yet.
    public init() {}
  }

  /// A moment as of which prompts can be looked up later.
  public struct Moment: Hashable, Sendable {
    fileprivate let clock: UInt64
    fileprivate let voids: Int
  }

  fileprivate struct State {
    var cache: EngineCache
    var status = Status()
    var isEmpty = true
  }

  private final class Box: Sendable {
    let state: Mutex<State>
    init(_ state: State) { self.state = Mutex(state) }

    /// So many events are taken in before others have the lock.
    private static let turn = 128

    func take(_ update: EngineUpdate) {
      if case .batch(let batch, _) = update {
        for start in stride(from: 0, to: batch.events.count, by: Self.turn) {
          let end = min(start + Self.turn, batch.events.count)
          state.withLock { state in
            for event in batch.events[start..<end] { state.cache.apply(event) }
          }
        }
      }
      // A large mirror that is void ends when nobody waits for the lock.
      let void = state.withLock { $0.take(update) }
      withExtendedLifetime(void) {}
    }
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
      box.take(update)
      onUpdate(update)
    }
  }

  /// How the engine is followed.
  public var status: Status { box.state.withLock { $0.status } }

  /// Gives the mirror as it is now. Updates wait meanwhile. Of a large batch it may have a part.
  public func withCache<Result: Sendable>(_ body: (EngineCache) -> Result) -> Result {
    box.state.withLock { body($0.cache) }
  }

  /// Now; nil if the mirror is not usable.
  ///
  /// A prompt's hits are those of the moment before it was sent: what the engine stores of the prompt itself is
  /// told while it computes it.
  public var moment: Moment? {
    box.state.withLock { state in
      state.status.isUsable
        ? Moment(clock: state.cache.clock, voids: state.status.voids) : nil
    }
  }

  /// Gives the mirror and the value of its clock at a moment; nil if what was mirrored then is void now.
  public func withCache<Result: Sendable>(
    since moment: Moment, _ body: (EngineCache, _ clock: UInt64) -> Result
  ) -> Result? {
    box.state.withLock { state in
      state.status.voids == moment.voids ? body(state.cache, moment.clock) : nil
    }
  }

  /// Ends the subscription; what is mirrored stays as it is.
  public func stop() {
    subscriber.stop()
  }
}

extension EngineFollower.State {
  /// Takes an update in whose events are in the mirror, and returns the mirror that is void by it.
  fileprivate mutating func take(_ update: EngineUpdate) -> EngineCache? {
    switch update {
    case .connected:
      status.connections += 1
      status.isCurrent = false
    case .disconnected: status.connections -= 1
    case .gap: status.gaps += 1
    case .replay:
      status.replays += 1
      status.isCurrent = false
    case .current: status.isCurrent = true
    case .reset:
      status.resets += 1
      status.nextSequence = 0
      isEmpty = true
      return forget()
    case .batch(let batch, let sequence):
      begin(sequence)
      status.batches += 1
      status.events += batch.events.count
    case .unreadable(let fault, let sequence):
      begin(sequence)
      status.unreadable += 1
      status.lastFault = fault
      return forget()
    }
    return nil
  }

  private mutating func begin(_ sequence: UInt64) {
    if isEmpty { status.isComplete = sequence == 0 }
    isEmpty = false
    status.nextSequence = sequence &+ 1
  }

  private mutating func forget() -> EngineCache {
    let void = cache
    cache.removeAll()
    status.isComplete = false
    return void
  }
}
