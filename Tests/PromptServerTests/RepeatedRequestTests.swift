import PromptServer
import Testing

/// Requests that come again under the same `Idempotency-Key` reach the upstream as the same.
@Suite struct RepeatedRequestTests {
  private static let key = ["Idempotency-Key: 7"]

  private static func documents(_ names: [String]) -> String {
    let texts = names.map { "<doc>\(Bodies.text($0))</doc>" }.joined()
    return Bodies.chat(["<docs>\(texts)</docs>Why?"])
  }

  @Test func whatNeedNotBeDoneIsNot() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let (first, second) = (["attic", "cellar", "shed"], ["shed", "cellar", "attic"])
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      _ = try await server.chat(Self.documents(first))
      let moved = try await server.chat(Self.documents(second))
      #expect(moved.value(of: "x-contextpilot-result") != nil)
      for _ in 0..<2 {
        let reply = try await server.chat(
          Self.documents(second), Self.key + ["X-ContextPilot-Enabled: true"])
        #expect(reply.status == 200)
        #expect(reply.value(of: "x-contextpilot-result") == nil)
      }
      #expect(server.server.metrics.value(of: .failOpen, "idempotency_key") == 2)
    }
    #expect(upstream.requests[1].text != Self.documents(second))
    #expect(upstream.requests.suffix(2).map(\.text) == [second, second].map(Self.documents))
    #expect(upstream.requests.last?.value(of: "idempotency-key") == "7")
  }

  @Test func blocksAreLaidOutAsTheRequestHasThem() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let names = ["attic", "cellar", "shed"]
    try await withServer(
      upstream, [.mode: "optimize", .model: "qwen3", .cacheSalt: "tenant"]
    ) { server in
      _ = try await server.chat(Bodies.blocks(names), Self.key)
      // Sent meanwhile.
      _ = try await server.chat(Bodies.blocks(["shed", "cellar", "attic"]))
      _ = try await server.chat(Bodies.blocks(names), Self.key)
      _ = try await server.chat(Bodies.blocks(names))
    }
    let requests = upstream.requests
    #expect(requests.map(Bodies.order) == [names, names.reversed(), names, names.reversed()])
    #expect(requests[0].text == requests[2].text)
    #expect(requests.allSatisfy { !$0.text.contains("cpc") })
  }

  @Test func aTurnOfAConversationThatGotNoReplyComesAsTheSame() async throws {
    let blocks = Bodies.blocks(["attic", "cellar"]).dropLast(2) + ",\"conversation_id\":\"c\"}}"
    let upstream = try ScriptedUpstream { request, socket in
      if request.value(of: "x-request-id") != "lost" { socket.write(ScriptedUpstream.json("{}")) }
    }
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      let lost = try await server.chat(String(blocks), Self.key + ["x-request-id: lost"])
      #expect(lost.status == 502)
      _ = try await server.chat(Bodies.blocks(["cellar", "attic"]))
      let reply = try await server.chat(String(blocks), Self.key)
      #expect(reply.status == 200)
    }
    let requests = upstream.requests
    #expect(requests.count == 3)
    #expect(requests.first?.text == requests.last?.text)
    #expect(requests.first.map(Bodies.order) == ["attic", "cellar"])
  }
}
