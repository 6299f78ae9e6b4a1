import EngineEvents
import EngineTestSupport
import PromptServer
import TestSupport
import Testing

/// What becomes of gaps, restarts and bad batches of an engine that a server follows.
@Suite struct FollowedEngineTests {
  private static let body =
    "{\"messages\":[{\"role\":\"user\",\"content\":\""
    + (0..<60).map { "number \($0)" }.joined(separator: ", ") + "\"}]}"

  @Test func aGapIsFilledByAReplay() async throws {
    let blocks = try EngineBlocks(of: Self.body)
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(upstream) { (followed) async throws in
      #expect(try await followed.follows())
      followed.engine.publish([blocks.stored(0..<1)])
      #expect(try await followed.hears(batches: 1))
      followed.engine.publish([blocks.stored(1..<2)], isLost: true)
      followed.engine.publish([blocks.stored(2..<4)])
      #expect(try await followed.hears(batches: 3))
      #expect(try await followed.rank("gaps_total") == 1)
      #expect(try await (followed.rank("replays_total") ?? 0) >= 2)
      #expect(try await followed.follows())
      #expect(try await followed.predicted(Self.body) == 64)
      #expect(try await followed.rank("resets_total") == 0)
      let status = try await followed.server.send("GET /status.json").text
      #expect(
        status.contains(
          #""engine":{"ranks":1,"connected":1,"complete":1,"blocks":4,"batches":3,"gaps":1,"#
            + #""resets":0,"unreadable":0}"#))
      #expect(
        try await followed.eventually { followed.server.log.text.contains("engine connected") })
      #expect(followed.server.log.text.contains("engine events missing"))
    }
  }

  @Test func whatIsLostForGoodIsAReset() async throws {
    let blocks = try EngineBlocks(of: Self.body)
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(upstream, kept: 1) { (followed) async throws in
      #expect(try await followed.follows())
      followed.engine.publish([blocks.stored(0..<4)])
      #expect(try await followed.hears(batches: 1))
      for _ in 0..<3 { followed.engine.publish([blocks.stored(4..<5)], isLost: true) }
      followed.engine.publish([blocks.stored(0..<2)])
      #expect(try await followed.hears(batches: 2))
      #expect(try await followed.follows())
      #expect(try await followed.rank("resets_total") == 1)
      #expect(try await followed.rank("complete") == 0)
      #expect(try await followed.predicted(Self.body) == 32)
      #expect(followed.server.log.text.contains("engine cache unknown"))
    }
  }

  @Test func anEngineThatIsRestartedBeginsAnew() async throws {
    let blocks = try EngineBlocks(of: Self.body)
    let upstream = try ScriptedUpstream(json: "{}")
    let (endpoint, replays) = (PublishedEngine.localEndpoint(), PublishedEngine.localEndpoint())
    let options: [ServerSetting: String] = [
      .model: "qwen3", .kvEvents: endpoint, .kvReplay: replays,
    ]
    try await withServer(upstream, options) { (server) async throws in
      func run(_ body: (FollowedServer) async throws -> Void) async throws {
        let engine = PublishedEngine(endpoint: endpoint, binds: true, replayEndpoint: replays)
        try await body(FollowedServer(server: server, engine: engine))
      }
      try await run { (followed) async throws in
        #expect(try await followed.follows())
        for block in 0..<4 { followed.engine.publish([blocks.stored(block..<(block + 1))]) }
        #expect(try await followed.hears(batches: 4))
        #expect(try await followed.predicted(Self.body) == 64)
      }
      #expect(try await server.eventually { server.log.text.contains("engine disconnected") })
      // Meanwhile predictions are by the prompts that were sent.
      let alone = FollowedServer(
        server: server, engine: PublishedEngine(endpoint: PublishedEngine.localEndpoint()))
      #expect(try await alone.predicted(Self.body) == blocks.most)
      #expect(try await alone.metric("cpc_kv_predictions_total{by=\"simulation\"}") == 1)
      try await run { (followed) async throws in
        #expect(try await followed.eventually { try await followed.rank("resets_total") == 1 })
        #expect(try await followed.follows())
        followed.engine.publish([blocks.stored(0..<1)])
        #expect(try await followed.hears(batches: 5))
        #expect(try await followed.predicted(Self.body, ["x-cpc-tenant: two"]) == 16)
        #expect(try await followed.rank("complete") == 1)
      }
    }
  }

  @Test func batchesOutOfOrderBeginTheMirrorAnew() async throws {
    let blocks = try EngineBlocks(of: Self.body)
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(upstream) { (followed) async throws in
      #expect(try await followed.follows())
      followed.engine.publish([blocks.stored(0..<4)])
      followed.engine.publish([blocks.removed(from: 4)])
      #expect(try await followed.hears(batches: 2))
      followed.engine.sendAgain(0)
      #expect(try await followed.eventually { try await followed.rank("resets_total") == 1 })
      // It looks as an engine that begins anew, until a replay tells what it had.
      #expect(try await followed.hears(batches: 3))
      followed.engine.publish([blocks.stored(4..<5)])
      #expect(try await followed.hears(batches: 5))
      #expect(try await followed.follows())
      #expect(try await followed.predicted(Self.body) == 80)
      #expect(try await followed.rank("complete") == 1)
    }
  }

  @Test func aBatchThatCannotBeReadStopsNothing() async throws {
    let blocks = try EngineBlocks(of: Self.body)
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(upstream) { (followed) async throws in
      #expect(try await followed.follows())
      followed.engine.publish([blocks.stored()])
      followed.engine.publish(payload: [0xC1])
      #expect(
        try await followed.eventually { try await followed.rank("unreadable_batches_total") == 1 })
      #expect(try await followed.rank("complete") == 0)
      #expect(try await followed.predicted(Self.body) == 0)
      followed.engine.publish([blocks.stored(0..<2)])
      #expect(try await followed.hears(batches: 2))
      #expect(try await followed.predicted(Self.body) == 32)
    }
    #expect(upstream.requests.count == 2)
  }

  @Test func endpointsThatCannotBeUsedEndWithExitCode2() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    defer { upstream.stop() }
    let endpoint = "tcp://127.0.0.1:\(upstream.port)"
    let taken = try await blocking {
      try Command.run(["serve", "--port", "0", "--kv-events", endpoint])
    }
    #expect(taken.status == 2)
    #expect(
      taken.errors.contains("kv-events: cannot bind \(endpoint): Address already in use"),
      "\(taken.errors)")
    let unknown = try await blocking { try Command.run(["serve", "--kv-events", "nowhere"]) }
    #expect(unknown.status == 2)
    #expect(
      unknown.errors.hasSuffix(
        "--kv-events: \"nowhere\" is no endpoint: write tcp://HOST:PORT or ipc:///PATH\n"))
  }

  @Test func theEndpointIsFreeWhenTheServerEnds() async throws {
    let endpoint = PublishedEngine.freeEndpoint()
    for _ in 0..<2 {
      try await withServer(nil, [.kvEvents: endpoint]) { (server) async throws in
        #expect(try await server.send("GET /ready").status == 200)
      }
    }
  }
}
