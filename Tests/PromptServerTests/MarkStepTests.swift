import Bytes
import Foundation
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
    _ path: String, _ options: [ServerSetting: String], _ fields: [String] = [],
    body: String = anthropic
  ) async throws -> RawMessage {
    let upstream = try ScriptedUpstream(json: "{}")
    var all: [ServerSetting: String] = [.model: "qwen3", .mode: "optimize"]
    all.merge(options) { $1 }
    try await withServer(upstream, all) { server in
      let reply = try await server.send("POST \(path)", fields, body: Array(body.utf8))
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

  @Test func marksOfItsOwnAreFoundHoweverTheirNamesAreSpelled() async throws {
    let body = Self.anthropic.replacing(
      "\"Hi\"",
      with:
        "[{\"type\":\"text\",\"text\":\"Hi\",\"cache\\u005fcontrol\":{\"type\":\"ephemeral\"}}]")
    let sent = try await sent("/v1/messages", [.cloudProvider: "anthropic"], body: body)
    let own = body[try #require(body.firstIndex(of: "["))...]
    #expect(sent.text.hasSuffix(own))
    let chat =
      "{\"model\":\"gpt-5.6\",\"prompt\\u005fcache_key\":\"own\",\"messages\":[{\"role\":\"user\","
      + "\"content\":\"\(Self.text)\"}]}"
    let other = try await self.sent("/v1/chat/completions", [.cloudProvider: "openai"], body: chat)
    #expect(!other.text.contains("prompt_cache_key"))
  }

  /// A body whose estimated tokens are too few for a mark, but not by much.
  private static func scarce(_ model: String = "claude-opus-4-5") -> String {
    let text = (0..<330).map { "Rule \($0): be kind to number \($0 * 7)." }.joined(separator: " ")
    return "{\"model\":\"\(model)\",\"max_tokens\":9,\"system\":\"\(text)\",\"messages\":"
      + "[{\"role\":\"user\",\"content\":\"Hi\"}]}"
  }

  @Test func whatTheServiceCountsDecidesOfLaterMarks() async throws {
    let marker = try CacheMarker(
      service: "anthropic",
      estimate: try TokenEstimate(try Model.tokenizer(named: "qwen3"), isExact: false))
    let source = SourceText(name: "body", bytes: Array(Self.scarce().utf8))
    let marked = try marker.mark(source)
    #expect(marked.marks.isEmpty)
    let upstream = try ScriptedUpstream(
      json: "{\"usage\":{\"input_tokens\":\(marked.tokens * 2),\"cache_read_input_tokens\":0}}")
    try await withServer(
      upstream, [.model: "qwen3", .mode: "optimize", .cloudProvider: "anthropic"]
    ) { server in
      @Sendable func marks(_ tenant: String, _ model: String) async throws -> Int {
        _ = try await server.send(
          "POST /v1/messages", ["x-cpc-tenant: \(tenant)"], body: Array(Self.scarce(model).utf8))
        let sent = upstream.requests.last?.text ?? ""
        return sent.components(separatedBy: "cache_control").count - 1
      }
      let first = try await marks("one", "claude-opus-4-5")
      #expect(first == 0)
      // What was learned comes behind the reply.
      #expect(
        try await server.eventually {
          let count = try? await marks("one", "claude-opus-4-5")
          return count ?? 0 > 0
        })
      let other = try await marks("two", "claude-opus-4-5")
      #expect(other == 0)
    }
  }

  @Test func repliesSayWhatTheServiceCached() async throws {
    let name = "x-contextpilot-cloud-cache"
    let usage =
      "{\"usage\":{\"input_tokens\":1,\"cache_read_input_tokens\":70,\"cache_creation_input_tokens\":5}}"
    let upstream = try ScriptedUpstream { request, socket in
      switch request.value(of: "x-request-id") {
      case "whole": socket.write(ScriptedUpstream.json(usage))
      case "broken": socket.write(ScriptedUpstream.json(usage + "  ").dropLast(2).description)
      case "silent": socket.write(ScriptedUpstream.json("{}"))
      default:
        let event = "data: \(usage)\n\n"
        socket.write(
          "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n"
            + "content-length: \(event.utf8.count)\r\n\r\n\(event)")
      }
    }
    try await withServer(
      upstream, [.model: "qwen3", .mode: "safe", .cloudProvider: "anthropic"]
    ) { server in
      let body = Array(Self.anthropic.utf8)
      let whole = try await server.send("POST /v1/messages", ["x-request-id: whole"], body: body)
      #expect(
        whole.values(of: name) == [
          "{\"provider\":\"anthropic\",\"cache_creation_tokens\":5,\"cache_read_tokens\":70}"
        ])
      #expect(whole.text == usage)
      let broken = try await server.send("POST /v1/messages", ["x-request-id: broken"], body: body)
      #expect(broken.text == usage && !broken.isComplete)
      for id in ["silent", "streamed"] {
        let other = try await server.send("POST /v1/messages", ["x-request-id: \(id)"], body: body)
        #expect(other.isComplete && other.values(of: name).isEmpty)
      }
    }
  }
}
