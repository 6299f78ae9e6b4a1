import PromptServer
import Testing

/// What the client sees when the upstream fails.
@Suite struct FaultTests {
  @Test func anUpstreamThatIsDownIs502InTheFormOfTheEndpoint() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    upstream.stop()
    try await withServer(nil, [.upstream: upstream.url]) { server in
      let reply = try await server.chat("{}")
      #expect(reply.status == 502)
      #expect(reply.text.hasPrefix("{\"error\":{\"message\":"))
      #expect(reply.text.contains("\"code\":\"upstream_unreachable\""))
      #expect(reply.value(of: "x-request-id") != nil)
      let anthropic = try await server.send("POST /v1/messages", body: Array("{}".utf8))
      #expect(anthropic.text.hasPrefix("{\"type\":\"error\",\"error\":{\"message\":"))
      #expect(
        server.server.metrics.value(of: .upstreamErrors, "upstream_unreachable") == 2)
    }
  }

  @Test func aSlowUpstreamIs504() async throws {
    let upstream = try ScriptedUpstream { _, socket in _ = socket.read() }
    try await withServer(upstream, [.upstreamTimeout: "0.2"]) { server in
      let reply = try await server.chat("{}")
      #expect(reply.status == 504)
      #expect(reply.text.contains("upstream_timeout"))
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"a\":1",
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n6\r\n{\"a\":1\r\n",
  ])
  func aReplyThatBreaksOffBreaksOffAtTheClient(reply: String) async throws {
    let upstream = try ScriptedUpstream(reply: reply)
    try await withServer(upstream) { server in
      let reply = try await server.chat("{}")
      #expect(reply.status == 200)
      #expect(reply.text == "{\"a\":1")
      #expect(!reply.isComplete)
      #expect(server.server.metrics.value(of: .upstreamErrors, "reply_broke_off") == 1)
    }
  }

  @Test func anUpstreamThatClosesAtOnceIs502() async throws {
    let upstream = try ScriptedUpstream { _, _ in }
    try await withServer(upstream) { server in
      let reply = try await server.chat("{}")
      #expect(reply.status == 502)
      #expect(reply.text.contains("upstream_failed"))
    }
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
    "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
  ])
  func whatIsNoHTTPIs502WithAReasonOfItsOwn(reply: String) async throws {
    let upstream = try ScriptedUpstream(reply: reply)
    try await withServer(upstream) { server in
      let reply = try await server.chat("{}")
      #expect(reply.status == 502)
      #expect(reply.text.contains("\"code\":\"upstream_malformed\""), "\(reply.text)")
      #expect(server.server.metrics.value(of: .upstreamErrors, "upstream_malformed") == 1)
      #expect(server.log.text.contains("error=upstream_malformed"))
    }
  }

  @Test func errorPagesAndBadGzipPassUnread() async throws {
    let page = "<html>502 Bad Gateway</html>"
    let upstream = try ScriptedUpstream { request, socket in
      if request.start.contains("messages") {
        socket.write(
          "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n"
            + "content-length: 8\r\n\r\nnot gzip")
      } else {
        socket.write(
          "HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-type: text/html\r\n"
            + "content-length: \(page.utf8.count)\r\n\r\n\(page)")
      }
    }
    try await withServer(upstream) { server in
      let reply = try await server.chat("{}")
      #expect(reply.status == 502)
      #expect(reply.text == page)
      let packed = try await server.send("POST /v1/messages", body: Array("{}".utf8))
      #expect(packed.status == 200)
      #expect(packed.text == "not gzip")
    }
  }

  @Test func aRequestThatDoesNotComeWholeIsNotPassedOn() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream) { server in
      let port = server.port
      try await blocking {
        let socket = try Socket(port: port)
        socket.write(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{}")
        socket.close()
      }
      #expect(
        try await server.eventually { server.server.metrics.value(of: .clientHangUps) == 1 })
    }
    #expect(upstream.requests.isEmpty)
  }

  @Test(arguments: ["/v1/models", "/nope", "/health", "/status.json"])
  func nothingStandsBehindAHeadThatWasAskedFor(path: String) async throws {
    try await withServer(nil, [.tokens: "t"]) { server in
      let port = server.port
      let replies = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        var reader = RawReader(socket)
        socket.write("HEAD \(path) HTTP/1.1\r\nhost: a\r\n\r\n")
        let head = reader.head()
        socket.write("GET /ready HTTP/1.1\r\nhost: a\r\n\r\n")
        return (head, reader.next(isReply: true))
      }
      let status = ["/health": 200, "/status.json": 401][path] ?? 404
      #expect(replies.0?.status == status)
      #expect(replies.0?.value(of: "content-length").flatMap { Int($0) } ?? 0 > 0)
      #expect(replies.1?.text == "{\"status\":\"ready\"}")
    }
  }

  @Test(arguments: ["//v1/models", "/chat/completions", "/nope"])
  func whatIsNoEndpointIsSaidToBeNone(path: String) async throws {
    try await withServer(nil) { server in
      let reply = try await server.send("POST \(path)", body: Array("{}".utf8))
      #expect(reply.status == 404)
      #expect(reply.text.contains("what begins with /v1/ goes to the upstream"))
    }
  }

  @Test func withoutAnUpstreamTheClientIsToldSo() async throws {
    try await withServer(nil) { server in
      let reply = try await server.chat("{}")
      #expect(reply.status == 404)
      #expect(reply.text.contains("--upstream"))
    }
  }
}
