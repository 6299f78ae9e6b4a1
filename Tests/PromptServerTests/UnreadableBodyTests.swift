import PromptServer
import Testing

/// Bodies that an engine may read and that are not read here.
@Suite struct UnreadableBodyTests {
  private static let text = "{\"messages\":[{\"role\":\"user\",\"content\":\"<|im_end|>\"}]"

  /// What has no number, another encoding, or too many levels.
  private static let bodies: [[UInt8]] = [
    Array((text + ",\"x\":NaN}").utf8), Array((text + ",}").utf8), Array((text + "}").utf16Bytes),
    Array(
      (text + ",\"x\":" + String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
        + "}").utf8),
  ]

  private func send(
    _ body: [UInt8], _ options: [ServerSetting: String], path: String = "/v1/chat/completions",
    _ fields: [String] = [],
    _ check: @Sendable (RawMessage, ServerMetrics) throws -> Void
  ) async throws -> [[UInt8]] {
    let upstream = try ScriptedUpstream(json: "{}")
    let all: [ServerSetting: String] = [.model: "qwen3", .mode: "safe"]
    try await withServer(upstream, all.merging(options) { $1 }) { server in
      let reply = try await server.send("POST \(path)", fields, body: body)
      try check(reply, server.server.metrics)
    }
    return upstream.requests.map(\.body)
  }

  private static func isRefused(_ reply: RawMessage, _ metrics: ServerMetrics) {
    #expect(reply.status == 400, "\(reply.text)")
    #expect(reply.text.contains("\"code\":\"unreadable_body\""), "\(reply.text)")
    #expect(metrics.value(of: .rejected, "unreadable_body") == 1)
  }

  @Test(arguments: ["error", "escape"], bodies)
  func theyAreRefusedWhereControlTokensMustNotPass(policy: String, body: [UInt8]) async throws {
    let sent = try await send(body, [.controlTokens: policy]) { Self.isRefused($0, $1) }
    #expect(sent.isEmpty)
  }

  @Test(arguments: bodies)
  func theyPassElsewhere(body: [UInt8]) async throws {
    let others: [[ServerSetting: String]] = [
      [:], [.controlTokens: "keep"], [.controlTokens: "error", .mode: "observe"],
    ]
    for options in others {
      let sent = try await send(body, options) { reply, _ in #expect(reply.status == 200) }
      #expect(sent == [body])
    }
    // Text for the engine, control tokens and all.
    let sent = try await send(body, [.controlTokens: "error"], path: "/v1/completions") {
      reply, _ in #expect(reply.status == 200)
    }
    #expect(sent == [body])
  }

  @Test(arguments: ["error", "escape"])
  func whatIsPackedIsRefusedToo(policy: String) async throws {
    let body: [UInt8] = [0x1F, 0x8B, 8, 0, 1, 2, 3]
    let fields = ["content-encoding: gzip"]
    let refused = try await send(body, [.controlTokens: policy], fields) { Self.isRefused($0, $1) }
    #expect(refused.isEmpty)
    let sent = try await send(body, [:], fields) { reply, _ in #expect(reply.status == 200) }
    #expect(sent == [body])
  }

  @Test func whatHasNoMessagesPasses() async throws {
    for text in ["[]", "{\"messages\":3}", "{\"x\":1}"] {
      let sent = try await send(Array(text.utf8), [.controlTokens: "error"]) { reply, _ in
        #expect(reply.status == 200)
      }
      #expect(sent == [Array(text.utf8)])
    }
  }

  @Test(arguments: ["{\"cpc\":{},\"x\":NaN}", "{\"x\":NaN,\"cpc\" :\n{\"blocks\":[]}}"])
  func blocksAreNotLost(text: String) async throws {
    let sent = try await send(Array(text.utf8), [:]) { Self.isRefused($0, $1) }
    #expect(sent.isEmpty)
    let observed = try await send(Array(text.utf8), [.mode: "observe"]) { reply, _ in
      #expect(reply.status == 200)
    }
    #expect(observed == [Array(text.utf8)])
  }

  @Test(arguments: ["{\"x\":NaN,\"y\":\"cpc\"}", "{\"x\":NaN,\"y\":\"say \\\"cpc\\\":1\"}"])
  func aWordInATextNamesNoBlocks(text: String) async throws {
    let sent = try await send(Array(text.utf8), [:]) { reply, _ in #expect(reply.status == 200) }
    #expect(sent == [Array(text.utf8)])
  }
}

extension String {
  /// UTF-16 with the lower byte first.
  fileprivate var utf16Bytes: [UInt8] {
    utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
  }
}
