import ArgumentParser
import Bytes
import OrderedJSON
import PromptServer
import SpecYAML

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract:
      "Run an HTTP proxy in front of an engine that counts and compiles the prompts that pass.",
    discussion: """
      Requests under /v1 go to the upstream and its replies come back, byte for byte but for what --mode \
      changes. Each option can also be given as CPC_NAME in the environment (CPC_LOG_LEVEL), as ContextPilot's \
      CONTEXTPILOT_NAME, or in the file of --config; an option stands before the environment, and that before \
      the file. docs/server.md describes it.
      """)

  @Option(help: "A file with settings, YAML or JSON; without it CPC_CONFIG.")
  var config: String?

  @OptionGroup(title: "Address and upstream") var address: ServeAddressOptions
  @OptionGroup(title: "Prompts") var prompts: ServePromptOptions
  @OptionGroup(title: "The engine's cache") var engine: ServeEngineOptions
  @OptionGroup(title: "Access, limits and log") var limits: ServeLimitOptions
  @OptionGroup(title: "Traces") var traces: ServeTraceOptions
  @OptionGroup(title: "ContextPilot's options") var others: ServeOtherOptions

  func run() throws {
    let configuration = try ServerConfiguration(
      options: address.settings.merging(prompts.settings) { $1 }
        .merging(engine.settings) { $1 }.merging(limits.settings) { $1 }
        .merging(traces.settings) { $1 }.merging(others.settings) { $1 },
      environment: { Environment.value($0) },
      file: try (config ?? Environment.value("CPC_CONFIG")).map(Self.file))
    let server = try PromptServer(configuration)
    try BlockingTask.run { try await server.runUntilSignal() }
  }

  private static func file(_ path: String) throws -> ConfigurationFile {
    let source = SourceText(name: path, bytes: try Files.read(path))
    do {
      // JSON is YAML too, but for what YAML's parser says of its faults.
      let isJSON = path.hasSuffix(".json")
      let node = isJSON ? try JSONParser.parse(source.bytes) : try YAMLParser.parse(source.bytes)
      return try ConfigurationFile(node, source: source)
    } catch let error as JSONSyntaxError {
      let (line, column) = source.position(at: error.offset)
      throw ConfigurationError("\(path):\(line):\(column): \(error.message)")
    } catch let error as YAMLSyntaxError {
      throw ConfigurationError("\(path):\(error)")
    }
  }
}

/// Where the server listens, and where requests go.
struct ServeAddressOptions: ParsableArguments {
  @Option(help: "The address to listen at; 127.0.0.1 if not given.")
  var host: String?

  @Option(help: "The port to listen at; 8765 if not given.")
  var port: String?

  @Option(
    name: [.customLong("upstream"), .customLong("infer-api-url")],
    help: ArgumentHelp(
      "The engine or service that requests are passed on to: http://127.0.0.1:8000.",
      valueName: "url"))
  var upstream: String?

  var settings: [ServerSetting: String] {
    [ServerSetting.host: host, .port: port, .upstream: upstream].compactMapValues(\.self)
  }
}

/// What is done with prompts.
struct ServePromptOptions: ParsableArguments {
  @Option(
    help:
      "observe (counts alone), safe (compiles the blocks of \"cpc\"), optimize (folds repeats too)."
  )
  var mode: String?

  @Option(help: "The model that prompts are compiled for.")
  var model: String?

  @Flag(help: "Remember nothing of one request for the next.")
  var stateless = false

  @Option(help: ArgumentHelp("The file that keeps the index.", valueName: "file"))
  var index: String?

  @Option(help: "What the engine can reuse: radix, paged:16, ...; the model's own if not given.")
  var cacheModel: String?

  @Option(help: ArgumentHelp("How many tokens the engine's cache holds.", valueName: "n"))
  var cacheTokens: String?

  @Option(
    help: ArgumentHelp(
      "What is done with text that the model reads as a token of its own: keep, escape, error.",
      valueName: "policy"))
  var controlTokens: String?

  @Option(help: ArgumentHelp("How many threads compile.", valueName: "n"))
  var workers: String?

  var settings: [ServerSetting: String] {
    [
      ServerSetting.mode: mode, .model: model, .stateless: stateless ? "true" : nil, .index: index,
      .cacheModel: cacheModel, .cacheTokens: cacheTokens, .controlTokens: controlTokens,
      .workers: workers,
    ].compactMapValues(\.self)
  }
}

