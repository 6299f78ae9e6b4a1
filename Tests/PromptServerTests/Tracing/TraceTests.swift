import PromptServer
import Synchronization
import Testing

/// Requests are told to a collector as spans.
@Suite struct TraceTests {
  private static let options: [ServerSetting: String] = [
    .mode: "safe", .model: "qwen3", .rewriteTimeout: "30", .cacheModel: "radix",
  ]

  /// Runs a server that sends its spans to a collector while `body` runs, and has sent all behind it.
  private func traced(
    _ collector: Collector, _ upstream: ScriptedUpstream, rewriter: (any RequestRewriting)? = nil,
    _ options: [ServerSetting: String] = [:], environment: [String: String] = [:],
    _ body: @Sendable (RunningServer) async throws -> Void
  ) async throws {
    var options = options
    options[.traces] = collector.receiver.url
    try await withServer(upstream, rewriter: rewriter, options, environment: environment, body)
    collector.receiver.stop()
  }

  @Test func aRequestIsASpanWithOneForCompilingAndOneForTheUpstream() async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: Bodies.reply(prompt: 900, cached: 600, generated: 7))
    let body = "{\"model\":\"Qwen/Qwen3-8B\"," + Bodies.blocks(["kitchen"]).dropFirst()
    var options = Self.options
    options[.tracesService] = "gateway"
    options[.tracesHeaders] = "api-key=a%20b"
    try await traced(collector, upstream, options) { server in
      let reply = try await server.chat(body, ["x-request-id: r1"])
      #expect(reply.status == 200)
    }
    let post = try #require(collector.posts.first)
    #expect(post.start == "POST /v1/traces HTTP/1.1")
    #expect(post.value(of: "content-type") == "application/json")
    #expect(post.value(of: "api-key") == "a b")
    #expect(post.text.contains(#"{"key":"service.name","value":{"stringValue":"gateway"}}"#))
    let (own, compile, call) = (
      try collector.span(ofKind: 2), try collector.span(ofKind: 1), try collector.span(ofKind: 3)
    )
    #expect(own.name == "chat Qwen/Qwen3-8B" && own.parent == nil && !own.isFailed)
    #expect(own.flags == 0x103)
    for span in [compile, call] {
      #expect(span.trace == own.trace && span.parent == own.id)
      #expect(own.start <= span.start && span.end <= own.end && !span.isFailed)
    }
    #expect(compile.end <= call.start)
    #expect(Set([own.id, compile.id, call.id]).count == 3)
    for (key, value) in [
      "gen_ai.operation.name": "chat", "gen_ai.request.model": "Qwen/Qwen3-8B",
      "gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": "900",
      "gen_ai.usage.cache_read.input_tokens": "600", "gen_ai.usage.output_tokens": "7",
      "cpc.predicted.cache_read.input_tokens": "0", "cpc.saved_tokens": "0", "cpc.mode": "safe",
      "http.response.status_code": "200", "http.route": "/v1/chat/completions",
      "cpc.request.id": "r1",
    ] {
      #expect(own.attributes[key] == value, "\(key)")
    }
    #expect(Int(own.attributes["cpc.predicted.input_tokens"] ?? "") ?? 0 > 100)
    #expect(own.attributes["error.type"] == nil && own.attributes["cpc.fail_open.reason"] == nil)
    #expect(compile.attributes["cpc.body.size"] == String(body.utf8.count))
    #expect(call.attributes["server.address"] == "127.0.0.1")
    #expect(call.attributes["server.port"] == String(upstream.port))
    let first = try #require(call.events["first_byte"])
    #expect(call.start <= first && first <= call.end)
  }

  @Test func theCallersTraceGoesOnAtTheUpstream() async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    let trace = "0af7651916cd43dd8448eb211c80319c"
    try await traced(collector, upstream) { server in
      _ = try await server.chat(
        "{}", ["traceparent: 00-\(trace)-b7ad6b7169203331-01", "tracestate: a=1,b=2"])
    }
    let (own, call) = (try collector.span(ofKind: 2), try collector.span(ofKind: 3))
    #expect(own.trace == trace && own.parent == "b7ad6b7169203331")
    // The parent is another process's, and only that of this span.
    #expect(own.flags == 0x301 && call.flags == 0x101)
    #expect(own.state == "a=1,b=2")
    let sent = try #require(upstream.requests.first)
    #expect(sent.values(of: "traceparent") == ["00-\(trace)-\(call.id)-01"])
    #expect(sent.values(of: "tracestate") == ["a=1,b=2"])
  }

  @Test(arguments: [true, false])
  func whatIsNotRecordedPassesUntouched(isOn: Bool) async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0\(isOn ? 0 : 1)"
    let fields = ["traceparent: \(parent)", "tracestate: a=1"]
    if isOn {
      try await traced(collector, upstream) { _ = try await $0.chat("{}", fields) }
    } else {
      try await withServer(upstream) { server in
        _ = try await server.chat("{}", fields)
        _ = try await server.chat("{}")
      }
    }
    #expect(collector.posts.isEmpty)
    #expect(upstream.requests.first?.values(of: "traceparent") == [parent])
    #expect(upstream.requests.first?.values(of: "tracestate") == ["a=1"])
    if !isOn { #expect(upstream.requests.last?.values(of: "traceparent") == []) }
  }

  /// The last 14 digits of a trace's name decide: of a share of a half those from 80... on are recorded.
  @Test(
    arguments: [
      ("0.5", "", "80000000000000", "01", true), ("0.5", "", "00000000000001", "01", true),
      ("0.5", "", "ffffffffffffff", "00", false),
      ("", "traceidratio", "80000000000000", "00", true),
      ("", "traceidratio", "7fffffffffffff", "01", false), ("0", "", "80000000000000", "01", true),
      ("", "always_off", "ffffffffffffff", "01", false),
    ])
  func theCallerDecidesUnlessASamplerDoes(
    ratio: String, sampler: String, digits: String, flags: String, isRecorded: Bool
  ) async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    let parent = "00-0af7651916cd43dd84\(digits)-b7ad6b7169203331-\(flags)"
    let options: [ServerSetting: String] = ratio.isEmpty ? [:] : [.tracesRatio: ratio]
    let environment = ["OTEL_TRACES_SAMPLER": sampler, "OTEL_TRACES_SAMPLER_ARG": "0.5"]
    try await traced(collector, upstream, options, environment: environment) { server in
      _ = try await server.chat("{}", ["traceparent: \(parent)"])
    }
    #expect(try collector.spans().count == (isRecorded ? 2 : 0))
    let sent = upstream.requests.first?.value(of: "traceparent")
    #expect(isRecorded ? sent?.hasSuffix("-01") == true : sent == parent)
  }

  @Test func ofRequestsWithoutATraceAShareIsRecorded() async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    try await traced(collector, upstream, [.tracesRatio: "0"]) { server in
      for _ in 0..<5 { _ = try await server.chat("{}") }
    }
    #expect(collector.posts.isEmpty)
    #expect(upstream.requests.allSatisfy { $0.value(of: "traceparent") == nil })
  }

  @Test(
    arguments: [
      "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "01",
      "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
      "00-00000000000000000000000000000000-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
      "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
      "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ])
  func aMalformedParentIsNone(value: String) async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    try await traced(collector, upstream) { server in
      _ = try await server.chat("{}", ["traceparent: \(value)", "tracestate: a=1"])
    }
    let own = try collector.span(ofKind: 2)
    #expect(own.parent == nil && own.state == nil)
    #expect(own.trace != "0af7651916cd43dd8448eb211c80319c")
    #expect(upstream.requests.first?.values(of: "tracestate") == [])
  }

  @Test func ofALaterVersionWhatIsKnownIsRead() async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    let parent = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-09-more"
    try await traced(collector, upstream) { server in
      _ = try await server.chat("{}", ["traceparent: \(parent)"])
    }
    let own = try collector.span(ofKind: 2)
    #expect(own.parent == "b7ad6b7169203331" && own.flags == 0x301)
  }

  @Test func aStreamIsOneCallUntilItsEnd() async throws {
    let collector = try Collector()
    let gate = Gate()
    let open = Mutex(Duration.zero)
    let upstream = try ScriptedUpstream { _, socket in
      let first = "data: {\"choices\":[]}\n\n"
      let usage = "data: \(Bodies.reply(prompt: 40, cached: 32, generated: 5))\n\ndata: [DONE]\n\n"
      socket.write(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
          + "\(String(first.utf8.count, radix: 16))\r\n\(first)\r\n")
      gate.wait()
      socket.write("\(String(usage.utf8.count, radix: 16))\r\n\(usage)\r\n0\r\n\r\n")
    }
    try await traced(collector, upstream) { server in
      async let reply = server.chat("{\"model\":\"m\",\"stream\":true}")
      let started = "cpc_time_to_first_token_seconds_count 1\n"
      #expect(try await server.eventually { server.server.metrics.text.contains(started) })
      // The first byte was there before, and the end comes behind.
      let seen = ContinuousClock.now
      _ = try await server.send("GET /health")
      open.withLock { $0 = .now - seen }
      gate.open()
      #expect(try await reply.isComplete)
    }
    let (own, call) = (try collector.span(ofKind: 2), try collector.span(ofKind: 3))
    #expect(own.attributes["gen_ai.usage.cache_read.input_tokens"] == "32")
    #expect(own.attributes["gen_ai.usage.output_tokens"] == "5")
    #expect(own.attributes["gen_ai.request.stream"] == "true")
    let first = try #require(call.events["first_byte"])
    #expect(.nanoseconds(call.end - first) >= open.withLock { $0 })
    let seconds = try #require(
      call.attributes["gen_ai.response.time_to_first_chunk"].flatMap(Double.init))
    #expect(abs(seconds - Double(first - call.start) * 1e-9) < 1e-6)
  }

  private struct FaultyRewriter: RequestRewriting {
    struct Fault: Error {}
    var fault: any Error = Fault()
    func rewrite(_ request: PromptRequest, body: [UInt8]) async throws -> RewrittenRequest? {
      throw fault
    }
  }

  @Test func whatIsPassedOnAsItCameIsMarked() async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    try await traced(collector, upstream, rewriter: FaultyRewriter(), Self.options) { server in
      _ = try await server.chat("{\"messages\":[]}")
    }
    let (own, compile) = (try collector.span(ofKind: 2), try collector.span(ofKind: 1))
    #expect(own.attributes["cpc.fail_open.reason"] == "error" && !own.isFailed)
    #expect(own.attributes["error.type"] == nil)
    #expect(compile.attributes["error.type"] == "error" && compile.isFailed)
  }

  @Test func aRefusalHasNoCall() async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    let rewriter = FaultyRewriter(fault: RewriteRefusal(message: "no"))
    try await traced(collector, upstream, rewriter: rewriter, Self.options) { server in
      _ = try await server.chat("{\"messages\":[]}")
    }
    #expect(try collector.spans().map(\.kind) == [2, 1])
    let own = try collector.span(ofKind: 2)
    #expect(own.attributes["http.response.status_code"] == "422")
    #expect(own.attributes["error.type"] == "invalid_cpc")
    #expect(try collector.span(ofKind: 1).attributes["error.type"] == "invalid_cpc")
  }

  @Test(
    arguments: [
      ("HTTP/1.1 429 No\r\ncontent-length: 0\r\n\r\n", 429, "429", false, true),
      ("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n", 500, "500", true, true),
      ("", 502, "upstream_failed", true, true),
      ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", 502, "reply_broke_off", true, true),
    ])
  func whatTheUpstreamDoesWrongIsTold(
    reply: String, status: Int, error: String, isFailed: Bool, isCallFailed: Bool
  ) async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(reply: reply)
    try await traced(collector, upstream) { server in
      _ = try? await server.chat("{\"messages\":[]}")
    }
    let (own, call) = (try collector.span(ofKind: 2), try collector.span(ofKind: 3))
    #expect(own.attributes["http.response.status_code"] == String(status))
    #expect(own.isFailed == isFailed && call.isFailed == isCallFailed)
    #expect(call.attributes["error.type"] == error)
    #expect(own.attributes["error.type"] == (isFailed ? error : nil))
  }

  @Test func otherRequestsAreCalledByTheirRoute() async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    try await traced(collector, upstream) { server in
      _ = try await server.send("GET /v1/models/x?limit=3")
      // What the server answers itself is none of its traces.
      _ = try await server.send("GET /health")
    }
    let own = try collector.span(ofKind: 2)
    #expect(own.name == "GET /v1/*" && own.attributes["url.path"] == "/v1/models/x")
    #expect(own.attributes["gen_ai.operation.name"] == nil)
  }

  @Test func ofALongPathTheStartIsTold() async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: "{}")
    let path = "/v1/" + String(repeating: "a", count: 10_000)
    try await traced(collector, upstream) { server in
      let reply = try await server.send("GET \(path)")
      #expect(reply.status == 200)
    }
    for kind in [2, 3] {
      let span = try collector.span(ofKind: kind)
      #expect(span.attributes["url.path"] == String(path.prefix(256)))
    }
  }

  @Test func nothingOfContentsAndKeysIsSent() async throws {
    let collector = try Collector()
    let upstream = try ScriptedUpstream(json: Bodies.reply("a secret", prompt: 40, cached: 30))
    try await traced(collector, upstream, Self.options) { server in
      let body =
        "{\"model\":\"m\",\"user\":\"secret\",\"messages\":[{\"role\":\"user\",\"content\":\"a secret\"}],"
        + "\"cpc\":{\"blocks\":[{\"id\":\"secret\",\"text\":\"a secret\"}]}}"
      let fields = [
        "authorization: Bearer secret", "x-api-key: secret", "x-cpc-tenant: secret",
        "cookie: secret",
      ]
      _ = try await server.send(
        "POST /v1/chat/completions?key=secret", fields, body: Array(body.utf8))
      _ = try await server.chat("{\"cpc\": {\"secret\": 3}}", fields)
      _ = try await server.chat("secret", fields)
    }
    #expect(try collector.spans().filter { $0.kind == 2 }.count == 3)
    #expect(collector.posts.allSatisfy { !$0.text.contains("secret") })
  }
}
