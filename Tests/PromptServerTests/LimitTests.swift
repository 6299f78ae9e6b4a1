import Glibc
import PromptServer
import Testing

/// What a request may take, and who may send it.
@Suite struct LimitTests {
  @Test func aBodyOverTheLimitIs413() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.bodyLimit: "10"]) { server in
      let fits = try await server.chat("{\"a\":123}\n")
      #expect(fits.status == 200)
      let reply = try await server.chat("{\"a\":1234}\n")
      #expect(reply.status == 413)
      #expect(reply.text.contains("longer than 10 bytes"))
      let port = server.port
      let refused = try await blocking {
        let socket = try Socket(port: port)
        defer { socket.close() }
        socket.write(
          "POST /v1/messages HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 11\r\n\r\n"
        )
        var reader = RawReader(socket)
        _ = reader.next(isReply: true)
        socket.write(Array(repeating: UInt8(ascii: "x"), count: 11))
        return reader.next(isReply: true)
      }
      #expect(refused?.status == 413)
      #expect(refused?.text.contains("request_too_large") == true)
      #expect(server.server.metrics.value(of: .rejected, "body") == 2)
    }
    #expect(upstream.requests.count == 1)
  }

  @Test func aHeadOverTheLimitIs431() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.headerLimit: "1000"]) { server in
      let long = "x-long: " + String(repeating: "a", count: 2000)
      let reply = try await server.chat("{}", [long])
      #expect(reply.status == 431)
      #expect(server.server.metrics.value(of: .rejected, "header") == 1)
    }
    #expect(upstream.requests.isEmpty)
  }

  @Test func tooManyAtATimeAre503() async throws {
    let gate = Gate()
    let upstream = try ScriptedUpstream { _, socket in
      gate.wait()
      socket.write(ScriptedUpstream.json("{}"))
    }
    try await withServer(upstream, [.concurrencyLimit: "2"]) { server in
      async let first = server.chat("{}")
      async let second = server.chat("{}")
      #expect(try await server.eventually { upstream.requests.count == 2 })
      let third = try await server.chat("{}")
      #expect(third.status == 503)
      #expect(third.value(of: "retry-after") == "1")
      gate.open()
      let statuses = try await [first.status, second.status]
      #expect(statuses == [200, 200])
      let fourth = try await server.chat("{}")
      #expect(fourth.status == 200)
    }
  }

  /// Sends a body of which a byte comes now and then, so that it is no idle connection, until there is a reply.
  private static func replyToSlowBody(
    _ path: String, _ server: RunningServer
  ) async throws -> RawMessage? {
    let port = server.port
    return try await blocking {
      let socket = try Socket(port: port)
      defer { socket.close() }
      socket.write("POST \(path) HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n")
      for _ in 0..<300 where !socket.hasInput(within: 100) { socket.write("{") }
      var reader = RawReader(socket)
      return reader.next(isReply: true)
    }
  }

  @Test func aBodyThatDoesNotComeIs408() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.requestTimeout: "0.3"]) { server in
      let reply = try await Self.replyToSlowBody("/v1/responses", server)
      #expect(reply?.status == 408)
    }
    #expect(upstream.requests.isEmpty)
  }

  @Test func aBodyThatDoesNotComeToOneOfOurEndpointsIs408() async throws {
    try await withServer(nil, [.requestTimeout: "0.3"]) { server in
      let reply = try await Self.replyToSlowBody("/reorder", server)
      #expect(reply?.status == 408)
      #expect(reply?.value(of: "connection") == "close")
      #expect(server.server.metrics.value(of: .rejected, "slow_body") == 1)
    }
  }

  @Test func aLongBodyToOneOfOurEndpointsIs413() async throws {
    try await withServer(nil, [.bodyLimit: "20"]) { server in
      let fits = try await server.send("POST /reorder", body: Array("{\"contexts\": [[1]]}".utf8))
      #expect(fits.status == 200)
      let long = try await server.send("POST /reorder", body: Array("{\"contexts\":[[1,2]] }".utf8))
      #expect(long.status == 413)
      #expect(server.server.metrics.value(of: .rejected, "body") == 1)
    }
  }

  @Test func whatSaysHowTheServerIsIsSaidHoweverManyRequestsThereAre() async throws {
    let gate = Gate()
    let upstream = try ScriptedUpstream { _, socket in
      gate.wait()
      socket.write(ScriptedUpstream.json("{}"))
    }
    let body = Array("{\"contexts\": [[1]]}".utf8)
    try await withServer(upstream, [.concurrencyLimit: "1"]) { server in
      async let first = server.chat("{}")
      #expect(try await server.eventually { upstream.requests.count == 1 })
      let ours = try await server.send("POST /reorder", body: body)
      #expect(ours.status == 503)
      #expect(ours.value(of: "retry-after") == "1")
      #expect(server.server.metrics.value(of: .rejected, "concurrency") == 1)
      for path in ["/health", "/ready", "/metrics?a", "/status.json", "/"] {
        let reply = try await server.send("GET \(path)")
        #expect(reply.status == 200, "\(path)")
      }
      gate.open()
      _ = try await first
      let later = try await server.send("POST /reorder", body: body)
      #expect(later.status == 200)
    }
  }

  @Test func aClientOfOurEndpointsThatHangsUpLeavesItsPlace() async throws {
    try await withServer(nil, [.concurrencyLimit: "1"]) { server in
      let body = Array("{\"contexts\": [[1]]}".utf8)
      func statusBecomes(_ status: Int) async throws -> Bool {
        try await server.eventually {
          try await server.send("POST /reorder", body: body).status == status
        }
      }
      let client = try Socket(port: server.port)
      client.write("POST /reorder HTTP/1.1\r\nhost: a\r\ncontent-length: 20\r\n\r\n{")
      // Whoever comes first has the place.
      let hasBegun = "cpc_requests_in_flight 1\n"
      #expect(try await server.eventually { server.server.metrics.text.contains(hasBegun) })
      #expect(try await statusBecomes(503))
      client.close()
      #expect(try await statusBecomes(200))
      #expect(
        try await server.eventually { server.server.metrics.value(of: .clientHangUps) == 1 })
    }
  }

  @Test func ourEndpointsAskForATokenIfThereIsOne() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.tokens: "one, two"]) { server in
      for (path, status) in [("/health", 200), ("/ready", 200), ("/metrics", 401)] {
        let reply = try await server.send("GET \(path)")
        #expect(reply.status == status, "\(path)")
      }
      let admitted = try await server.send("GET /metrics", ["authorization: Bearer two"])
      #expect(admitted.status == 200)
      let other = try await server.send("GET /metrics", ["authorization: Bearer three"])
      #expect(other.status == 401)
      // The upstream's own keys are not our business.
      let passed = try await server.chat("{}", ["authorization: Bearer sk"])
      #expect(passed.status == 200)
    }
    #expect(upstream.requests.first?.value(of: "authorization") == "Bearer sk")
  }

  @Test func theOperatorsKeyIsForThoseWhoBearAToken() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let options: [ServerSetting: String] = [
      .tokens: "one", .cloudProvider: "anthropic", .cloudAPIKey: "sk-operator",
    ]
    try await withServer(upstream, options) { server in
      let refused = try await server.chat("{}", ["x-api-key: zero"])
      #expect(refused.status == 401)
      let admitted = try await server.chat("{}", ["x-api-key: one"])
      #expect(admitted.status == 200)
    }
    #expect(upstream.requests.map { $0.values(of: "x-api-key") } == [["sk-operator"]])
  }
}
