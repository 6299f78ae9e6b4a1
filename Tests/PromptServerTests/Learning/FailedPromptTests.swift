import PromptServer
import Testing

/// What was not computed is not believed to be cached.
@Suite struct FailedPromptTests {
  private static let given = ["kitchen", "cellar", "attic"]
  private static let other = ["attic", "cellar", "kitchen"]
  private static let options: [ServerSetting: String] = [
    .mode: "safe", .model: "qwen3", .rewriteTimeout: "30",
  ]

  /// How an upstream fails.
  enum Failure: String, CaseIterable {
    case refusesIt, isBusy, hasAFault, closesAtOnce, breaksOffBeforeTheBody

    var reply: String {
      switch self {
      case .refusesIt:
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
      case .isBusy:
        "HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
      case .hasAFault:
        "HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
      case .closesAtOnce: ""
      case .breaksOffBeforeTheBody:
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n"
      }
    }
  }

  @Test(arguments: Failure.allCases)
  func laterRequestsAreNotLaidOutAsOneThatFailed(failure: Failure) async throws {
    let upstream = try ScriptedUpstream { request, socket in
      let isFirst = request.value(of: "x-request-id") == "first"
      socket.write(isFirst ? failure.reply : ScriptedUpstream.json("{}"))
    }
    try await withServer(upstream, Self.options) { server in
      _ = try await server.chat(Bodies.blocks(Self.given), ["x-request-id: first"])
      _ = try await server.chat(Bodies.blocks(Self.other))
      _ = try await server.chat(Bodies.blocks(Self.given))
    }
    #expect(upstream.requests.map(Bodies.order) == [Self.given, Self.other, Self.other])
  }

  @Test func anUpstreamThatIsDownLeavesNoTrace() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    upstream.stop()
    let options = Self.options.merging([.upstream: upstream.url]) { $1 }
    try await withServer(nil, options) { server in
      let reply = try await server.chat(Bodies.blocks(Self.given))
      #expect(reply.status == 502)
      let health = try await server.send("GET /health")
      #expect(health.text.contains("\"current_tokens\":0"))
    }
  }

  @Test func whatOthersShareWithAFailedRequestStays() async throws {
    let gate = Gate()
    let upstream = try ScriptedUpstream { request, socket in
      guard request.value(of: "x-request-id") == "first" else {
        socket.write(ScriptedUpstream.json("{}"))
        return
      }
      gate.wait()
      socket.write(Failure.hasAFault.reply)
    }
    try await withServer(upstream, Self.options) { server in
      async let first = server.chat(Bodies.blocks(Self.given), ["x-request-id: first"])
      #expect(try await server.eventually { upstream.requests.count == 1 })
      // On its way at the same time, it begins alike.
      _ = try await server.chat(Bodies.blocks(Self.other))
      gate.open()
      let reply = try await first
      #expect(reply.status == 500)
      _ = try await server.chat(Bodies.blocks(Self.other))
    }
    #expect(upstream.requests.map(Bodies.order) == [Self.given, Self.given, Self.given])
  }

  @Test func aClientThatHangsUpBeforeTheReplyLeavesNoTrace() async throws {
    let arrival = Gate()
    let upstream = try ScriptedUpstream { request, socket in
      if request.value(of: "x-request-id") == "first" {
        arrival.open()
        _ = socket.read()
      } else {
        socket.write(ScriptedUpstream.json("{}"))
      }
    }
    try await withServer(upstream, Self.options) { server in
      let port = server.port
      let body = Bodies.blocks(Self.given)
      try await blocking {
        let socket = try Socket(port: port)
        socket.write(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nx-request-id: first\r\n"
            + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
        arrival.wait()
        socket.close()
      }
      #expect(try await server.eventually { server.server.metrics.inFlight == 0 })
      _ = try await server.chat(Bodies.blocks(Self.other))
    }
    #expect(upstream.requests.map(Bodies.order) == [Self.given, Self.other])
  }

  @Test func whatIsCompiledForTooLongIsNotTakenForSent() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    var options = Self.options
    options[.rewriteTimeout] = "0.001"
    let blocks = (0..<1000).map { "room \($0)" }
    try await withServer(upstream, options) { server in
      let reply = try await server.chat(Bodies.blocks(blocks))
      #expect(reply.status == 503)
      #expect(
        try await server.eventually {
          let health = try? await server.send("GET /health")
          return health?.text.contains("\"current_tokens\":0") == true
        })
    }
    #expect(upstream.requests.isEmpty)
  }

  @Test func aTurnThatFailedIsNoTurnOfItsConversation() async throws {
    @Sendable func turn(_ ids: [String]) -> String {
      Bodies.blocks(ids).replacing("{\"blocks\"", with: "{\"conversation_id\":\"c\",\"blocks\"")
    }
    let upstream = try ScriptedUpstream { request, socket in
      let isFirst = request.value(of: "x-request-id") == "first"
      socket.write(isFirst ? Failure.hasAFault.reply : ScriptedUpstream.json("{}"))
    }
    try await withServer(upstream, Self.options) { server in
      _ = try await server.chat(turn(["kitchen"]), ["x-request-id: first"])
      // The same words with other blocks: a turn that was answered would have kept its own.
      _ = try await server.chat(turn(["cellar"]))
    }
    #expect(upstream.requests.map(Bodies.order) == [["kitchen"], ["cellar"]])
  }

  @Test(arguments: ["paged:16", "radix", "breakpoints:4", "llama-slots:1"])
  func predictionsAreNotThoseOfFailedRequests(cacheModel: String) async throws {
    let upstream = try ScriptedUpstream { request, socket in
      let isFirst = request.value(of: "x-request-id") == "first"
      socket.write(isFirst ? Failure.hasAFault.reply : ScriptedUpstream.json("{}"))
    }
    let body = Bodies.chat([Bodies.text("cellar")])
    try await withServer(upstream, [.model: "qwen3", .cacheModel: cacheModel]) { server in
      let metrics = server.server.metrics
      for (id, count) in [("first", 1), ("second", 2), ("third", 3)] {
        let before = metrics.value(of: .cachedTokens, "predicted")
        let prompt = metrics.value(of: .promptTokens, "predicted")
        _ = try await server.chat(body, ["x-request-id: \(id)"])
        #expect(
          try await server.eventually {
            metrics.value(of: .promptTokens, "predicted") > prompt
          })
        let cached = metrics.value(of: .cachedTokens, "predicted") - before
        #expect(count < 3 ? cached == 0 : cached > 80, "\(id): \(cached)")
      }
    }
  }
}
