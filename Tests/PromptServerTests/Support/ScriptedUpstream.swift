import Foundation
import Synchronization

/// An upstream that does what a script says, byte by byte, and keeps what it was sent.
final class ScriptedUpstream: Sendable {
  /// Answers one request.
  typealias Script = @Sendable (RawMessage, Socket) -> Void

  let port: Int
  private let listener: Int32
  private let script: Script
  /// Whether bodies are kept; else they are read and dropped.
  private let keepsBodies: Bool
  private let received: Mutex<[RawMessage]> = Mutex([])

  init(keepsBodies: Bool = true, _ script: @escaping Script) throws {
    self.script = script
    self.keepsBodies = keepsBodies
    (listener, port) = try Self.listen()
    Thread.detachNewThread { [self] in accept() }
  }

  /// The ports that upstreams of this process had.
  private static let used: Mutex<Set<Int>> = Mutex([])

  /// Listens at a port that is none of those that the system gives to who wants any, and that no other upstream had:
  /// when the upstream has stopped, nobody is there.
  private static func listen() throws -> (descriptor: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    for _ in 0..<100 {
      let port = Int.random(in: 10_000..<32_000)
      guard used.withLock({ $0.insert(port).inserted }) else { continue }
      var address = Socket.loopback(port: port)
      let length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(listener, $0, length) == 0
        }
      }
      if isBound, Glibc.listen(listener, 64) == 0 { return (listener, port) }
    }
    throw SocketError(number: errno)
  }

  /// Answers every request with these bytes and closes the connection.
  convenience init(reply: String) throws {
    try self.init { _, socket in socket.write(reply) }
  }

  /// Answers every request with JSON.
  convenience init(json: String) throws {
    try self.init { _, socket in socket.write(Self.json(json)) }
  }

  static func json(_ body: String) -> String {
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n"
      + "connection: close\r\n\r\n"
      + body
  }

  /// What it was sent so far.
  var requests: [RawMessage] { received.withLock { $0 } }

  var url: String { "http://127.0.0.1:\(port)" }

  func stop() {
    // The thread that accepts closes it: until then no other listener gets its number.
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func accept() {
    while true {
      let descriptor = Glibc.accept(listener, nil, nil)
      guard descriptor >= 0 else {
        close(listener)
        return
      }
      let socket = Socket(descriptor: descriptor)
      Thread.detachNewThread { [self] in
        var reader = RawReader(socket)
        let request = keepsBodies ? reader.next(isReply: false) : reader.skip()
        if let request {
          received.withLock { $0.append(request) }
          script(request, socket)
        }
        socket.close()
      }
    }
  }
}
