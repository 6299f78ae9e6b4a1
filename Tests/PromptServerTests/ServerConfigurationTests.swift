import Bytes
import ContextIndex
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
      ([.mode: "fast"], "--mode: must be observe, safe, optimize"),
      ([.mode: "safe"], "mode safe: needs a model"),
      ([.cacheModel: "pages"], "--cache-model: must be one of radix"),
      ([.logLevel: "loud"], "--log-level: must be trace"),
      ([.stateless: "maybe"], "--stateless: must be true or false"),
      ([.stateless: "1", .index: "a.db"], "--index: cannot be used with stateless"),
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
