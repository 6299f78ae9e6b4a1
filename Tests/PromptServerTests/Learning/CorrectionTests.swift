import PromptServer
import Synchronization
import Testing

/// What replies say of the cache corrects what is believed of it.
@Suite struct CorrectionTests {
  private static let options: [ServerSetting: String] = [
    .mode: "safe", .model: "qwen3", .rewriteTimeout: "30",
  ]

  /// What the upstream says of the tokens of its prompts; nothing at first.
  private final class Usage: Sendable {
    let value: Mutex<(prompt: Int, cached: Int)?> = Mutex(nil)
    let isStreamed: Bool

    init(isStreamed: Bool = false) { self.isStreamed = isStreamed }

    func say(_ prompt: Int, _ cached: Int) { value.withLock { $0 = (prompt, cached) } }

    func upstream() throws -> ScriptedUpstream {
      try ScriptedUpstream { [self] _, socket in
        guard let usage = value.withLock({ $0 }) else {
          return _ = socket.write(ScriptedUpstream.json("{}"))
        }
        let reply = Bodies.reply(prompt: usage.prompt, cached: usage.cached)
        guard isStreamed else { return _ = socket.write(ScriptedUpstream.json(reply)) }
        let event = "data: \(reply)\n\n"
        socket.write(
          "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            + "\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n0\r\n\r\n")
      }
    }
  }

  /// Sends a body and returns the tokens that were counted, and how many of them were predicted to be cached.
  private func count(_ server: RunningServer, _ body: String) async throws -> (Int, Int) {
    let metrics = server.server.metrics
    let before = metrics.value(of: .promptTokens, "predicted")
    let cached = metrics.value(of: .cachedTokens, "predicted")
    let reply = try await server.chat(body)
    #expect(reply.status == 200)
    #expect(
      try await server.eventually { metrics.value(of: .promptTokens, "predicted") > before })
    return (
      metrics.value(of: .promptTokens, "predicted") - before,
      metrics.value(of: .cachedTokens, "predicted") - cached
    )
  }

  @Test(arguments: [false, true])
  func theIndexForgetsWhatTheEngineGaveUp(isStreamed: Bool) async throws {
    let usage = Usage(isStreamed: isStreamed)
    let upstream = try usage.upstream()
    try await withServer(upstream, Self.options) { server in
      _ = try await server.chat(Bodies.blocks(["kitchen", "garden"]))
      let (tokens, _) = try await count(server, Bodies.blocks(["kitchen", "cellar", "attic"]))
      usage.say(tokens, 0)
      _ = try await server.chat(Bodies.blocks(["attic", "cellar", "kitchen"]))
      #expect(
        try await server.eventually {
          server.server.metrics.value(of: .corrections, "index") == 1
        })
      // The kitchen is there again, since it was just computed; the garden behind it is not.
      _ = try await server.chat(Bodies.blocks(["hall", "garden", "kitchen"]))
    }
    #expect(Bodies.order(upstream.requests[2]) == ["kitchen", "cellar", "attic"])
    #expect(Bodies.order(upstream.requests[3]) == ["kitchen", "hall", "garden"])
  }

  @Test(arguments: [(0, 3, false), (0, 120, true), (5, 60, false), (5, 0, true), (-400, 0, false)])
  func onlyWhatIsSureIsCorrected(
    more: Int, less: Int, isCorrected: Bool
  ) async throws {
    let usage = Usage()
    let upstream = try usage.upstream()
    try await withServer(upstream, Self.options) { server in
      let body = Bodies.blocks(["kitchen", "cellar", "attic"])
      let (tokens, _) = try await count(server, body)
      // Almost all of it is cached, or all but the last block.
      usage.say(tokens + more, less == 0 ? 0 : tokens - less)
      _ = try await count(server, body)
      usage.value.withLock { $0 = nil }
      _ = try await count(server, body)
      // One thread counts and corrects.
      #expect(server.server.metrics.value(of: .corrections, "index") == (isCorrected ? 1 : 0))
    }
  }

  @Test(arguments: ["paged:16", "radix"])
  func predictionsForgetWhatTheEngineGaveUp(cacheModel: String) async throws {
    let usage = Usage()
    let upstream = try usage.upstream()
    let short = [Bodies.text("kitchen")]
    let long = short + ["Here.", Bodies.text("cellar")]
    try await withServer(upstream, [.model: "qwen3", .cacheModel: cacheModel]) { server in
      _ = try await count(server, Bodies.chat(long))
      let (tokens, _) = try await count(server, Bodies.chat(short))
      usage.say(tokens, 0)
      _ = try await count(server, Bodies.chat(short))
      usage.value.withLock { $0 = nil }
      let again = try await count(server, Bodies.chat(long))
      #expect(again.1 <= tokens)
      #expect(again.1 >= tokens - 32)
      #expect(server.server.metrics.value(of: .corrections, "cache") == 1)
    }
  }

  @Test func whatTheEngineHasMoreIsNoted() async throws {
    let usage = Usage()
    let upstream = try usage.upstream()
    let body = Bodies.chat([Bodies.text("kitchen")])
    try await withServer(upstream, [.model: "qwen3", .cacheModel: "radix"]) { server in
      let (tokens, _) = try await count(server, body)
      usage.say(tokens, tokens)
      _ = try await count(server, body)
      #expect(
        try await server.eventually {
          server.server.metrics.value(of: .corrections, "more") == 1
        })
      #expect(server.server.metrics.value(of: .corrections, "cache") == 0)
    }
  }
}
