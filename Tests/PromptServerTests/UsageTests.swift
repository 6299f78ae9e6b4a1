import PromptServer
import Testing

/// What replies say of their tokens is counted while they pass.
@Suite struct UsageTests {
  private struct Counter: RequestRewriting {
    func rewrite(_ request: PromptRequest, body: [UInt8]) async throws -> RewrittenRequest? { nil }
    func measure(_ request: PromptRequest, body: [UInt8]) async -> PromptPrediction? {
      PromptPrediction(promptTokens: 1000, cachedTokens: 900)
    }
  }

  private static let openAI =
    "{\"usage\":{\"prompt_tokens\":1001,\"prompt_tokens_details\":{\"cached_tokens\":880}}}"
  private static let responses =
    "{\"output\":[],\"usage\":{\"input_tokens\":1001,\"input_tokens_details\":{\"cached_tokens\":880}}}"
  private static let anthropic =
    "{\"usage\":{\"input_tokens\":21,\"cache_creation_input_tokens\":100,\"cache_read_input_tokens\":880}}"
  private static let llama =
    "{\"timings\":{\"cache_n\":880,\"prompt_n\":121,\"prompt_ms\":3.5},\"usage\":null}"

  @Test(arguments: [openAI, responses, anthropic, llama])
  func repliesAreRead(body: String) async throws {
    let upstream = try ScriptedUpstream(json: body)
    try await check(upstream)
  }

  @Test(arguments: ["identity", "Identity , identity", ""])
  func whatIsNotPackedIsReadWhateverTheFieldSays(coding: String) async throws {
    let body = Self.openAI
    let upstream = try ScriptedUpstream(
      reply: "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: \(coding)\r\n"
        + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
    try await check(upstream)
  }

  @Test(arguments: [
    ["data: {\"choices\":[]}\n\n", "data: \(openAI)\n\ndata: [DONE]\n\n"],
    ["event: response.completed\r\ndata: {\"type\":\"x\",\"response\":\(responses)}\r\n\r\n"],
    [
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":\(anthropic)}\n\n",
      "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":3}}\n\n",
    ],
    ["data: {\"ti", "mings\":{\"cache_n\":880,\"prompt_n\":121}}", "\n\ndata: [DONE]\n\n"],
  ])
  func streamsAreRead(parts: [String]) async throws {
    let upstream = try ScriptedUpstream { _, socket in
      socket.write(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
          + "transfer-encoding: chunked\r\n\r\n")
      for part in parts {
        socket.write(String(part.utf8.count, radix: 16) + "\r\n\(part)\r\n")
      }
      socket.write("0\r\n\r\n")
    }
    try await check(upstream)
  }

  private func check(_ upstream: ScriptedUpstream) async throws {
    try await withServer(upstream, rewriter: Counter()) { server in
      let reply = try await server.chat("{}")
      #expect(reply.isComplete)
      let metrics = server.server.metrics
      #expect(
        try await server.eventually {
          metrics.text.contains("cpc_prediction_error_tokens_count 1\n")
        })
      #expect(metrics.value(of: .promptTokens, "actual") == 1001)
      #expect(metrics.value(of: .promptTokens, "predicted") == 1000)
      #expect(metrics.value(of: .cachedTokens, "actual") == 880)
      #expect(metrics.value(of: .cachedTokens, "predicted") == 900)
      #expect(metrics.text.contains("cpc_prediction_error_tokens_sum 20\n"))
    }
  }

  @Test(arguments: [
    "{\"usage\":\"many\"}", "{\"usage\":{\"prompt_tokens\":-1}}", "{\"usage\":", "",
  ])
  func repliesThatSayNothingAreNotCounted(body: String) async throws {
    let upstream = try ScriptedUpstream(json: body)
    try await withServer(upstream, rewriter: Counter()) { server in
      let reply = try await server.chat("{}")
      #expect(reply.text == body)
      #expect(server.server.metrics.value(of: .promptTokens, "actual") == 0)
      #expect(server.server.metrics.text.contains("cpc_prediction_error_tokens_count 0\n"))
    }
  }
}