/// What the engine tells of its cache, and who shares it.
struct ServeEngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the engine publishes what it stores and gives up, as in its own configuration: tcp://*:5557. Of "
        + "several data-parallel ranks all, with commas between.", valueName: "endpoints"))
  var kvEvents: String?

  @Option(help: ArgumentHelp("Where it answers replays, one for each.", valueName: "endpoints"))
  var kvReplay: String?

  @Option(help: ArgumentHelp("With what the topic of its messages begins.", valueName: "text"))
  var kvTopic: String?

  @Option(
    help: "bind or connect: what is done here; if not given, what the engine's endpoint leaves.")
  var kvRole: String?

  @Option(help: "tenant or none: whether bodies get a cache_salt, so that tenants share no cache.")
  var cacheSalt: String?

  @Option(help: "What salts are derived with; better CPC_CACHE_SALT_SECRET.")
  var cacheSaltSecret: String?

  var settings: [ServerSetting: String] {
    [
      ServerSetting.kvEvents: kvEvents, .kvReplay: kvReplay, .kvTopic: kvTopic, .kvRole: kvRole,
      .cacheSalt: cacheSalt, .cacheSaltSecret: cacheSaltSecret,
    ].compactMapValues(\.self)
  }
}

/// Who may do what, and how much.
struct ServeLimitOptions: ParsableArguments {
  @Option(help: "Bearer tokens of the server's own endpoints, with commas between.")
  var token: String?

  @Option(help: "Bearer tokens of the endpoints that remove things.")
  var adminToken: String?

  @Option(help: ArgumentHelp("The longest body of a prompt.", valueName: "bytes"))
  var bodyLimit: String?

  @Option(help: ArgumentHelp("The longest head of a request.", valueName: "bytes"))
  var headerLimit: String?

  @Option(help: ArgumentHelp("The most blocks of a request.", valueName: "n"))
  var blockLimit: String?

  @Option(help: ArgumentHelp("The most requests at a time.", valueName: "n"))
  var concurrencyLimit: String?

  @Option(help: ArgumentHelp("The most tenants that are remembered.", valueName: "n"))
  var tenantLimit: String?

  @Option(help: ArgumentHelp("How long a body may take to come.", valueName: "seconds"))
  var requestTimeout: String?

  @Option(help: ArgumentHelp("How long the upstream may be silent.", valueName: "seconds"))
  var upstreamTimeout: String?

  @Option(help: ArgumentHelp("How long a prompt may be compiled.", valueName: "seconds"))
  var rewriteTimeout: String?

  @Option(
    help: ArgumentHelp(
      "How long requests may go on when the server is to stop.", valueName: "seconds"))
  var shutdownTimeout: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: String?

  @Option(help: "text or json.")
  var logFormat: String?

  var settings: [ServerSetting: String] {
    [
      ServerSetting.tokens: token, .adminTokens: adminToken, .bodyLimit: bodyLimit,
      .headerLimit: headerLimit, .blockLimit: blockLimit, .concurrencyLimit: concurrencyLimit,
      .tenantLimit: tenantLimit, .requestTimeout: requestTimeout,
      .upstreamTimeout: upstreamTimeout, .rewriteTimeout: rewriteTimeout,
      .shutdownTimeout: shutdownTimeout, .logLevel: logLevel, .logFormat: logFormat,
    ].compactMapValues(\.self)
  }
}

/// Where the spans of requests go.
struct ServeTraceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The collector that spans of requests are sent to, with OTLP over HTTP: http://127.0.0.1:4318.",
      valueName: "url"))
  var traces: String?

  @Option(
    help: ArgumentHelp(
      "Fields of the head of what it is sent, with commas between; better CPC_TRACES_HEADERS.",
      valueName: "name=value"))
  var tracesHeaders: String?

  @Option(
    help: ArgumentHelp("The name of the service in spans; cpc if not given.", valueName: "name"))
  var tracesService: String?

  @Option(
    help: ArgumentHelp(
      "The share of requests that is recorded, where the caller does not decide; 1 if not given.",
      valueName: "0...1"))
  var tracesRatio: String?

  var settings: [ServerSetting: String] {
    [
      ServerSetting.traces: traces, .tracesHeaders: tracesHeaders, .tracesService: tracesService,
      .tracesRatio: tracesRatio,
    ].compactMapValues(\.self)
  }
}

/// What ContextPilot's server takes beside.
struct ServeOtherOptions: ParsableArguments {
  @Option(
    help:
      "anthropic, openai or minimax: whose cache marks are put in; the upstream where none is named."
  )
  var cloudProvider: String?

  @Option(help: "The key that requests bear in place of their own; better CPC_CLOUD_API_KEY.")
  var cloudApiKey: String?

  @Flag(help: "Cache marks of Anthropic's ask for an hour.")
  var extendedCache = false

  @Option(help: ArgumentHelp("Taken for compatibility.", valueName: "n"))
  var chunkModulus: String?

  var settings: [ServerSetting: String] {
    [
      ServerSetting.cloudProvider: cloudProvider, .cloudAPIKey: cloudApiKey,
      .extendedCache: extendedCache ? "true" : nil, .chunkModulus: chunkModulus,
    ].compactMapValues(\.self)
  }
}
