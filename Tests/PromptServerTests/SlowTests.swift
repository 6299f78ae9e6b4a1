import Glibc
import PromptServer
import Synchronization
import Testing

/// Clients and upstreams that take their time, or never come to an end.
@Suite struct SlowTests {
  @Test func aRequestThatTricklesInIsAnswered() async throws {
    let upstream = try ScriptedUpstream(json: "{\"done\":true}")
    let body = "{\"messages\": [] }"
    try await withServer(upstream) { server in
      let port = server.port
      let reply = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        let request =
          "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
          + body
        for byte in request.utf8 { socket.write([byte]) }
        var reader = RawReader(socket)
        return reader.next(isReply: true)
      }
      #expect(reply?.text == "{\"done\":true}")
    }
    #expect(upstream.requests.map(\.text) == [body])
  }

  @Test func aHeadThatNeverEndsEndsTheConnection() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.requestTimeout: "0.1"]) { server in
      let port = server.port
      let end = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        socket.write("POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nx-long: ")
        return socket.read()
      }
      // Closed by the server, not given up by the client, which waits for 30 s.
      #expect(end.isEmpty || end.starts(with: "HTTP/1.1 4".utf8))
      #expect(try await server.eventually { server.server.metrics.inFlight == 0 })
    }
    #expect(upstream.requests.isEmpty)
  }

  @Test func aLongReplyComesWholeToWhoReadsSlowly() async throws {
    let piece = String(repeating: "0123456789abcdef", count: 4096)
    let count = 256
    let sent = Mutex(0)
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n"
          + "content-length: \(piece.utf8.count * count)\r\n\r\n")
      for _ in 0..<count where socket.write(piece) { sent.withLock { $0 += 1 } }
    }
    try await withServer(upstream) { server in
      let port = server.port
      let total = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        socket.write(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
        )
        var reader = RawReader(socket)
        _ = reader.head()
        var total = 0
        while case let bytes = socket.read(), !bytes.isEmpty { total += bytes.count }
        return total
      }
      // The reader of the head may have taken some of the body.
      #expect(total > piece.utf8.count * count - 65_536)
      #expect(sent.withLock { $0 } == count)
      let bytes = piece.utf8.count * count
      #expect(
        try await server.eventually { server.server.metrics.value(of: .replyBytes) == bytes })
    }
  }

  /// What never ends a line is not kept.
  @Test func anEndlessLineOfAStreamPasses() async throws {
    let piece = String(repeating: "x", count: 1 << 16)
    let chunk = String(piece.utf8.count, radix: 16) + "\r\n\(piece)\r\n"
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n"
          + "transfer-encoding: chunked\r\n\r\n6\r\ndata: \r\n")
      for _ in 0..<160 { socket.write(chunk) }
      socket.write("0\r\n\r\n")
    }
    try await withServer(upstream, [.model: "qwen3"]) { server in
      let reply = try await server.chat("{}")
      #expect(reply.isComplete)
      #expect(reply.body.count == 6 + 160 * piece.utf8.count)
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-a: ", "HTTP/1.1 2",
    "HTTP/1.1 100 Continue\r\n\r\n",
  ])
  func anUpstreamWhoseHeadNeverEndsIs504(head: String) async throws {
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(head)
      _ = socket.read()
    }
    try await withServer(upstream, [.upstreamTimeout: "0.2"]) { server in
      let reply = try await server.chat("{}")
      #expect(reply.status == 504)
    }
  }
}
