import Bytes
import OrderedJSON
import PromptServer
import Synchronization
import Testing

/// Whatever becomes of the collector, requests go on.
@Suite struct SpanExportTests {
  /// Sends requests while spans go to a URL. Each has two spans.
  ///
  /// - Parameter reached: is waited for before the server stops.
  /// - Returns: the server's metrics when it has stopped.
  private func run(
    _ url: String, requests: Int = 1, environment: [String: String] = [:],
    until reached: @escaping @Sendable (ServerMetrics) -> Bool = { _ in true }
  ) async throws -> ServerMetrics {
    let upstream = try ScriptedUpstream(json: "{}")
    return try await withServer(upstream, [.traces: url], environment: environment) { server in
      for _ in 0..<requests {
        let reply = try await server.chat("{}")
        #expect(reply.status == 200)
      }
      #expect(try await server.eventually { reached(server.server.metrics) })
      return server.server.metrics
    }
  }

  @Test func whatIsLeftIsSentWhenTheServerStops() async throws {
    let collector = try Collector()
    let metrics = try await run(collector.receiver.url, requests: 3)
    #expect(collector.posts.count == 1)
    #expect(try collector.spans().count == 6)
    #expect(metrics.value(of: .exportedSpans) == 6)
  }

  @Test func aFullBatchIsSentAtOnceAndAnotherAfterAWhile() async throws {
    let full = try Collector()
    _ = try await run(
      full.receiver.url,
      environment: ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "2", "OTEL_BSP_SCHEDULE_DELAY": "600000"]
    ) { $0.value(of: .exportedSpans) == 2 }
    let later = try Collector()
    _ = try await run(later.receiver.url, environment: ["OTEL_BSP_SCHEDULE_DELAY": "20"]) {
      $0.value(of: .exportedSpans) == 2
    }
    #expect(try full.spans().count == 2 && later.spans().count == 2)
  }

  @Test func spansAreOfTheServiceAsItIsDescribed() async throws {
    let collector = try Collector()
    _ = try await run(
      collector.receiver.url,
      environment: [
        "OTEL_RESOURCE_ATTRIBUTES":
          "service.version=7,host.name=a%20b,telemetry.sdk.name=other,service.name=gateway"
      ])
    let body = try JSONParser.parse(try #require(collector.posts.first).body)
    let attributes = body["resourceSpans"]?.elements?.first?["resource"]?["attributes"]?.elements
    let texts = attributes?.map { attribute in
      let value = attribute["value"]?["stringValue"]?.string?.string ?? ""
      return "\(attribute["key"]?.string?.string ?? "")=\(value)"
    }
    #expect(
      texts == [
        "service.name=gateway", "telemetry.sdk.name=cpc", "telemetry.sdk.language=swift",
        "service.version=7", "host.name=a b",
      ])
  }

  @Test func aCollectorThatTakesLongerThanIsSaidIsAskedAgain() async throws {
    let gate = Gate()
    let posts = Mutex(0)
    let slow = try Collector { _ in
      // The first post is held until the second one came.
      if posts.withLock({
        $0 += 1; return $0
      }) > 1 {
        gate.open()
      }
      gate.wait()
      return ScriptedUpstream.json("{}")
    }
    defer { gate.open() }
    let metrics = try await run(
      slow.receiver.url,
      environment: ["OTEL_EXPORTER_OTLP_TIMEOUT": "200", "OTEL_BSP_SCHEDULE_DELAY": "1"]
    ) { $0.value(of: .exportedSpans) == 2 }
    #expect(metrics.value(of: .droppedSpans, "collector") == 0)
  }

  @Test func withoutACollectorRequestsPassAndSpansAreDropped() async throws {
    let nobody = try Collector()
    nobody.receiver.stop()
    let metrics = try await run(
      nobody.receiver.url, requests: 3, environment: ["OTEL_BSP_SCHEDULE_DELAY": "1"])
    #expect(metrics.value(of: .droppedSpans, "collector") == 6)
    #expect(metrics.value(of: .exportedSpans) == 0)
  }

  @Test func aCollectorThatDoesNotAnswerHoldsNothingUp() async throws {
    let gate = Gate()
    let silent = try Collector { _ in
      gate.wait()
      return ""
    }
    defer { gate.open() }
    let environment = [
      "OTEL_BSP_SCHEDULE_DELAY": "1", "OTEL_BSP_MAX_QUEUE_SIZE": "4",
      "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "2",
    ]
    let metrics = try await run(silent.receiver.url, requests: 5, environment: environment) {
      $0.value(of: .droppedSpans, "queue") == 6
    }
    // What had a place was given up when the server stopped.
    #expect(metrics.value(of: .droppedSpans, "collector") == 4)
  }

  @Test func whatTheCollectorCannotTakeNowIsSentAgain() async throws {
    let count = Mutex(0)
    let collector = try Collector { _ in
      let isFirst = count.withLock { count in
        count += 1
        return count == 1
      }
      return isFirst
        ? "HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        : ScriptedUpstream.json("{}")
    }
    let metrics = try await run(
      collector.receiver.url, environment: ["OTEL_BSP_SCHEDULE_DELAY": "1"]
    ) { $0.value(of: .exportedSpans) == 2 }
    #expect(collector.posts.count == 2)
    #expect(collector.posts.first?.body == collector.posts.last?.body)
    #expect(metrics.value(of: .droppedSpans, "collector") == 0)
  }

  @Test func whatTheCollectorRefusesIsCounted() async throws {
    let refusing = try Collector { _ in
      "HTTP/1.1 400 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    }
    var metrics = try await run(
      refusing.receiver.url, environment: ["OTEL_BSP_SCHEDULE_DELAY": "1"]
    ) { $0.value(of: .droppedSpans, "collector") == 2 }
    #expect(refusing.posts.count == 1)
    let partial = try Collector { _ in
      ScriptedUpstream.json(
        "{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"no\"}}")
    }
    metrics = try await run(partial.receiver.url)
    #expect(metrics.value(of: .droppedSpans, "rejected") == 1)
    #expect(metrics.value(of: .exportedSpans) == 1)
  }
}
