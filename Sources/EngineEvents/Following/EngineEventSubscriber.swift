internal import Bytes
internal import CZeroMQ

/// What a subscriber tells.
public enum EngineUpdate: Hashable, Sendable {
  /// A connection with the engine was made; how far its messages are known is not yet.
  case connected
  /// The connection ended.
  case disconnected
  /// Messages are missing behind the last batch: they are asked for, or there is a reset.
  case gap
  /// The engine is asked for its messages from a number on. What it holds is known again when `current` is told.
  case replay(from: UInt64)
  /// No answer to a replay is awaited any more: all is told that can be had.
  case current
  /// All batches told so far are void: the engine was restarted, or messages are lost.
  case reset
  /// The next batch of events. Since the last reset none is missing.
  case batch(EventBatch, sequence: UInt64)
  /// A batch that cannot be read: what the engine holds is not known any more.
  case unreadable(EventDecodingError, sequence: UInt64)
}

/// Receives the events of one engine, in order and without a gap, on a thread of its own.
///
/// It asks for a replay of what it missed: at the start, after each connection, and on gaps. The thread
/// sleeps until there is something to do. Each data-parallel rank of an engine publishes on an endpoint of
/// its own and needs a subscriber of its own.
public final class EngineEventSubscriber: Sendable {
  private let context: ZeroMQContext
  private let thread: BackgroundThread

  /// The most bytes of a message; ZeroMQ ends the connection with an engine that sends more.
  static let messageLimit: Int64 = 64 << 20

  /// Begins to listen.
  ///
  /// - Parameter receive: is called on the subscriber's thread, one call at a time. While it runs nothing
  ///   is received. It may call `stop`.
  /// - Throws: `EngineConnectionError` if an endpoint cannot be bound or is none. An engine that is not there
  ///   is waited for.
  public init(
    _ connection: EngineConnection, receive: @escaping @Sendable (EngineUpdate) -> Void
  ) throws(EngineConnectionError) {
    let context = try ZeroMQContext()
    let loop = SubscriberLoop(
      subscription: try Self.subscription(connection, in: context), connection, context, receive)
    // Faults of the endpoint are told here and not on the thread.
    try loop.probeReplay()
    // Only the new thread uses the loop and its sockets from here on.
    let handover = Handover(loop: loop)
    guard let thread = BackgroundThread({ handover.run() }) else {
      throw EngineConnectionError(action: "start a thread", reason: "there are too many")
    }
    self.context = context
    self.thread = thread
  }

  /// Ends the subscription; on return the thread has ended and nothing more is told. May be called again, and
  /// from `receive`, where the thread ends after the call.
  public func stop() {
    context.shutDown()
    thread.join()
  }

  deinit {
    stop()
  }

  private static func subscription(
    _ connection: EngineConnection, in context: ZeroMQContext
  ) throws(EngineConnectionError) -> SubscriberLoop.Subscription {
    let socket = try ZeroMQSocket(ZMQ_SUB, in: context)
    socket.set(ZMQ_RCVHWM, to: Int32(100_000))
    socket.set(ZMQ_MAXMSGSIZE, to: messageLimit)
    socket.set(ZMQ_RECONNECT_IVL_MAX, to: Int32(5_000))
    socket.set(ZMQ_HEARTBEAT_IVL, to: Int32(10_000))
    socket.set(ZMQ_HEARTBEAT_TIMEOUT, to: Int32(30_000))
    socket.subscribe(to: connection.topic.bytes)
    let monitor = try socket.monitor(ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED)
    switch connection.role {
    case .bind: try socket.bind(connection.endpoint)
    case .connect: try socket.connect(connection.endpoint)
    }
    return SubscriberLoop.Subscription(socket: socket, monitor: monitor)
  }
}

/// Carries the loop to its thread. It is sent once, before the thread begins, and not used elsewhere after.
private final class Handover: @unchecked Sendable {
  private let loop: SubscriberLoop
  init(loop: SubscriberLoop) { self.loop = loop }
  func run() { loop.run() }
}
