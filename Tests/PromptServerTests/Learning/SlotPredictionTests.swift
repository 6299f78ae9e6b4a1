import PromptCompilation
import PromptServer
import Testing

/// Predictions for the slots of llama.cpp's server, and for replies that stay in a cache.
@Suite struct SlotPredictionTests {
  /// An upstream that holds requests back by their names.
  private static func upstream(_ gates: [String: Gate]) throws -> ScriptedUpstream {
    try ScriptedUpstream { request, socket in
      request.value(of: "x-request-id").flatMap { gates[$0] }?.wait()
      socket.write(ScriptedUpstream.json("{}"))
    }
  }

  /// Waits until more prompts were counted than `tokens` says.
  ///
  /// - Returns: the tokens that were predicted to be cached so far.
  private func predicted(_ server: RunningServer, _ tokens: inout Int) async throws -> Int {
    let (metrics, before) = (server.server.metrics, tokens)
    #expect(
      try await server.eventually { metrics.value(of: .promptTokens, "predicted") > before })
    tokens = metrics.value(of: .promptTokens, "predicted")
    return metrics.value(of: .cachedTokens, "predicted")
  }

  @Test func aRequestThatMeetsABusySlotGetsAnotherOne() async throws {
    let gate = Gate()
    let upstream = try Self.upstream(["one": gate])
    let body = Bodies.chat([Bodies.text("kitchen")])
    let options: [ServerSetting: String] = [
      .model: "qwen3", .cacheModel: "llama-slots:2",
    ]
    try await withServer(upstream, options) { server in
      var (tokens, cached) = (0, 0)
      async let first = server.chat(body, ["x-request-id: one"])
      cached = try await predicted(server, &tokens)
      #expect(cached == 0)
      _ = try await server.chat(body, ["x-request-id: two"])
      // Slots share nothing.
      cached = try await predicted(server, &tokens)
      #expect(cached == 0)
      gate.open()
      _ = try await first
      _ = try await server.chat(body, ["x-request-id: three"])
      cached = try await predicted(server, &tokens)
      #expect(cached > 80)
    }
  }

  @Test func whoWaitsForASlotGetsTheNext() async throws {
    let (one, two) = (Gate(), Gate())
    let upstream = try Self.upstream(["one": one, "two": two])
    let (kitchen, cellar) = (
      Bodies.chat([Bodies.text("kitchen")]), Bodies.chat([Bodies.text("cellar")])
    )
    let options: [ServerSetting: String] = [
      .model: "qwen3", .cacheModel: "llama-slots:1",
    ]
    try await withServer(upstream, options) { server in
      var (tokens, cached) = (0, 0)
      async let first = server.chat(kitchen, ["x-request-id: one"])
      _ = try await predicted(server, &tokens)
      async let second = server.chat(kitchen, ["x-request-id: two"])
      cached = try await predicted(server, &tokens)
      #expect(cached == 0)
      one.open()
      _ = try await first
      two.open()
      _ = try await second
      // What it found is known since it got the slot.
      let metrics = server.server.metrics
      #expect(try await server.eventually { metrics.value(of: .cachedTokens, "predicted") > 80 })
      cached = metrics.value(of: .cachedTokens, "predicted")
      _ = try await server.chat(cellar, ["x-request-id: three"])
      let all = try await predicted(server, &tokens)
      #expect(all < cached + 20)
    }
  }

  /// The reply stays behind its prompt, if it is surely known.
  @Test(
    arguments: ["llama-slots:1", "paged:16", "radix"],
    [
      ("stop", 1, true), ("length", 0, true), ("stop", 0, false), ("length", 1, false),
      ("stop", 7, false), ("tool_calls", 1, false),
    ])
  func theNextTurnFindsTheReply(
    cacheModel: String, reply said: (finish: String, more: Int, isSure: Bool)
  ) async throws {
    let answer = "It is in the garden, behind the house, next to the wall."
    let count = try Model.tokenizer(named: "qwen3").count(Array(answer.utf8))
    let reply = Bodies.reply(
      answer, prompt: 0, cached: 0, generated: count + said.more, finish: said.finish)
    let upstream = try ScriptedUpstream(json: reply)
    let first = [Bodies.text("kitchen")]
    try await withServer(upstream, [.model: "qwen3", .cacheModel: cacheModel]) { server in
      let metrics = server.server.metrics
      _ = try await server.chat(Bodies.chat(first))
      #expect(try await server.eventually { metrics.value(of: .promptTokens, "predicted") > 0 })
      let tokens = metrics.value(of: .promptTokens, "predicted")
      _ = try await server.chat(Bodies.chat(first + [answer, "Why?"]))
      #expect(
        try await server.eventually { metrics.value(of: .promptTokens, "predicted") > tokens })
      let kept = said.isSure ? tokens + count - (said.finish == "length" ? 1 : 0) : tokens
      let page = cacheModel == "paged:16" ? 16 : 1
      #expect(metrics.value(of: .cachedTokens, "predicted") == kept / page * page)
    }
  }
}
