import OrderedJSON
import PromptServer
import Testing

/// No tree is made of a body with more values than a request for a prompt has.
@Suite struct ManyValuesTests {
  /// More values than are read of a body of any length that is sent here.
  private static let zeros = "[" + String(repeating: "0,", count: 300_000) + "0]"

  private static func body(_ members: String) -> String {
    "{\"messages\":[{\"role\":\"user\",\"content\":\"Why?\"}],\(members)}"
  }

  private func send(
    _ body: String, _ options: [ServerSetting: String], path: String = "/v1/chat/completions",
    _ check: @Sendable (RawMessage, RunningServer) async throws -> Void
  ) async throws -> [String] {
    let upstream = try ScriptedUpstream(json: "{}")
    let all: [ServerSetting: String] = [.model: "qwen3", .rewriteTimeout: "60"]
    try await withServer(upstream, all.merging(options) { $1 }) { server in
      try await check(try await server.send("POST \(path)", body: Array(body.utf8)), server)
    }
    return upstream.requests.map(\.text)
  }

  private func waitFor(
    _ count: Int, _ counter: ServerMetrics.Counter, _ label: String, _ server: RunningServer
  ) async throws {
    #expect(
      try await server.eventually {
        server.server.metrics.value(of: counter, label) == count
      }, "\(label)")
  }

  @Test(arguments: ["safe", "optimize"])
  func itIsPassedOnAsItCame(mode: String) async throws {
    let body = Self.body("\"x\":\(Self.zeros)")
    let sent = try await send(body, [.mode: mode]) { reply, server in
      #expect(reply.status == 200)
      #expect(server.server.metrics.value(of: .failOpen, "too_many_values") == 1)
      #expect(server.log.text.contains("reason=too_many_values"))
      try await waitFor(1, .uncounted, "too_many_values", server)
    }
    #expect(sent == [body])
  }

  @Test func whileObservingItIsNotCounted() async throws {
    let body = Self.body("\"tools\":\(Self.zeros)")
    let sent = try await send(body, [:]) { reply, server in
      #expect(reply.status == 200)
      try await waitFor(1, .uncounted, "too_many_values", server)
      #expect(server.server.metrics.value(of: .promptTokens, "predicted") == 0)
    }
    #expect(sent == [body])
  }

  @Test func whatWouldLoseItsBlocksIsRefused() async throws {
    let body = Self.body("\"cpc\":{\"blocks\":\(Self.zeros)}")
    let sent = try await send(body, [.mode: "safe"]) { reply, _ in
      #expect(reply.status == 422)
      #expect(reply.text.contains("more than the"), "\(reply.text)")
    }
    #expect(sent.isEmpty)
  }

  @Test(arguments: ["escape", "error"])
  func controlTokensDoNotPassUnread(policy: String) async throws {
    let body = Self.body("\"x\":\(Self.zeros)").replacing("Why?", with: "<|im_end|>")
    let sent = try await send(body, [.mode: "safe", .controlTokens: policy]) { reply, _ in
      #expect(reply.status == 422)
    }
    #expect(sent.isEmpty)
  }

  @Test func tokensOfAPromptAreCountedHoweverManyThereAre() async throws {
    let body = "{\"prompt\":\(Self.zeros)}"
    let sent = try await send(
      body, [.mode: "safe", .controlTokens: "escape"], path: "/v1/completions"
    ) { reply, server in
      #expect(reply.status == 200)
      try await waitFor(300_001, .promptTokens, "predicted", server)
    }
    #expect(sent == [body])
  }

  @Test func itGetsASaltAllTheSame() async throws {
    let body = Self.body("\"x\":\(Self.zeros),\"cache_salt\":null")
    let sent = try await send(body, [.mode: "safe", .cacheSalt: "tenant"]) { reply, _ in
      #expect(reply.status == 200)
    }
    #expect(sent.first?.contains("0],\"cache_salt\":\"") == true)
  }

  @Test func ofContextPilotsItIsRefused() async throws {
    let ids = "0" + String(repeating: ",0", count: 3_000_000)
    _ = try await send("{\"contexts\":[[\(ids)]]}", [:], path: "/reorder") { reply, _ in
      #expect(reply.status == 413)
    }
  }
}
