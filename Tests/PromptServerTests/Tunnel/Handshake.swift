import Testing

/// What a client and an upstream say to each other to go on with WebSocket.
enum Handshake {
  static let path = "/v1/realtime?model=a%2Fb&intent=[x]"

  static func request(_ fields: [String] = [], path: String = path) -> String {
    let own = [
      "GET \(path) HTTP/1.1", "Host: client.example", "Connection: keep-alive, Upgrade",
      "Upgrade: WebSocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
    ]
    return (own + fields).map { $0 + "\r\n" }.joined() + "\r\n"
  }

  static let agreement =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

  /// An upstream that agrees, and then does what a script says.
  static func upstream(
    _ script: @escaping @Sendable (Socket) -> Void
  ) throws -> ScriptedUpstream {
    try ScriptedUpstream { _, socket in
      socket.write(agreement)
      script(socket)
    }
  }

  /// An upstream that agrees and sends back what it gets.
  static func echo() throws -> ScriptedUpstream {
    try upstream { socket in
      while true {
        let bytes = socket.read()
        guard !bytes.isEmpty, socket.write(bytes) else { return }
      }
    }
  }
}

/// An upstream that reads until its connection ends, and says nothing but whether it agrees.
struct WaitingUpstream {
  let scripted: ScriptedUpstream
  /// Opens when it was asked.
  let asked = Gate()
  /// Opens when the connection has ended.
  let ended = Gate()

  init(agrees: Bool) throws {
    let (asked, ended) = (asked, ended)
    scripted = try ScriptedUpstream { _, socket in
      if agrees { socket.write(Handshake.agreement) }
      asked.open()
      while !socket.read().isEmpty {}
      ended.open()
    }
  }
}

extension RunningServer {
  /// Opens a connection, sends the request and what comes right behind it, and calls `body` with the reply.
  func handshake<Value: Sendable>(
    _ fields: [String] = [], path: String = Handshake.path, early: [UInt8] = [],
    _ body: @escaping @Sendable (RawMessage, inout RawReader) throws -> Value
  ) async throws -> Value {
    let port = port
    return try await blocking {
      let socket = try Socket(port: port)
      defer { socket.close() }
      socket.write(Array(Handshake.request(fields, path: path).utf8) + early)
      var reader = RawReader(socket)
      let next = reader.next(isReply: true)
      let reply = try #require(next, "no reply")
      return try body(reply, &reader)
    }
  }
}
