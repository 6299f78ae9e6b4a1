import PromptServer
import Testing

/// What becomes of the documents that stand in requests.
@Suite struct DocumentStepTests {
  private static let documents = [
    "kitchen": "<document id=\\\"kitchen\\\" lang='en'>The kitchen \\u00e9 has a stove.</document>",
    "cellar": "<document id=\\\"cellar\\\"><title>C</title>The cellar [1] is dark.\\/</document>",
    "attic": "<document id=\\\"attic\\\">The attic has 2 windows.</document>",
  ]

  /// A body that has documents in this order, spelled as no writer of ours does.
  private static func body(_ ids: [String], then messages: String = "") -> String {
    let documents = ids.compactMap { Self.documents[$0] }.joined(separator: "\\n")
    return
      "{ \"n\":1.0e0,\"messages\" : [{\"content\":\"<documents>\\n\(documents)\\n<\\/documents>\\n"
      + "Where \\u0069s it?\", \"role\":\"user\"}\(messages)]\n}"
  }

  private static let given = ["attic", "cellar", "kitchen"]
  private static let other = ["kitchen", "attic", "cellar"]
  private static let ask = ["X-ContextPilot-Enabled: true"]

  @Test func documentsGetTheOrderOfEarlierOnesAndKeepItTurnAfterTurn() async throws {
    let later =
      ",{\"role\":\"assistant\",\"content\":\"Here.\"},{\"role\":\"user\",\"content\":\"Why?\"}"
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      let first = try await server.chat(Self.body(Self.given))
      #expect(first.values(of: "x-contextpilot-result").isEmpty)
      let second = try await server.chat(Self.body(Self.other))
      #expect(
        second.values(of: "x-contextpilot-result") == [
          "{\"documents\":3,\"moved\":3,\"saved_tokens\":0}"
        ])
      _ = try await server.chat(Self.body(Self.other, then: later))
    }
    #expect(
      upstream.requests.map(\.text) == [
        Self.body(Self.given), Self.body(Self.given), Self.body(Self.given, then: later),
      ])
  }

  @Test func nothingIsSharedBetweenTenants() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      _ = try await server.chat(Self.body(Self.given), ["x-cpc-tenant: one"])
      _ = try await server.chat(Self.body(Self.other), ["x-cpc-tenant: two"])
      _ = try await server.chat(Self.body(Self.given), ["x-cpc-tenant: two"])
    }
    #expect(
      upstream.requests.map(\.text) == [Self.given, Self.other, Self.other].map { Self.body($0) })
  }

  @Test func inModeSafeOnlyWhoAsksGetsAnOrder() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      _ = try await server.chat(Self.body(Self.given), Self.ask)
      _ = try await server.chat(Self.body(Self.other))
      _ = try await server.chat(Self.body(Self.other), ["X-ContextPilot-Mode: xml_tag"])
      let fields = [
        "X-ContextPilot-Mode: XML_tag", "X-ContextPilot-Tag: document",
        "X-ContextPilot-Scope: all", "X-ContextPilot-Separator: ###", "X-ContextPilot-Alpha: 0.1",
        "X-ContextPilot-Linkage: average", "X-Other: 1",
      ]
      _ = try await server.chat(Self.body(Self.other), Self.ask + fields)
      _ = try await server.chat(
        Self.body(Self.other), Self.ask + ["X-ContextPilot-Scope: system"])
    }
    #expect(
      upstream.requests.map(\.text)
        == [Self.given, Self.other, Self.other, Self.given, Self.other].map { Self.body($0) })
    for request in upstream.requests {
      #expect(!request.fields.contains { $0.name.lowercased().hasPrefix("x-contextpilot") })
    }
    #expect(upstream.requests[3].values(of: "x-other") == ["1"])
  }

  @Test func whoDoesNotWantItIsLeftAlone() async throws {
    let log = (0..<40).map { "line \($0): the server answered in \($0 * 7) ms" }
      .joined(separator: "\\n")
    let call =
      ",{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\","
      + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}"
    let result = ",{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"\(log)\"}"
    let messages = call + result + call + result
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      _ = try await server.chat(Self.body(Self.given))
      let reply = try await server.chat(
        Self.body(Self.other, then: messages), ["X-ContextPilot-Enabled: False"])
      #expect(reply.values(of: "x-contextpilot-result").isEmpty)
      let other = try await server.chat(Self.body(Self.other, then: messages))
      #expect(other.value(of: "x-contextpilot-result")?.contains("\"saved_tokens\":0") == false)
    }
    #expect(upstream.requests[1].text == Self.body(Self.other, then: messages))
    #expect(upstream.requests[2].text.utf8.count < upstream.requests[1].body.count - 300)
  }

  @Test(arguments: [
    "X-ContextPilot-Enabled: perhaps", "X-ContextPilot-Mode: best", "X-ContextPilot-Scope: user",
    "X-ContextPilot-Tag: <a b>", "X-ContextPilot-Separator:",
    "X-ContextPilot-Mode: auto\r\nX-ContextPilot-Mode: auto",
  ])
  func aBadValueLeavesTheRequestAsItIs(field: String) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      _ = try await server.chat(Self.body(Self.given))
      let reply = try await server.chat(Self.body(Self.other), [field])
      #expect(reply.status == 200)
      #expect(server.server.metrics.value(of: .failOpen, "header") == 1)
      #expect(server.log.text.contains("not rewritten"))
      #expect(server.log.text.contains("x-contextpilot-"))
      // Blocks would be lost.
      let blocks = "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}],\"cpc\":{\"blocks\":[]}}"
      #expect(try await server.chat(blocks, [field]).status == 422)
    }
    #expect(upstream.requests.map(\.text) == [Self.body(Self.given), Self.body(Self.other)])
  }

  @Test func whatIsOnlyCountedIsNotTakenForSent() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      _ = try await server.send(
        "POST /v1/messages/count_tokens", body: Array(Self.body(Self.given).utf8))
      _ = try await server.chat(Self.body(Self.other))
    }
    #expect(upstream.requests.map(\.text) == [Self.body(Self.given), Self.body(Self.other)])
  }

  @Test func withoutMemoryTheOrderStays() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(
      upstream, [.mode: "optimize", .model: "qwen3", .stateless: "true"]
    ) { server in
      for order in [Self.given, Self.other] { _ = try await server.chat(Self.body(order)) }
    }
    #expect(upstream.requests.map(\.text) == [Self.body(Self.given), Self.body(Self.other)])
  }

  @Test func streamsPassBehindTheResult() async throws {
    let head =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    let upstream = try ScriptedUpstream(
      reply: head + "8\r\ndata: 1\n\r\na\r\n\ndata: \u{e9}\n\r\n0\r\n\r\n")
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      _ = try await server.chat(Self.body(Self.given))
      let reply = try await server.chat(Self.body(Self.other))
      #expect(reply.text == "data: 1\n\ndata: \u{e9}\n")
      #expect(reply.values(of: "x-contextpilot-result").count == 1)
    }
    #expect(upstream.requests.last?.text == Self.body(Self.given))
  }

  @Test func documentsAndBlocksGoTogether() async throws {
    let blocks = "{\"blocks\":[{\"id\":\"b\",\"text\":\"Bees\"}]}"
    @Sendable func body(_ ids: [String], _ start: String) -> String {
      start + Self.body(ids).dropFirst(2)
    }
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      for ids in [Self.given, Self.other] {
        let fields = ids == Self.given ? [] : ["X-ContextPilot-Enabled: true"]
        _ = try await server.chat(body(ids, "{\"cpc\":\(blocks),"), fields)
      }
      _ = try await server.chat(
        body(Self.other, "{\"cpc\":\(blocks),"), ["X-ContextPilot-Enabled: false"])
    }
    // The blocks are spelled as the text that they stand in.
    let expected = [Self.given, Self.given, Self.other].map { ids in
      body(ids, "{").replacing(
        "\"content\":\"", with: "\"content\":\"<doc \\u0069d=\\\"b\\\">\\nBees\\n<\\/doc>\\n")
    }
    #expect(upstream.requests.map(\.text) == expected)
  }
}
