import Hummingbird
import Bytes
import OrderedJSON
import PromptServer
import Testing

/// What the server says of itself.
@Suite struct StatusTests {
  @Test func healthHasTheFormOfContextPilot() async throws {
    try await withServer(nil, [.stateless: "true"]) { server in
      let reply = try await server.send("GET /health")
      let health = try JSONParser.parse(reply.body)
      #expect(health["status"]?.string == "ready")
      #expect(health["mode"]?.string == "stateless")
      #expect(health["eviction_enabled"]?.bool == false)
      for key in ["current_tokens", "utilization", "index_stats"] as [ByteString] {
        #expect(health[key] != nil)
      }
      let root = try JSONParser.parse(try await server.send("GET /").body)
      #expect(root["index_initialized"]?.bool == false)
    }
  }

  @Test func browsersGetAPageAndOthersJSON() async throws {
    try await withServer(nil) { server in
      let page = try await server.send("GET /", ["accept: text/html,application/xhtml+xml"])
      #expect(page.text.contains("<!DOCTYPE html>"))
      #expect(!page.text.contains("src=") && !page.text.contains("href="))
      let other = try await server.send("GET /", ["accept: */*, text/html;q=0"])
      #expect(try JSONParser.parse(other.body)["status"]?.string == "ok")
    }
  }

  @Test func thePageIsToldCountsAndNoContents() async throws {
    let upstream = try ScriptedUpstream(
      json: #"{"usage": {"prompt_tokens": 40, "prompt_tokens_details": {"cached_tokens": 30}}}"#)
    try await withServer(upstream) { server in
      for _ in 0..<105 {
        _ = try await server.chat(
          #"{"messages": [{"role": "user", "content": "a secret"}]}"#, ["authorization: Bearer key"]
        )
      }
      let reply = try await server.send("GET /status.json")
      let status = try JSONParser.parse(reply.body)
      #expect(status["requests"]?.elements?.count == 100)
      let request = try #require(status["requests"]?.elements?.first)
      #expect(request["endpoint"]?.string == "/v1/chat/completions")
      #expect(request["cached"]?.value.integer == 30)
      #expect(!reply.text.contains("secret"))
    }
  }

  @Test func eachRequestSaysWhatWasPredictedAndWhatBecameOfIt() async throws {
    let upstream = try ScriptedUpstream { request, socket in
      let isLast = request.value(of: "x-request-id") == "failed"
      socket.write(
        isLast
          ? "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\n{"
          : ScriptedUpstream.json(Bodies.reply(prompt: 40, cached: 30)))
    }
    let result = (0..<40).map { "line \($0): the server answered in \($0 * 7) ms" }
      .joined(separator: "\\n")
    let tool = (1...2).map { number in
      "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"\(number)\",\"type\":\"function\","
        + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
        + "{\"role\":\"tool\",\"tool_call_id\":\"\(number)\",\"content\":\"\(result)\"}"
    }
    let repeats =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},\(tool.joined(separator: ","))]}"
    let options: [ServerSetting: String] = [
      .mode: "optimize", .model: "qwen3", .rewriteTimeout: "30",
    ]
    try await withServer(upstream, options) { server in
      _ = try await server.chat(repeats)
      let hello = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"
      _ = try await server.chat(hello)
      _ = try await server.chat(hello, ["X-ContextPilot-Mode: best"])
      _ = try await server.chat(hello, ["x-request-id: failed"])
      _ = try await server.chat("{\"messages\":[],\"cpc\":3}")
      var requests: [JSONNode] = []
      var minutes: [JSONNode] = []
      #expect(
        try await server.eventually {
          guard let reply = try? await server.send("GET /status.json"),
            let status = try? JSONParser.parse(reply.body)
          else { return false }
          requests = status["requests"]?.elements ?? []
          minutes = status["minutes"]?.elements ?? []
          // Prompts are counted beside their requests.
          return requests.count == 5
            && requests.dropFirst().allSatisfy { $0["predicted_prompt"]?.value.integer != nil }
        })
      let reasons = requests.map { $0["reason"]?.string?.string ?? "" }
      #expect(reasons == ["invalid_cpc", "reply_broke_off", "header", "not_applicable", ""])
      #expect(requests.allSatisfy { $0["mode"]?.string == "optimize" })
      let saved = requests.last?["saved_tokens"]?.value.integer ?? 0
      #expect(saved > 100)
      #expect(minutes.reduce(0) { $0 + ($1["saved_tokens"]?.value.integer ?? 0) } == saved)
      #expect(requests[3]["predicted_cached"]?.value.integer == 0)
    }
  }

  @Test func metricsCountRequests() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream) { server in
      _ = try await server.chat("{}")
      _ = try await server.send("GET /v1/models?key=secret")
      _ = try await server.send("GET /nowhere")
      // A request is counted behind its reply.
      #expect(
        try await server.eventually {
          let text = server.server.metrics.text
          return text.contains("chat/completions\",status") && text.contains("/v1/*\",status")
        })
      let text = try await server.send("GET /metrics").text
      for line in [
        "cpc_requests_total{endpoint=\"/v1/*\",status=\"200\",mode=\"observe\"} 1",
        "cpc_requests_total{endpoint=\"/v1/chat/completions\",status=\"200\",mode=\"observe\"} 1",
        "cpc_overhead_seconds_count 1", "cpc_request_body_bytes_total 2",
        "cpc_reply_body_bytes_total 4",
      ] {
        #expect(text.contains(line + "\n"), "\(line)")
      }
      #expect(!text.contains("nowhere"))
    }
  }

  @Test(arguments: ["text", "json"])
  func logsHaveALineARequestAndNoPrompt(format: String) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.logFormat: format, .logLevel: "debug"]) { server in
      let body = "{\"messages\":[{\"role\":\"user\",\"content\":\"secret words\"}]}"
      _ = try await server.send(
        "POST /v1/chat/completions?key=secret",
        ["x-request-id: r1", "authorization: Bearer secret"],
        body: Array(body.utf8))
      #expect(try await server.eventually { server.log.text.contains("r1") })
      let lines = server.log.text.split(separator: "\n").filter { $0.contains("r1") }
      #expect(lines.count == 1)
      #expect(lines.first?.contains("/v1/chat/completions") == true)
      #expect(!server.log.text.contains("secret"))
      if format == "json" {
        for line in server.log.text.split(separator: "\n") {
          #expect(throws: Never.self) { try JSONParser.parse(Array(line.utf8)) }
        }
      }
    }
  }

  @Test func endpointsCanBeAdded() async throws {
    struct Greeting: ServerEndpoints {
      func add(to routes: ServerRoutes) {
        routes.ours.get("hello") { _, _ in "hello" }
        routes.admin.post("forget") { _, _ in "forgotten" }
      }
    }
    try await withServer(nil, endpoints: [Greeting()], [.adminTokens: "root"]) { server in
      let hello = try await server.send("GET /hello")
      #expect(hello.text == "hello")
      let refused = try await server.send("POST /forget")
      #expect(refused.status == 401)
      let admitted = try await server.send("POST /forget", ["authorization: Bearer root"])
      #expect(admitted.text == "forgotten")
    }
  }
}

extension JSONValue {
  fileprivate var integer: Int? {
    if case .number(let number) = self { number.integer } else { nil }
  }
}
