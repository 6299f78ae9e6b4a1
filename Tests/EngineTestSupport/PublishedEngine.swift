import Bytes
import CZeroMQ
public import EngineEvents
import Foundation
import Synchronization

/// An engine that publishes over ZeroMQ as vLLM and SGLang do: XPUB, a PUB that sees who listens, for batches, ROUTER for replays. It answers
/// replays when it is told to.
///
/// Its sockets are used under its lock alone, so it may be sent.
public final class PublishedEngine: @unchecked Sendable {
  /// How an engine writes.
  public struct Form: Sendable {
    /// Whether batches have maps for events, or arrays.
    public var usesMaps: Bool
    /// Whether replays state the topic.
    public var replaysTopic: Bool

    /// Makes a form.
    public init(usesMaps: Bool = true, replaysTopic: Bool = true) {
      self.usesMaps = usesMaps
      self.replaysTopic = replaysTopic
    }
  }

  private struct State {
    var payloads: [[UInt8]] = []
    var kept = 10_000
    var replays = 0
    var subscriptions = 0
  }

  private let context: UnsafeMutableRawPointer?
  private let publisher: UnsafeMutableRawPointer?
  private let router: UnsafeMutableRawPointer?
  private let endpoint: String
  private let form: Form
  private let topic = Array("kv-events".utf8)
  private let state: Mutex<State> = Mutex(State())
  /// The endpoint of replays.
  public let replayEndpoint: String

  /// Binds or connects its sockets.
  ///
  /// - Parameters:
  ///   - replayEndpoint: nil for any that is free.
  ///   - kept: how many of the latest payloads are replayed.
  public init(
    endpoint: String, binds: Bool = false, replayEndpoint: String? = nil, kept: Int = 10_000,
    form: Form = Form()
  ) {
    self.endpoint = endpoint
    self.form = form
    context = zmq_ctx_new()
    publisher = zmq_socket(context, ZMQ_XPUB)
    router = zmq_socket(context, ZMQ_ROUTER)
    Self.setNoLinger(publisher)
    Self.setNoLinger(router)
    if binds { zmq_bind(publisher, endpoint) } else { zmq_connect(publisher, endpoint) }
    zmq_bind(router, replayEndpoint ?? "tcp://127.0.0.1:*")
    self.replayEndpoint = Self.endpoint(of: router)
    state.withLock { $0.kept = kept }
  }

  deinit {
    zmq_close(publisher)
    zmq_close(router)
    zmq_ctx_term(context)
    // ZeroMQ leaves the files of its sockets.
    for path in [endpoint, replayEndpoint].compactMap(Self.path) {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  private static func path(_ endpoint: String) -> String? {
    endpoint.hasPrefix("ipc://") ? String(endpoint.dropFirst(6)) : nil
  }

  /// Whether a subscription has come. What is sent before is lost.
  public var isSubscribed: Bool {
    state.withLock { state in
      while let message = receive(from: publisher)?.first {
        state.subscriptions += message.first == 1 ? 1 : -1
      }
      return state.subscriptions > 0
    }
  }

  /// How many replays it was asked for.
  public var replays: Int { state.withLock { $0.replays } }

  /// An endpoint that nobody uses. Its port is none that the system gives to those that want any.
  public static func freeEndpoint() -> String {
    let context = zmq_ctx_new()
    let socket = zmq_socket(context, ZMQ_REP)
    defer {
      zmq_close(socket)
      zmq_ctx_term(context)
    }
    while true {
      let endpoint = "tcp://127.0.0.1:\(Int.random(in: 10_000..<32_000))"
      if zmq_bind(socket, endpoint) == 0 { return endpoint }
    }
  }

  /// A socket file of this machine's that nobody has. Engines bind it.
  public static func localEndpoint() -> String {
    let folder = FileManager.default.temporaryDirectory.path
    return "ipc://\(folder)/cpc-\(UUID().uuidString.prefix(8))"
  }

  private static func endpoint(of socket: UnsafeMutableRawPointer?) -> String {
    var name = [CChar](repeating: 0, count: 256)
    var length = name.count
    zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, &name, &length)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func setNoLinger(_ socket: UnsafeMutableRawPointer?) {
    var none: Int32 = 0
    zmq_setsockopt(socket, ZMQ_LINGER, &none, MemoryLayout<Int32>.size)
  }

  /// Publishes a batch, which gets the next number. One that is lost can only be had by a replay.
  public func publish(_ events: [EngineEvent], isLost: Bool = false) {
    publish(payload: BatchWriter.batch(events, usesMaps: form.usesMaps), isLost: isLost)
  }

  /// Publishes bytes in place of a batch.
  public func publish(payload: [UInt8], isLost: Bool = false) {
    state.withLock { state in
      state.payloads.append(payload)
      if !isLost { send([topic, Self.bytes(state.payloads.count - 1), payload], to: publisher) }
    }
  }

  /// Sends a batch that was published once more, as an engine never does.
  public func sendAgain(_ sequence: Int) {
    state.withLock { state in
      guard state.payloads.indices.contains(sequence) else { return }
      send([topic, Self.bytes(sequence), state.payloads[sequence]], to: publisher)
    }
  }

  /// Answers the requests for replays that are there.
  public func answerReplays() {
    state.withLock { state in
      while let request = receive(from: router) {
        state.replays += 1
        guard request.count == 3, request[1].isEmpty, request[2].count == 8 else { continue }
        let first = request[2].reduce(0) { $0 << 8 | Int($1) }
        let start = [request[0], []] + (form.replaysTopic ? [topic] : [])
        let count = state.payloads.count
        for sequence in max(first, count - state.kept, 0)..<max(first, count) {
          send(start + [Self.bytes(sequence), state.payloads[sequence]], to: router)
        }
        send(start + [Self.bytes(-1), []], to: router)
      }
    }
  }

  private func receive(from socket: UnsafeMutableRawPointer?) -> [[UInt8]]? {
    var frames: [[UInt8]] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    var more: Int32 = 0
    var size = MemoryLayout<Int32>.size
    repeat {
      let count = zmq_recv(socket, &buffer, buffer.count, ZMQ_DONTWAIT)
      guard count >= 0 else { return nil }
      frames.append(Array(buffer.prefix(Int(count))))
      zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size)
    } while more != 0
    return frames
  }

  private func send(_ frames: [[UInt8]], to socket: UnsafeMutableRawPointer?) {
    for (index, frame) in frames.enumerated() {
      zmq_send(socket, frame, frame.count, index + 1 < frames.count ? ZMQ_SNDMORE : 0)
    }
  }

  private static func bytes(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: Int64(number).bigEndian) { Array($0) }
  }
}
