import Bytes
import ContextIndex
import EngineEvents
import EngineTestSupport
import OrderedJSON
import PromptCompilation
import PromptServer

/// A server that follows a scripted engine.
struct FollowedServer: Sendable {
  let server: RunningServer
  let engine: PublishedEngine

  /// Lets the engine answer until something is so, for up to 5 s.
  func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    try await server.eventually {
      engine.answerReplays()
      return try await condition()
    }
  }

  /// The value of a line of `/metrics`.
  func metric(_ name: String) async throws -> Int? {
    let text = try await server.send("GET /metrics").text
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return line.flatMap { Int($0.dropFirst(name.utf8.count + 1)) }
  }

  /// The value of a line of `/metrics` about the only rank.
  func rank(_ name: String) async throws -> Int? {
    try await metric("cpc_kv_\(name){rank=\"0\"}")
  }

  /// Waits until the mirror knows of so many batches, also void ones.
  func hears(batches: Int) async throws -> Bool {
    try await eventually { try await rank("batches_total") == batches }
  }

  /// Waits until the engine is followed.
  func follows() async throws -> Bool {
    try await eventually {
      let isConnected = try await rank("connected") == 1
      return try await rank("current") == 1 && isConnected && engine.isSubscribed
    }
  }

  /// Posts a body, and waits until it is answered and counted.
  ///
  /// - Returns: how many of its tokens are believed to be cached.
  func predicted(_ body: String, _ fields: [String] = []) async throws -> Int {
    let metrics = server.server.metrics
    let before = metrics.value(of: .cachedTokens, "predicted")
    let prompts = metrics.value(of: .promptTokens, "predicted")
    try await chat(body, fields)
    _ = try await eventually { metrics.value(of: .promptTokens, "predicted") > prompts }
    return metrics.value(of: .cachedTokens, "predicted") - before
  }

  /// Posts a body, and waits until the server is done with it.
  func chat(_ body: String, _ fields: [String] = []) async throws {
    let name = "/v1/chat/completions\",status=\"200\",mode=\""
    func count() -> Int {
      let lines = server.server.metrics.text.split(separator: "\n")
      let line = lines.first { $0.contains(name) }
      return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
    }
    let before = count()
    _ = try await server.chat(body, fields)
    _ = try await eventually { count() > before }
  }
}

/// Runs a server that follows an engine while `body` runs.
func withFollowedServer<Value: Sendable>(
  _ upstream: ScriptedUpstream?, _ options: [ServerSetting: String] = [:], kept: Int = 10_000,
  _ body: @Sendable (FollowedServer) async throws -> Value
) async throws -> Value {
  let endpoint = PublishedEngine.localEndpoint()
  let engine = PublishedEngine(
    endpoint: endpoint, binds: true, replayEndpoint: PublishedEngine.localEndpoint(), kept: kept)
  let settings: [ServerSetting: String] = [
    .model: "qwen3", .kvEvents: endpoint, .kvReplay: engine.replayEndpoint,
  ]
  return try await withServer(upstream, settings.merging(options) { $1 }) { (server) async throws in
    try await body(FollowedServer(server: server, engine: engine))
  }
}

/// The blocks of a prompt as an engine names them.
struct EngineBlocks: Sendable {
  static let size = 16
  let tokens: [UInt32]
  let hashes: [EngineBlockHash]
  private let salt: ByteString?

  /// Takes the prompt that qwen3's chat template makes of a body.
  init(of body: String, salt: ByteString? = nil) throws {
    let node = OpenAIRequestLine.spec(try JSONParser.parse(Array(body.utf8)))
    let spec = try Spec(json: node, source: SourceText(name: "body", bytes: Array(body.utf8)))
    tokens = try PromptCompiler(model: try Model.named("qwen3")).plainPrompt(spec).tokens
    hashes = PageHash.vllmCBOR().digests(of: tokens, pageSize: Self.size, cacheSalt: salt).map {
      EngineBlockHash(PageHash.vllmCBOR().published($0))
    }
    self.salt = salt
  }

  /// The most tokens of the prompt that a request finds.
  var most: Int { (tokens.count - 1) / Self.size * Self.size }

  /// That the blocks of a range, or all, are stored.
  func stored(_ range: Range<Int>? = nil) -> EngineEvent {
    let range = range ?? hashes.indices
    var blocks = StoredBlocks(
      hashes: Array(hashes[range]),
      parent: range.lowerBound > 0 ? hashes[range.lowerBound - 1] : nil,
      tokens: Array(tokens[(Self.size * range.lowerBound)..<(Self.size * range.upperBound)]),
      blockSize: Self.size)
    if let salt, range.lowerBound == 0 { blocks.extraKeys = [.salt(salt)] }
    return .stored(blocks)
  }

  /// That the blocks from one on are given up.
  func removed(from first: Int) -> EngineEvent {
    .removed(Array(hashes[first...]), medium: nil)
  }
}
