import Bytes
import ContextIndex
import EngineEvents
import Logging
import OrderedJSON
import PromptServer
import Testing

@Suite struct ServerConfigurationTests {
  private func file(_ json: String) throws -> ConfigurationFile {
    let source = SourceText(name: "serve.json", bytes: Array(json.utf8))
    return try ConfigurationFile(try JSONParser.parse(source.bytes), source: source)
  }

  @Test func theDefaultsAreSafe() throws {
    let configuration = try ServerConfiguration(options: [:])
    #expect(configuration.host == "127.0.0.1")
    #expect(configuration.port == 8765)
    #expect(configuration.mode == .observe)
    #expect(configuration.upstream == nil)
    #expect(configuration.isLoopback)
  }

  @Test func optionsStandBeforeTheEnvironmentAndThatBeforeTheFile() throws {
    let file = try file(
      "{\"port\": 1, \"host\": \"::1\", \"log_level\": \"debug\", \"stateless\": true, \"token\": [\"a\",\"b\"]}"
    )
    let environment = [
      "CPC_PORT": "2", "CONTEXTPILOT_PORT": "3", "CONTEXTPILOT_INFER_API_URL": "http://a:1/v1/",
      "CPC_LOG_LEVEL": "error",
    ]
    let configuration = try ServerConfiguration(
      options: [.logLevel: "trace"], environment: { environment[$0] }, file: file)
    #expect(configuration.port == 2)
    #expect(configuration.host == "::1")
    #expect(configuration.logLevel == .trace)
    #expect(configuration.isStateless)
    #expect(configuration.tokens == ["a", "b"])
    #expect(configuration.upstream?.description == "http://a:1")
  }

