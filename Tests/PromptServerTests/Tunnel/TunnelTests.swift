import Foundation
import PromptServer
import ServiceLifecycle
import Synchronization
import Testing

/// Where the upstream agrees to WebSocket, bytes go both ways.
@Suite struct TunnelTests {
  @Test func theHandshakePasses() async throws {
    let upstream = try Handshake.echo()
    try await withServer(upstream) { server in
      let fields = [
        "Authorization: Bearer theirs", "OpenAI-Beta: realtime=v1", "x-cpc-tenant: a",
        "X-ContextPilot-Enabled: true", "Keep-Alive: timeout=5", "x-request-id: named",
      ]
      let reply = try await server.handshake(fields) { reply, _ in reply }
      #expect(reply.start.hasPrefix("HTTP/1.1 101 "))
      #expect(reply.values(of: "upgrade") == ["websocket"])
      #expect(reply.values(of: "connection") == ["Upgrade"])
      #expect(reply.value(of: "sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
      #expect(reply.value(of: "x-request-id") == "named")
      let counted = "cpc_requests_total{endpoint=\"/v1/*\",status=\"101\",mode=\"observe\"} 1\n"
      #expect(try await server.eventually { server.server.metrics.text.contains(counted) })
      #expect(server.log.text.contains("status=101"))
    }
    let sent = try #require(upstream.requests.first)
    #expect(sent.start == "GET \(Handshake.path) HTTP/1.1")
    #expect(sent.values(of: "host") == ["127.0.0.1:\(upstream.port)"])
    #expect(sent.values(of: "connection") == ["Upgrade"])
    #expect(sent.values(of: "upgrade") == ["websocket"])
    #expect(sent.value(of: "sec-websocket-key") == "dGhlIHNhbXBsZSBub25jZQ==")
    #expect(sent.value(of: "authorization") == "Bearer theirs")
    #expect(sent.value(of: "openai-beta") == "realtime=v1")
    #expect(sent.values(of: "x-request-id") == ["named"])
    for name in ["x-cpc-tenant", "x-contextpilot-enabled", "keep-alive", "content-length"] {
      #expect(sent.values(of: name).isEmpty)
    }
  }

