import Glibc
import PromptServer
import Testing

/// Clients of HTTP/1.0, which know no chunks.
@Suite struct OldClientTests {
  /// Sends bytes and reads until the server closes the connection.
  private static func exchange(_ request: String, _ server: RunningServer) async throws
    -> RawMessage
  {
    let port = server.port
    return try await blocking {
      let socket = try Socket(port: port)
      defer { socket.close() }
      socket.write(request)
      var reader = RawReader(socket)
      let message = reader.next(isReply: true)
      var reply = try #require(message)
      let start = ContinuousClock.now
      // A read that is given up has waited for 30 s.
      while case let rest = socket.read(), !rest.isEmpty { reply.body += rest }
      #expect(ContinuousClock.now - start < .seconds(15), "the connection was not closed")
      return reply
    }
  }

  @Test(arguments: ["application/json", "text/event-stream"], ["", "connection: keep-alive\r\n"])
  func aReplyWithoutALengthEndsWithTheConnection(type: String, field: String) async throws {
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(
        "HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\ntransfer-encoding: chunked\r\n\r\n"
          + "9\r\ndata: 1\n\n\r\n")
      socket.write("9\r\ndata: 2\n\n\r\n0\r\n\r\n")
    }
    try await withServer(upstream) { server in
      let reply = try await Self.exchange(
        "POST /v1/chat/completions HTTP/1.0\r\n\(field)content-length: 2\r\n\r\n{}", server)
      #expect(reply.status == 200)
      #expect(reply.value(of: "transfer-encoding") == nil)
      #expect(reply.value(of: "content-length") == nil)
      #expect(reply.values(of: "connection") == ["close"])
      #expect(reply.text == "data: 1\n\ndata: 2\n\n")
    }
  }

  @Test func whoReadsSlowlyGetsAllOfIt() async throws {
    let piece = String(repeating: "0123456789abcdef", count: 4096)
    let chunk = String(piece.utf8.count, radix: 16) + "\r\n\(piece)\r\n"
    let waits = Gate()
    let upstream = try ScriptedUpstream { _, socket in
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
      for number in 0..<128 {
        if number == 4 { waits.open() }
        socket.write(chunk)
      }
      socket.write("0\r\n\r\n")
    }
    try await withServer(upstream) { server in
      let port = server.port
      let reply = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        socket.write("GET /v1/x HTTP/1.0\r\n\r\n")
        // Some of it waits on its way before any is read.
        waits.wait()
        var reader = RawReader(socket)
        return reader.next(isReply: true)
      }
      #expect(reply?.body.count == 128 * piece.utf8.count)
    }
  }

  @Test(arguments: ["/v1/models", "/health", "/nope"])
  func aReplyWithALengthKeepsIt(path: String) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream) { server in
      let reply = try await Self.exchange("GET \(path) HTTP/1.0\r\n\r\n", server)
      #expect(reply.status == (path == "/nope" ? 404 : 200))
      #expect(reply.value(of: "content-length") == "\(reply.body.count)")
      #expect(reply.values(of: "connection") == ["close"])
      #expect(reply.value(of: "transfer-encoding") == nil)
    }
  }

  @Test func aHeadWithoutALengthIsAllThereIs() async throws {
    let upstream = try ScriptedUpstream(
      reply: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    try await withServer(upstream) { server in
      let reply = try await Self.exchange("HEAD /v1/models HTTP/1.0\r\n\r\n", server)
      #expect(reply.status == 200)
      #expect(reply.value(of: "transfer-encoding") == nil)
      #expect(reply.value(of: "content-length") == nil)
      #expect(reply.body.isEmpty)
    }
  }

  @Test func noWordIsSentBeforeTheReplyAndFieldsForOthersAreLeftOut() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream) { server in
      let reply = try await Self.exchange(
        "POST /v1/chat/completions HTTP/1.0\r\nexpect: 100-continue\r\nx-hop: 1\r\nx-end: 2\r\n"
          + "connection: x-hop\r\ncontent-length: 2\r\n\r\n{}", server)
      #expect(reply.status == 200)
    }
    let sent = try #require(upstream.requests.first)
    #expect(sent.value(of: "x-hop") == nil)
    #expect(sent.value(of: "x-end") == "2")
  }
}
