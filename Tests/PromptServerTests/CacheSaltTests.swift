import Bytes
import EngineEvents
import EngineTestSupport
import OrderedJSON
import PromptServer
import Testing

/// The salts that keep the tenants of an engine's cache apart.
@Suite struct CacheSaltTests {
  private static let body =
    "{ \"messages\" : [{\"role\":\"user\",\"content\":\"Where \\u0069s it?\"}] }\n"

  private static func salt(_ request: RawMessage) throws -> String? {
    try JSONParser.parse(request.body)["cache_salt"]?.string?.string
  }

  /// What the upstream gets of a body from each of two tenants.
  private static func sent(
    _ body: String, _ options: [ServerSetting: String], path: String = "/v1/chat/completions"
  ) async throws -> [RawMessage] {
    let upstream = try ScriptedUpstream(json: "{}")
    let settings: [ServerSetting: String] = [
      .mode: "safe", .model: "qwen3", .cacheSalt: "tenant",
    ]
    try await withServer(upstream, settings.merging(options) { $1 }) { (server) async throws in
      for tenant in ["one", "two"] {
        _ = try await server.send(
          "POST \(path)", ["x-cpc-tenant: \(tenant)"], body: Array(body.utf8))
      }
    }
    return upstream.requests
  }

  @Test(arguments: ["/v1/chat/completions", "/v1/completions"])
  func eachTenantHasASaltAndEveryOtherByteStays(path: String) async throws {
    let sent = try await Self.sent(Self.body, [:], path: path)
    let salts = try sent.compactMap(Self.salt)
    #expect(Set(salts).count == 2)
    for (request, salt) in zip(sent, salts) {
      #expect(salt.utf8.count == 32)
      #expect(request.text == "{\"cache_salt\":\"\(salt)\"," + Self.body.dropFirst())
      #expect(!request.text.contains("one") && !request.text.contains("two"))
    }
  }

  @Test func aTenantHasTheSameSaltInEachProcess() async throws {
    func salts(_ options: [ServerSetting: String]) async throws -> [String] {
      try await Self.sent(Self.body, options).compactMap(Self.salt)
    }
    let plain = try await salts([:])
    // printf 'cpc cache salt of name:one' | sha256sum
    #expect(plain.first == "6688138c164f207d17168baf480ff4da")
    let secret = try await salts([.cacheSaltSecret: "s"])
    // printf 'name:one' | openssl dgst -sha256 -hmac s
    #expect(secret.first == "e6db5686fd5dfcd6060432518d634f38")
    #expect(try await salts([.cacheSaltSecret: "s"]) == secret)
    #expect(try await salts([.cacheSaltSecret: "t"]) != secret)
  }

  @Test(arguments: [
    "{\"cache_salt\":\"own\",\"messages\":[]}", "{\"messages\":[],\"cache_salt\" : \"\"}",
    "{\"cache\\u005fsalt\":\"own\",\"cache_salt\":\"own\"}", "{\"cache\\u005Fsalt\":\"own\"}",
    "{\"\\u0063\\u0061che_salt\" :\"own\"}", "[]", "", "no JSON", " \n",
  ])
  func aSaltOfItsOwnIsKeptAndWhatIsNoObjectStays(body: String) async throws {
    for request in try await Self.sent(body, [:]) { #expect(request.text == body) }
  }

  @Test func anotherEncodingIsNotMixedWithASalt() async throws {
    let body = Array("{\"messages\":[]}".utf8).flatMap { byte -> [UInt8] in [byte, 0] }
    let upstream = try ScriptedUpstream(json: "{}")
    let options: [ServerSetting: String] = [
      .mode: "safe", .model: "qwen3", .cacheSalt: "tenant",
    ]
    try await withServer(upstream, options) { server in
      let reply = try await server.send("POST /v1/chat/completions", body: body)
      #expect(reply.status == 200)
    }
    #expect(upstream.requests.map(\.body) == [body])
  }

  @Test func aByteOrderMarkStaysInFront() async throws {
    let sent = try await Self.sent("\u{FEFF}{\"messages\":[]}", [:])
    let salts = try sent.compactMap(Self.salt)
    #expect(Set(salts).count == 2)
    #expect(
      sent.map(\.text) == salts.map { "\u{FEFF}{\"cache_salt\":\"\($0)\",\"messages\":[]}" })
  }

