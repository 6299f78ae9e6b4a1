import PromptServer
import Testing

/// Where there is no agreement, a request for WebSocket is one as others are.
@Suite struct RefusedTunnelTests {
  @Test func aReplyThatRefusesPasses() async throws {
    let upstream = try ScriptedUpstream { request, socket in
      let isUpgrade = request.value(of: "upgrade") != nil
      let body = isUpgrade ? "{\"error\":\"key\"}" : "{}"
      socket.write(
        "HTTP/1.1 \(isUpgrade ? "401 Unauthorized" : "200 OK")\r\nx-why: key\r\n"
          + "content-length: \(body.utf8.count)\r\n\r\n" + body)
      _ = socket.read()
    }
    try await withServer(upstream) { server in
      // What comes behind it is a request, to which all that is asked of requests applies.
      let next = "GET /v1/models HTTP/1.1\r\nhost: a\r\nx-cpc-tenant: b\r\n\r\n"
      let replies = try await server.handshake(early: Array(next.utf8)) { reply, reader in
        let second = reader.next(isReply: true)
        reader.socket.write(next)
        return [reply, second, reader.next(isReply: true)]
      }
      #expect(replies.map { $0?.status } == [401, 200, 200])
      #expect(replies[0]?.value(of: "x-why") == "key")
      #expect(replies[0]?.text == "{\"error\":\"key\"}")
      #expect(replies[0]?.values(of: "upgrade").isEmpty == true)
      #expect(replies[1]?.text == "{}")
    }
    #expect(upstream.requests.count == 3)
    #expect(upstream.requests.dropFirst().allSatisfy { $0.values(of: "x-cpc-tenant").isEmpty })
  }

  @Test func aLongReplyPassesWithAndWithoutALength() async throws {
    let body = String(repeating: "0123456789", count: 300_000)
    for head in ["content-length: 3000000\r\n", ""] {
      let upstream = try ScriptedUpstream { _, socket in
        socket.write("HTTP/1.1 200 OK\r\n\(head)connection: close\r\n\r\n" + body)
      }
      try await withServer(upstream) { server in
        let reply = try await server.handshake { reply, _ in reply }
        #expect(reply.status == 200)
        #expect(reply.isComplete)
        #expect(reply.text == body)
      }
    }
  }

  @Test(arguments: ["escape", "error"])
  func whatNobodyReadsIsRefusedWhereControlTokensMustNotPass(policy: String) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let settings: [ServerSetting: String] = [
      .model: "qwen3", .mode: "safe", .controlTokens: policy,
    ]
    try await withServer(upstream, settings) { server in
      let reply = try await server.handshake { reply, _ in reply }
      #expect(reply.status == 403)
      #expect(reply.text.contains("websocket_refused"))
      #expect(server.server.metrics.value(of: .rejected, "websocket") == 1)
    }
    #expect(upstream.requests.isEmpty)
  }

  @Test func aReplyThatBreaksOffBreaksOff() async throws {
    let upstream = try ScriptedUpstream(
      reply: "HTTP/1.1 403 Forbidden\r\ncontent-length: 10\r\n\r\nfive.")
    try await withServer(upstream) { server in
      let reply = try await server.handshake { reply, _ in reply }
      #expect(reply.status == 403)
      #expect(!reply.isComplete)
      #expect(server.server.metrics.value(of: .upstreamErrors, "reply_broke_off") == 1)
    }
  }

  @Test func anUpstreamThatIsDownIs502() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    upstream.stop()
    try await withServer(nil, [.upstream: upstream.url]) { server in
      let reply = try await server.handshake { reply, _ in reply }
      #expect(reply.status == 502)
      #expect(reply.text.contains("upstream_unreachable"))
    }
  }

  @Test(arguments: [
    ("HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "malformed"),
    ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "malformed"),
    ("SSH-2.0-OpenSSH\r\n\r\n", "malformed"), ("", "failed"),
  ]) func aReplyThatIsNoneIs502(text: String, code: String) async throws {
    let upstream = try ScriptedUpstream(reply: text)
    try await withServer(upstream) { server in
      let reply = try await server.handshake { reply, _ in reply }
      #expect(reply.status == 502)
      #expect(reply.text.contains("upstream_\(code)"))
    }
  }

  @Test func anUpstreamThatIsSilentIs504() async throws {
    let upstream = try WaitingUpstream(agrees: false)
    try await withServer(upstream.scripted, [.upstreamTimeout: "0.2"]) { server in
      let reply = try await server.handshake { reply, _ in reply }
      #expect(reply.status == 504)
      #expect(reply.text.contains("upstream_timeout"))
      try await blocking { upstream.ended.wait() }
    }
  }

  @Test func aClientThatHangsUpBeforeTheReplyCancelsIt() async throws {
    let upstream = try WaitingUpstream(agrees: false)
    try await withServer(upstream.scripted) { server in
      let port = server.port
      try await blocking {
        let socket = try Socket(port: port)
        socket.write(Handshake.request() + "early")
        upstream.asked.wait()
        socket.close()
        upstream.ended.wait()
      }
      #expect(try await server.eventually { server.server.metrics.value(of: .clientHangUps) == 1 })
    }
  }

  @Test func aRequestWithoutATokenIs401() async throws {
    let upstream = try Handshake.echo()
    let options: [ServerSetting: String] = [.cloudAPIKey: "ours", .tokens: "A"]
    try await withServer(upstream, options) { server in
      let refused = try await server.handshake { reply, _ in reply.status }
      #expect(refused == 401)
      let agreed = try await server.handshake(["Authorization: Bearer A"]) { reply, _ in
        reply.status
      }
      #expect(agreed == 101)
    }
    #expect(upstream.requests.map { $0.values(of: "authorization") } == [["Bearer ours"]])
  }

  @Test(arguments: ["GET /v1/models", "POST /v1/models", "GET /health"])
  func anotherProtocolIsNotPassedOn(start: String) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream) { server in
      let port = server.port
      let statuses = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        var reader = RawReader(socket)
        // As one client after another asks, twice on one connection.
        return (0..<2).map { _ in
          let body = start.hasPrefix("POST") ? "{}" : ""
          socket.write(
            "\(start) HTTP/1.1\r\nhost: a\r\nconnection: Upgrade, HTTP2-Settings\r\n"
              + "upgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\n"
              + "content-length: \(body.utf8.count)\r\n\r\n" + body)
          return reader.next(isReply: true)?.status
        }
      }
      #expect(statuses == [200, 200])
    }
    #expect(upstream.requests.allSatisfy { $0.values(of: "upgrade").isEmpty })
  }

  @Test func webSocketsOutsideOfV1AreNotPassedOn() async throws {
    let upstream = try Handshake.echo()
    try await withServer(upstream) { server in
      let reply = try await server.handshake(path: "/realtime") { reply, _ in reply }
      #expect(reply.status == 404)
    }
    #expect(upstream.requests.isEmpty)
  }
}
