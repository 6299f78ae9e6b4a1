internal import Bytes
internal import CZeroMQ

/// What the thread of a subscriber does: receives from the sockets, asks the sequencer, and tells.
final class SubscriberLoop {
  struct Subscription {
    /// SUB
    let socket: ZeroMQSocket
    /// PAIR, with what happens to the connections of `socket`.
    let monitor: ZeroMQSocket
  }

  private struct Replay {
    /// DEALER
    let socket: ZeroMQSocket
    /// When its next message is no longer waited for.
    var deadline: ContinuousClock.Instant
  }

  private let subscription: Subscription
  private let connection: EngineConnection
  private let context: ZeroMQContext
  private let tell: @Sendable (EngineUpdate) -> Void
  private var sequencer: EventSequencer
  private var replay: Replay?
  private var toldGaps = 0
  /// Whether `current` is to be told when no replay is awaited.
  private var isBehind = false

  /// How many messages of one socket are taken before the others have their turn.
  private static let turn = 1024

  init(
    subscription: Subscription, _ connection: EngineConnection, _ context: ZeroMQContext,
    _ tell: @escaping @Sendable (EngineUpdate) -> Void
  ) {
    self.subscription = subscription
    self.connection = connection
    self.context = context
    self.tell = tell
    sequencer = EventSequencer(hasReplay: connection.replayEndpoint != nil)
  }

  /// Finds out whether the endpoint of replays is one.
  func probeReplay() throws(EngineConnectionError) {
    _ = try replaySocket()
  }

  /// Runs until the context is shut down.
  func run() {
    take(sequencer.connect())
    while true {
      var sockets = [subscription.monitor, subscription.socket]
      if let replay { sockets.append(replay.socket) }
      let patience = replay.map { $0.deadline - ContinuousClock.now }
      guard ZeroMQSocket.wait(for: sockets, atMost: patience) else { return }
      receiveConnections()
      receiveLive()
      receiveReplayed()
      if let replay, replay.deadline < .now { take(sequencer.giveUpReplay()) }
    }
  }

  /// The connections come before the messages: what a new engine sends must not be taken for the old one's.
  private func receiveConnections() {
    while let frames = subscription.monitor.receive() {
      guard let event = frames.first, event.count >= 2 else { continue }
      switch Int32(event[0]) | Int32(event[1]) << 8 {
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        tell(.connected)
        replay = nil
        isBehind = true
        take(sequencer.connect())
      case ZMQ_EVENT_DISCONNECTED: tell(.disconnected)
      default: break
      }
    }
  }

  private func receiveLive() {
    for _ in 0..<Self.turn {
      guard let frames = subscription.socket.receive() else { return }
      if let message = EventMessage(frames: frames) { take(sequencer.receive(message)) }
    }
  }

  private func receiveReplayed() {
    for _ in 0..<Self.turn {
      guard let frames = replay?.socket.receive() else { return }
      replay?.deadline = .now + connection.replayPatience
      switch EventMessage.replayed(frames: frames) {
      case .message(let message): take(sequencer.receiveReplayed(message))
      case .end:
        replay = nil
        take(sequencer.endReplay())
      case nil: break
      }
    }
  }

  private func take(_ steps: [EventSequencer.Step]) {
    if sequencer.gapCount > toldGaps {
      toldGaps = sequencer.gapCount
      tell(.gap)
    }
    for step in steps {
      switch step {
      case .reset: tell(.reset)
      case .deliver(let message): deliver(message)
      case .replay(let sequence): ask(from: sequence)
      }
    }
    guard !sequencer.isReplaying else { return }
    replay = nil
    if isBehind {
      isBehind = false
      tell(.current)
    }
  }

  private func deliver(_ message: EventMessage) {
    do {
      let batch = try EventBatch(messagePack: message.payload)
      tell(.batch(batch, sequence: message.sequence))
    } catch {
      tell(.unreadable(error, sequence: message.sequence))
    }
  }

  /// Asks with a new socket, so that answers to an earlier question do not arrive.
  private func ask(from sequence: UInt64) {
    let deadline = ContinuousClock.now + connection.replayPatience
    isBehind = true
    tell(.replay(from: sequence))
    replay = (try? replaySocket()).flatMap { $0 }.map { Replay(socket: $0, deadline: deadline) }
    replay?.socket.send(EventMessage.replayRequest(from: sequence))
    if replay == nil { take(sequencer.giveUpReplay()) }
  }

  private func replaySocket() throws(EngineConnectionError) -> ZeroMQSocket? {
    guard let endpoint = connection.replayEndpoint else { return nil }
    let socket = try ZeroMQSocket(ZMQ_DEALER, in: context)
    // The engine drops what the socket does not take.
    socket.set(ZMQ_RCVHWM, to: Int32(0))
    socket.set(ZMQ_MAXMSGSIZE, to: EngineEventSubscriber.messageLimit)
    try socket.connect(endpoint)
    return socket
  }
}