  @Test func emptyObjectsAndNullGetASaltToo() async throws {
    let salts = try await Self.sent(Self.body, [:]).compactMap(Self.salt)
    let empty = try await Self.sent(" { }", [:])
    #expect(empty.map(\.text) == salts.map { " {\"cache_salt\":\"\($0)\" }" })
    let null = try await Self.sent("{\"a\":{\"cache_salt\":1},\"cache_salt\": null}", [:])
    #expect(
      null.map(\.text) == salts.map { "{\"a\":{\"cache_salt\":1},\"cache_salt\": \"\($0)\"}" })
    let spelled = try await Self.sent("{\"cache\\u005fsalt\": null}", [:])
    #expect(spelled.map(\.text) == salts.map { "{\"cache\\u005fsalt\": \"\($0)\"}" })
    let inner = try await Self.sent("{\"a\":{\"cache_salt\":1}}", [:])
    #expect(
      inner.map(\.text) == salts.map { "{\"cache_salt\":\"\($0)\",\"a\":{\"cache_salt\":1}}" })
  }

  @Test func whatIsNotRewrittenIsSaltedAllTheSame() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let options: [ServerSetting: String] = [
      .mode: "optimize", .model: "qwen3", .cacheSalt: "tenant",
    ]
    try await withServer(upstream, options) { server in
      _ = try await server.chat(Self.body, ["X-ContextPilot-Mode: none of them"])
      #expect(server.server.metrics.value(of: .failOpen, "header") == 1)
    }
    let request = try #require(upstream.requests.first)
    let salt = try #require(try Self.salt(request))
    #expect(request.text == "{\"cache_salt\":\"\(salt)\"," + Self.body.dropFirst())
  }

  @Test func nothingElseIsSalted() async throws {
    for (options, path) in [
      ([ServerSetting.mode: "observe"], "/v1/chat/completions"),
      ([.cacheSalt: "none"], "/v1/chat/completions"), ([:], "/v1/messages"),
      ([:], "/v1/responses"), ([:], "/v1/embeddings"),
    ] {
      for request in try await Self.sent(Self.body, options, path: path) {
        #expect(request.text == Self.body)
      }
    }
  }

  @Test func faultsInBlocksAreFoundWhereTheClientWroteThem() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    let options: [ServerSetting: String] = [
      .mode: "safe", .model: "qwen3", .cacheSalt: "tenant",
    ]
    try await withServer(upstream, options) { (server) async throws in
      let reply = try await server.chat("{\"messages\":[],\"cpc\":1}")
      #expect(reply.text.contains("request:1:22"), "\(reply.text)")
    }
  }

  @Test func tenantsWithSaltsShareNoPrediction() async throws {
    let text = (0..<60).map { "number \($0)" }.joined(separator: ", ")
    let body = "{\"messages\":[{\"role\":\"user\",\"content\":\"\(text)\"}]}"
    let upstream = try ScriptedUpstream(json: "{}")
    try await withFollowedServer(
      upstream, [.mode: "safe", .cacheSalt: "tenant"]
    ) { (followed) async throws in
      let one = ["x-cpc-tenant: one"]
      let two = ["x-cpc-tenant: two"]
      #expect(try await followed.follows())
      // As long as the engine told of no salt it is not known whether it tells any.
      #expect(try await followed.predicted(body, one) == 0)
      let salt = try #require(try upstream.requests.first.flatMap(Self.salt))
      let blocks = try EngineBlocks(of: body, salt: ByteString(salt))
      #expect(try await followed.predicted(body, one) == blocks.most)
      #expect(try await followed.predicted(body, two) == 0)
      #expect(try await followed.metric("cpc_kv_predictions_total{by=\"simulation\"}") == 3)
      followed.engine.publish([blocks.stored(0..<4)])
      #expect(try await followed.hears(batches: 1))
      #expect(try await followed.predicted(body, two) == 0)
      #expect(try await followed.predicted(body, one) == 64)
      #expect(try await followed.metric("cpc_kv_predictions_total{by=\"events\"}") == 2)
    }
  }
}
