internal import CZeroMQ
internal import Glibc

/// A context of ZeroMQ. It is thread-safe, which is why it may be sent; it ends when the last socket is closed.
final class ZeroMQContext: @unchecked Sendable {
  fileprivate let handle: UnsafeMutableRawPointer

  init() throws(EngineConnectionError) {
    guard let handle = zmq_ctx_new() else { throw .last(doing: "start ZeroMQ") }
    self.handle = handle
  }

  /// Wakes every thread that waits on a socket; all calls on sockets fail from then on.
  func shutDown() {
    zmq_ctx_shutdown(handle)
  }

  deinit {
    while zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
  }
}

/// A socket of ZeroMQ. It is open as long as it lives, and only one thread at a time uses it.
final class ZeroMQSocket {
  private let context: ZeroMQContext
  fileprivate let handle: UnsafeMutableRawPointer

  /// The most frames of a message that are kept.
  private static let frameLimit = 8

  init(_ kind: Int32, in context: ZeroMQContext) throws(EngineConnectionError) {
    guard let handle = zmq_socket(context.handle, kind) else { throw .last(doing: "open a socket") }
    self.context = context
    self.handle = handle
    set(ZMQ_LINGER, to: Int32(0))
  }

  deinit {
    zmq_close(handle)
  }

  /// Sets an option that takes a number of 32 or 64 bits, as its description says.
  func set<Number: FixedWidthInteger>(_ option: Int32, to value: Number) {
    withUnsafeBytes(of: value) {
      _ = zmq_setsockopt(handle, option, $0.baseAddress, $0.count)
    }
  }

  func subscribe(to topic: [UInt8]) {
    topic.withUnsafeBytes {
      _ = zmq_setsockopt(handle, ZMQ_SUBSCRIBE, $0.baseAddress, $0.count)
    }
  }

  func bind(_ endpoint: String) throws(EngineConnectionError) {
    set(ZMQ_IPV6, to: Int32(endpoint.contains("[") ? 1 : 0))
    guard zmq_bind(handle, endpoint) == 0 else { throw .last(doing: "bind \(endpoint)") }
  }

  func connect(_ endpoint: String) throws(EngineConnectionError) {
    set(ZMQ_IPV6, to: Int32(endpoint.contains("[") ? 1 : 0))
    guard zmq_connect(handle, endpoint) == 0 else { throw .last(doing: "connect to \(endpoint)") }
  }

  /// Tells the given events of the socket to a PAIR socket.
  func monitor(_ events: Int32) throws(EngineConnectionError) -> ZeroMQSocket {
    let endpoint = "inproc://monitor"
    guard zmq_socket_monitor(handle, endpoint, events) == 0 else {
      throw .last(doing: "watch a socket")
    }
    let pair = try ZeroMQSocket(ZMQ_PAIR, in: context)
    try pair.connect(endpoint)
    return pair
  }

  /// Sends a message without waiting. Returns whether it was taken.
  @discardableResult
  func send(_ frames: [[UInt8]]) -> Bool {
    for (index, frame) in frames.enumerated() {
      let flags = ZMQ_DONTWAIT | (index + 1 < frames.count ? ZMQ_SNDMORE : 0)
      let sent = frame.withUnsafeBytes { zmq_send(handle, $0.baseAddress, $0.count, flags) }
      guard sent >= 0 else { return false }
    }
    return true
  }

  /// The frames of the next message; nil if none is there. A message of too many frames is cut.
  func receive() -> [[UInt8]]? {
    var frames: [[UInt8]] = []
    var message = zmq_msg_t()
    zmq_msg_init(&message)
    defer { zmq_msg_close(&message) }
    repeat {
      guard zmq_msg_recv(&message, handle, ZMQ_DONTWAIT) >= 0 else { return nil }
      guard frames.count < Self.frameLimit else { continue }
      let bytes = UnsafeRawBufferPointer(
        start: zmq_msg_data(&message), count: zmq_msg_size(&message))
      frames.append(Array(bytes))
    } while zmq_msg_more(&message) != 0
    return frames
  }

  /// Waits until one of the sockets has a message, or the time is over; false if the context is shut down.
  static func wait(for sockets: [ZeroMQSocket], atMost duration: Duration?) -> Bool {
    var items = sockets.map {
      zmq_pollitem_t(socket: $0.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    }
    var milliseconds = -1
    if let duration {
      let (seconds, attoseconds) = duration.components
      let limited = min(max(seconds, 0), 3600)
      milliseconds = Int(limited) * 1000 + Int(max(attoseconds, 0) / 1_000_000_000_000_000) + 1
    }
    return zmq_poll(&items, Int32(items.count), milliseconds) >= 0 || zmq_errno() == EINTR
  }
}

extension EngineConnectionError {
  /// What ZeroMQ says of the last call of this thread.
  fileprivate static func last(doing action: String) -> EngineConnectionError {
    EngineConnectionError(action: action, reason: String(cString: zmq_strerror(zmq_errno())))
  }
}
