import Bytes
import OrderedJSON
import PromptCompilation
import PromptServer
import Testing

/// Cache marks in requests to hosted services.
@Suite struct MarkStepTests {
  private static let text = (0..<900).map { "Rule \($0): be kind to number \($0 * 7)." }
    .joined(separator: " ")
  private static let anthropic =
    "{\"model\":\"claude-opus-4-5\",\"max_tokens\":9, \"system\":\"\(text)\",\"messages\":"
    + "[{\"role\":\"user\",\"content\":\"Hi\"}]}"

  private func sent(
    _ path: String, _ options: [ServerSetting: String], _ fields: [String] = []
  ) async throws -> RawMessage {
    let upstream = try ScriptedUpstream(json: "{}")
    var all: [ServerSetting: String] = [.model: "qwen3", .mode: "optimize"]
    all.merge(options) { $1 }
    try await withServer(upstream, all) { server in
      let reply = try await server.send("POST \(path)", fields, body: Array(Self.anthropic.utf8))
      #expect(reply.status == 200)
    }
    return try #require(upstream.requests.first)
  }

  @Test(arguments: [nil, "1h"] as [ByteString?])
  func aKnownServiceGetsItsMarks(lifetime: ByteString?) async throws {
    let message = try await sent(
      "/v1/messages",
      [.cloudProvider: "anthropic", .extendedCache: lifetime == nil ? "false" : "true"])
    let marker = try CacheMarker(
      service: "anthropic", CacheMarkSettings(lifetime: lifetime),
      estimate: try TokenEstimate(try Model.tokenizer(named: "qwen3"), isExact: false))
    let marked = try marker.mark(SourceText(name: "body", bytes: Array(Self.anthropic.utf8)))
    #expect(!marked.marks.isEmpty)
    #expect(marked.marks.first?.lifetime == lifetime)
    #expect(message.body == marked.bytes)
  }

  @Test func othersGetNone() async throws {
    let provider: [ServerSetting: String] = [.cloudProvider: "anthropic"]
    let messages = [
      try await sent("/v1/messages", [:]),
      try await sent("/v1/messages", [.cloudProvider: "minimax"]),
      try await sent("/v1/messages", [.cloudProvider: "anthropic", .mode: "safe"]),
      try await sent("/v1/messages", provider, ["X-ContextPilot-Enabled: false"]),
      try await sent("/v1/messages/count_tokens", provider),
      try await sent("/v1/chat/completions", provider),
    ]
    #expect(messages.map(\.text) == Array(repeating: Self.anthropic, count: 6))
  }
}