  @Test func bytesPassBothWays() async throws {
    let upstream = try Handshake.echo()
    try await withServer(upstream) { server in
      var random = SystemRandomNumberGenerator()
      let bytes = (0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &random) }
      let echo = try await server.handshake(early: Array(bytes[..<1000])) { _, reader in
        let socket = reader.socket
        Thread.detachNewThread { socket.write(Array(bytes[1000...])) }
        return reader.bytes(bytes.count)
      }
      #expect(echo == bytes)
      let passed = server.server.metrics
      #expect(try await server.eventually { passed.value(of: .replyBytes) == bytes.count })
      #expect(passed.value(of: .requestBytes) == bytes.count)
    }
  }

  /// Behind a request that was answered before on the same connection, too.
  @Test func whatComesEarlyIsKept() async throws {
    let (asked, written) = (Gate(), Gate())
    let upstream = try ScriptedUpstream { request, socket in
      guard request.value(of: "upgrade") != nil else {
        socket.write(ScriptedUpstream.json("{}"))
        return
      }
      asked.open()
      written.wait()
      socket.write(Handshake.agreement)
      while true {
        let bytes = socket.read()
        guard !bytes.isEmpty, socket.write(bytes) else { return }
      }
    }
    try await withServer(upstream) { server in
      let port = server.port
      let early = Array("early".utf8)
      let echo = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        var reader = RawReader(socket)
        socket.write(
          Array("GET /v1/models HTTP/1.1\r\nhost: a\r\n\r\n\(Handshake.request())".utf8) + early)
        let first = reader.next(isReply: true)
        asked.wait()
        socket.write(" later")
        written.open()
        let second = reader.next(isReply: true)
        return (first?.status, second?.status, reader.bytes(11))
      }
      #expect(echo.0 == 200)
      #expect(echo.1 == 101)
      #expect(echo.2 == Array("early later".utf8))
    }
  }

  @Test func whatTheUpstreamSendsAndEndsAtOnceArrives() async throws {
    let bytes = [UInt8](repeating: 7, count: 200_000)
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(Array(Handshake.agreement.utf8) + bytes)
    }
    try await withServer(upstream) { server in
      for _ in 0..<20 {
        let all = try await server.handshake { _, reader in reader.bytes(bytes.count + 1) }
        #expect(all == bytes)
      }
    }
  }

  @Test func aSideThatHasEndedGetsWhatTheOtherSends() async throws {
    let upstream = try Handshake.upstream { socket in
      var bytes: [UInt8] = []
      while true {
        let read = socket.read()
        guard !read.isEmpty else { break }
        bytes += read
      }
      socket.write(bytes + Array(" to the end".utf8))
    }
    try await withServer(upstream) { server in
      let reply = try await server.handshake { _, reader in
        reader.socket.write("read")
        reader.socket.endOutput()
        return reader.bytes(100)
      }
      #expect(String(decoding: reply, as: UTF8.self) == "read to the end")
    }
  }

  @Test func aClientThatHangsUpEndsIt() async throws {
    let upstream = try WaitingUpstream(agrees: true)
    try await withServer(upstream.scripted, [.concurrencyLimit: "1"]) { server in
      let statuses = try await server.handshake { reply, _ in
        [reply.status, try server.status(of: "GET /v1/models")]
      }
      #expect(statuses == [101, 503])
      try await blocking { upstream.ended.wait() }
      // Its place is free again.
      #expect(
        try await server.eventually {
          try await server.handshake { reply, _ in reply.status } == 101
        })
    }
  }

  /// What the one side does not take is not read from the other.
  @Test(arguments: [true, false]) func aSlowReaderHoldsTheOtherSideBack(
    isDown: Bool
  ) async throws {
    let flow = Flow()
    let upstream = try Handshake.upstream { socket in
      if isDown { flow.send(to: socket) } else { flow.take(RawReader(socket)) }
    }
    try await withServer(upstream) { server in
      async let end: Void = server.handshake { _, reader in
        if isDown { flow.take(reader) } else { flow.send(to: reader.socket) }
        flow.taken.wait()
      }
      try await flow.expectHeldBack()
      try await end
      #expect(flow.arrived == Flow.size)
    }
  }

  /// What a client sends before the answer is not read without end.
  @Test func aClientThatDoesNotWaitIsHeldBack() async throws {
    let flow = Flow()
    let upstream = try ScriptedUpstream { _, socket in
      flow.reading.wait()
      socket.write(Handshake.agreement)
      flow.take(RawReader(socket))
    }
    try await withServer(upstream) { server in
      let port = server.port
      async let end: Void = blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        socket.write(Handshake.request())
        flow.send(to: socket)
      }
      try await flow.expectHeldBack()
      try await end
      #expect(flow.arrived == Flow.size)
    }
  }

  @Test func theEndOfTheServerEndsIt() async throws {
    let upstream = try WaitingUpstream(agrees: true)
    try await withServer(upstream.scripted, [.shutdownTimeout: "0.2"]) { server in
      async let end = server.handshake { _, reader in reader.bytes(1) }
      #expect(try await server.eventually { upstream.scripted.requests.count == 1 })
      await server.group.triggerGracefulShutdown()
      #expect(try await end.isEmpty)
      try await blocking { upstream.ended.wait() }
      #expect(try await server.eventually { server.log.text.contains("status=101") })
    }
  }
}

/// Many bytes from one side to the other, which begins to read them later.
private final class Flow: Sendable {
  static let size = 64 << 20
  let reading = Gate()
  let taken = Gate()
  private let sent: Mutex<Int> = Mutex(0)
  private let received: Mutex<Int> = Mutex(0)

  /// How many arrived.
  var arrived: Int { received.withLock { $0 } }
  /// How many were sent.
  var count: Int { sent.withLock { $0 } }

  /// Makes sure that only what buffers hold is sent before the other side reads, and lets it read.
  ///
  /// That nothing more is taken is no event: it is seen by waiting. Where a busy machine ends the wait too early, less
  /// was sent, and the test passes.
  func expectHeldBack() async throws {
    var before = -1
    while before != count || before == 0 {
      before = count
      try await Task.sleep(for: .milliseconds(300))
    }
    #expect(before < Self.size / 2)
    reading.open()
  }

  func send(to socket: Socket) {
    let chunk = [UInt8](repeating: 1, count: 1 << 16)
    while count < Self.size, socket.write(chunk) { sent.withLock { $0 += chunk.count } }
    taken.wait()
  }

  func take(_ reader: RawReader) {
    var reader = reader
    reading.wait()
    while arrived < Self.size {
      let bytes = reader.bytes(1 << 16)
      guard !bytes.isEmpty else { break }
      received.withLock { $0 += bytes.count }
    }
    taken.open()
  }
}

extension RunningServer {
  /// The status of the reply to a request.
  func status(of start: String) throws -> Int {
    let socket = try Socket(port: port)
    defer { socket.close() }
    socket.write("\(start) HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
    var reader = RawReader(socket)
    return reader.next(isReply: true)?.status ?? 0
  }
}