  @Test func enginesAreFollowedAsTheirEndpointsSay() throws {
    let file = try file(
      "{\"kv_events\": [\"tcp://*:5557\", \"tcp://10.0.0.2:5557\"], \"kv-replay\": \"tcp://*:5558, ipc:///r\"}"
    )
    let configuration = try ServerConfiguration(
      options: [.model: "qwen3"], environment: { $0 == "CPC_KV_TOPIC" ? "kv" : nil }, file: file)
    #expect(
      configuration.engines.map(\.endpoint) == ["tcp://127.0.0.1:5557", "tcp://10.0.0.2:5557"])
    #expect(configuration.engines.map(\.replayEndpoint) == ["tcp://127.0.0.1:5558", "ipc:///r"])
    #expect(configuration.engines.map(\.role) == [.connect, .bind])
    #expect(configuration.engines.map(\.topic) == ["kv", "kv"])
    #expect(configuration.notices.isEmpty)
    let other = try ServerConfiguration(
      options: [.kvEvents: "tcp://10.0.0.2:5557", .kvRole: "connect"])
    #expect(other.engines.map(\.role) == [.connect])
    #expect(other.engines.map(\.replayEndpoint) == [nil])
    #expect(other.notices.count == 1)
  }

  @Test func saltsAreForModesThatChangeBodies() throws {
    #expect(try ServerConfiguration(options: [.cacheSalt: "none"]).cacheSalt == nil)
    let observing = try ServerConfiguration(
      options: [.cacheSalt: "tenant", .cacheSaltSecret: "sk"])
    #expect(observing.cacheSalt == nil && observing.notices.count == 1)
    let alone = try ServerConfiguration(options: [.cacheSaltSecret: "sk"])
    #expect(alone.cacheSalt == nil && alone.notices.count == 1)
    let safe = try ServerConfiguration(
      options: [
        .cacheSalt: "tenant", .cacheSaltSecret: "sk", .mode: "safe", .model: "qwen3",
      ])
    #expect(safe.cacheSalt != nil && safe.notices.isEmpty)
    #expect("\(safe) \(String(describing: safe.cacheSalt))".contains("sk") == false)
  }

  @Test func whatMeansNothingHereIsSaid() throws {
    let configuration = try ServerConfiguration(
      options: [.chunkModulus: "13", .extendedCache: "true", .cloudProvider: "openai"])
    #expect(configuration.notices.count == 2)
    #expect(configuration.upstream?.description == "https://api.openai.com")
  }

  @Test(
    arguments: [
      ([.port: "70000"], "--port: must be a whole number from 0 to 65535"),
      ([.upstream: "localhost:8000"], "--upstream: must begin with http:// or https://"),
      ([.upstream: "http://"], "--upstream: must be scheme, host"),
      ([.upstream: "http://user:pw@host"], "--upstream: must be scheme, host"),
      ([.upstream: "http://a:70000"], "--upstream: the port \"70000\" must be a number from 1 to"),
      ([.upstream: "http://a:"], "--upstream: the port \"\" must be a number"),
      ([.upstream: "http://a:80a/v1"], "--upstream: the port \"80a\" must be a number"),
      ([.upstream: "http://a,b"], "--upstream: \"a,b\" must be a name or an address"),
      ([.upstream: "http://a::1"], "--upstream: \"a:\" must be a name or an address"),
      ([.upstream: "http://[a.b]:80"], "--upstream: \"[a.b]\" must be a name or an address"),
      ([.upstream: "http://[::1:80"], "--upstream: \"[::1\" must be a name or an address"),
      ([.mode: "fast"], "--mode: must be observe, safe, optimize"),
      ([.mode: "safe"], "mode safe: needs a model"),
      ([.cacheModel: "pages"], "--cache-model: must be one of radix"),
      ([.logLevel: "loud"], "--log-level: must be trace"),
      ([.stateless: "maybe"], "--stateless: must be true or false"),
      ([.stateless: "1", .index: "a.db"], "--index: cannot be used with stateless"),
      ([.kvEvents: "tcp://*"], "--kv-events: \"tcp://*\" is no endpoint: write tcp://HOST:PORT"),
      ([.kvEvents: "ipc://"], "--kv-events: \"ipc://\" is no endpoint"),
      ([.kvEvents: "http://a:1"], "--kv-events: \"http://a:1\" is no endpoint"),
      ([.kvReplay: "tcp://*:5558"], "--kv-replay: needs kv-events"),
      (
        [.kvEvents: "tcp://*:1,tcp://*:2", .kvReplay: "tcp://*:3"],
        "--kv-replay: must have as many endpoints as kv-events, 2, not 1"
      ),
      ([.kvEvents: "tcp://*:1", .kvRole: "both"], "--kv-role: must be bind, connect"),
      (
        [.kvEvents: "tcp://*:1", .cloudProvider: "openai"],
        "--kv-events: cannot be used with cloud-provider"
      ),
      ([.cacheSalt: "user"], "--cache-salt: must be tenant, none"),
      (
        [.cacheSalt: "tenant", .cloudProvider: "openai"],
        "--cache-salt: cannot be used with cloud-provider"
      ),
      ([.requestTimeout: "-1"], "--request-timeout: must be a number of seconds"),
      (
        [.host: "0.0.0.0", .cloudAPIKey: "sk"],
        "--cloud-api-key: anyone who reaches 0.0.0.0 would spend this key"
      ),
    ] as [([ServerSetting: String], String)])
  func faultsNameWhatIsWrong(options: [ServerSetting: String], message: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try ServerConfiguration(options: options)
    }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("sk") == false)
  }

  @Test(arguments: [
    ("{\"prot\": 1}", "serve.json:1:2: \"prot\" is no setting"),
    ("{\"port\": {}}", "serve.json:1:10: port: must be a value"),
    ("[]", "serve.json: must be an object, not an array"),
  ])
  func faultsOfFilesHaveAPlace(json: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try file(json) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test func aFaultInTheEnvironmentNamesTheVariable() {
    let error = #expect(throws: ConfigurationError.self) {
      try ServerConfiguration(
        options: [:], environment: { $0 == "CONTEXTPILOT_WORKERS" ? "x" : nil })
    }
    #expect(error?.description.hasPrefix("CONTEXTPILOT_WORKERS: ") == true)
  }
}
