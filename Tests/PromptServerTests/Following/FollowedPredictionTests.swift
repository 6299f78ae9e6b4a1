import Bytes
import EngineEvents
import EngineTestSupport
import PromptServer
import Testing

/// What is believed to be cached while the engine tells what it holds.
@Suite struct FollowedPredictionTests {
  private static func body(_ words: String = "garden") -> String {
    let text = (0..<60).map { "\(words) \($0)" }.joined(separator: ", ")
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\(text)\"}]}"
  }

  private static let one = ["x-cpc-tenant: one"]

  @Test(arguments: ["observe", "safe", "optimize"])
  func predictionsFollowTheEvents(mode: String) async throws {
    let body = Self.body()
    let blocks = try EngineBlocks(of: body)
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(upstream, [.mode: mode]) { (followed) async throws in
      #expect(try await followed.follows())
      followed.engine.publish([blocks.stored()])
      #expect(try await followed.hears(batches: 1))
      #expect(try await followed.rank("blocks") == blocks.hashes.count)
      #expect(try await followed.predicted(body) == blocks.most)
      followed.engine.publish([blocks.removed(from: 3)])
      #expect(try await followed.hears(batches: 2))
      #expect(try await followed.predicted(body) == 48)
      #expect(try await followed.predicted(body, Self.one) == 48)
      followed.engine.publish([.cleared(medium: nil)])
      #expect(try await followed.hears(batches: 3))
      #expect(try await followed.predicted(body, Self.one) == 0)
      #expect(try await followed.metric("cpc_kv_predictions_total{by=\"events\"}") == 4)
      #expect(try await followed.metric("cpc_kv_predictions_total{by=\"simulation\"}") == 0)
      #expect(try await followed.rank("events_total") == 3)
      #expect(try await followed.rank("complete") == 1)
    }
  }

  @Test func whatTheRequestItselfStoresIsNoHit() async throws {
    let body = Self.body()
    let blocks = try EngineBlocks(of: body)
    let endpoint = PublishedEngine.localEndpoint()
    let engine = PublishedEngine(endpoint: endpoint, binds: true)
    // The blocks of a request are told before it is answered.
    let upstream = try ScriptedUpstream { _, socket in
      engine.publish([blocks.stored()])
      socket.write(ScriptedUpstream.json("{}"))
    }
    let options: [ServerSetting: String] = [
      .model: "qwen3", .kvEvents: endpoint, .kvReplay: engine.replayEndpoint,
    ]
    try await withServer(upstream, options) { (server) async throws in
      let followed = FollowedServer(server: server, engine: engine)
      #expect(try await followed.follows())
      #expect(try await followed.predicted(body) == 0)
      #expect(try await followed.hears(batches: 1))
      #expect(try await followed.predicted(body) == blocks.most)
    }
  }

  @Test func aRequestThatIsOnItsWayCountsForThoseBehindIt() async throws {
    let body = Self.body()
    let blocks = try EngineBlocks(of: body)
    let gate = Gate()
    let upstream = try ScriptedUpstream { _, socket in
      gate.wait()
      socket.write(ScriptedUpstream.json("{}"))
    }
    try await withFollowedServer(upstream) { (followed) async throws in
      #expect(try await followed.follows())
      let metrics = followed.server.server.metrics
      @Sendable func cached(behind prompts: Int) async throws -> Int? {
        let isCounted = try await followed.eventually {
          metrics.value(of: .promptTokens, "predicted") == prompts * blocks.tokens.count
        }
        return isCounted ? metrics.value(of: .cachedTokens, "predicted") : nil
      }
      async let first: Void = followed.chat(body, Self.one)
      #expect(try await cached(behind: 1) == 0)
      // The engine computes the first one and has not told anything of it.
      async let second: Void = followed.chat(body, Self.one)
      #expect(try await cached(behind: 2) == blocks.most)
      gate.open()
      _ = try await (first, second)
      // It tells something else: what it did not tell is not there.
      followed.engine.publish([try EngineBlocks(of: Self.body("cellar")).stored()])
      #expect(try await followed.hears(batches: 1))
      #expect(try await followed.predicted(body, Self.one) == 0)
    }
  }

  @Test func anEngineThatNeverConnectsIsSimulated() async throws {
    let body = Self.body()
    let blocks = try EngineBlocks(of: body)
    let upstream = try ScriptedUpstream(json: "{}")
    let options: [ServerSetting: String] = [
      .model: "qwen3", .kvEvents: PublishedEngine.localEndpoint(),
      .kvReplay: PublishedEngine.localEndpoint(),
    ]
    try await withServer(upstream, options) { (server) async throws in
      let followed = FollowedServer(
        server: server, engine: PublishedEngine(endpoint: PublishedEngine.localEndpoint()))
      #expect(try await followed.predicted(body) == 0)
      #expect(try await followed.predicted(body) == blocks.most)
      #expect(try await followed.metric("cpc_kv_predictions_total{by=\"simulation\"}") == 2)
      #expect(try await followed.rank("connected") == 0)
    }
  }

  @Test func ofSeveralRanksTheOneThatHasMostCounts() async throws {
    let body = Self.body()
    let blocks = try EngineBlocks(of: body)
    let upstream = try ScriptedUpstream(json: "{}")
    let endpoint = PublishedEngine.localEndpoint()
    let second = PublishedEngine(endpoint: endpoint, binds: true)
    let first = PublishedEngine.localEndpoint()
    let engine = PublishedEngine(endpoint: first, binds: true)
    let options: [ServerSetting: String] = [
      .model: "qwen3", .kvEvents: "\(first),\(endpoint)",
      .kvReplay: "\(engine.replayEndpoint),\(second.replayEndpoint)",
    ]
    try await withServer(upstream, options) { (server) async throws in
      let followed = FollowedServer(server: server, engine: engine)
      #expect(
        try await followed.eventually {
          second.answerReplays()
          let other = try await followed.metric("cpc_kv_current{rank=\"1\"}")
          let isCurrent = try await followed.rank("current") == 1 && other == 1
          return isCurrent && engine.isSubscribed && second.isSubscribed
        })
      engine.publish([blocks.stored(0..<2)])
      second.publish([blocks.stored(0..<4)])
      #expect(
        try await followed.eventually {
          let other = try await followed.metric("cpc_kv_blocks{rank=\"1\"}")
          return try await followed.rank("blocks") == 2 && other == 4
        })
      #expect(try await followed.predicted(body) == 64)
    }
  }

  @Test func anAdapterHasBlocksOfItsOwn() async throws {
    let body = Self.body()
    let sql = body.replacing("\"model\":\"m\"", with: "\"model\":\"sql\"")
    let blocks = try EngineBlocks(of: body)
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(upstream) { (followed) async throws in
      #expect(try await followed.follows())
      var stored: [EngineEvent] = [blocks.stored(0..<4)]
      if case .stored(var ofAdapter) = blocks.stored(0..<2) {
        ofAdapter.adapter = "sql"
        ofAdapter.hashes = [EngineBlockHash(1), EngineBlockHash(2)]
        stored.append(.stored(ofAdapter))
      }
      followed.engine.publish(stored)
      #expect(try await followed.hears(batches: 1))
      #expect(try await followed.predicted(body) == 64)
      #expect(try await followed.predicted(sql) == 32)
    }
  }
}
