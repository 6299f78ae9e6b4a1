public import Bytes
public import ContextIndex
public import EngineEvents
public import Logging
public import PromptCompilation

/// How the server runs.
public struct ServerConfiguration: Sendable {
  /// What is done with the prompts that pass.
  public enum Mode: String, Sendable, CaseIterable {
    /// Nothing is changed; tokens and cache hits are counted.
    case observe
    /// Blocks that a request names (`"cpc": {"blocks": ...}`) are compiled into its prompt.
    case safe
    /// As `safe`, and what the messages repeat becomes references.
    case optimize
  }

  /// The form of the log.
  public enum LogFormat: String, Sendable, CaseIterable {
    case text
    case json
  }

  /// The address to listen at.
  public var host = "127.0.0.1"
  /// The port to listen at; 0 takes a free one.
  public var port = 8765
  /// The engine or service that requests are passed on to; nil if there is none.
  public var upstream: UpstreamURL?
  /// The model that prompts are compiled for; nil passes them on uncounted.
  public var model: ByteString?
  /// What is done with prompts.
  public var mode = Mode.observe
  /// Whether nothing is remembered of one request for the next.
  public var isStateless = false
  /// The file that keeps the index; nil keeps it in memory.
  public var indexPath: String?
  /// What the engine can reuse; nil is that of the model's profile.
  public var cacheModel: CacheModel?
  /// How many tokens the engine's cache holds; nil if that is not known.
  public var cacheTokens: Int?
  /// What is done with text that the model would read as a token of its own; nil lets it be in bodies, and refuses
  /// it in blocks that do not say otherwise.
  public var controlTokens: Policy.ControlTokens?
  /// Where the engine tells of its cache: one for each of its data-parallel ranks; none if it is not followed.
  public var engines: [EngineConnection] = []
  /// What is put into bodies so that tenants share nothing of the engine's cache; nil if nothing is.
  public var cacheSalt: CacheSalt?
  /// The least grave lines that are logged.
  public var logLevel = Logger.Level.info
  /// The form of the log.
  public var logFormat = LogFormat.text
  /// Where the spans of requests are sent; nil sends none.
  public var traces: TraceExport?
  /// The bearer tokens of our own endpoints; none leaves them open.
  public var tokens: [String] = []
  /// The bearer tokens of the endpoints that remove things; none takes `tokens`.
  public var adminTokens: [String] = []
  /// The key that is sent to the upstream in place of the client's; nil passes on the client's own.
  public var upstreamKey: UpstreamKey?
  /// The hosted service that requests go to; nil if it is none that is known.
  public var cloudProvider: CloudProvider?
  /// Whether tools, system text and documents are cached for the service's longer time.
  public var isCacheExtended = false
  /// What a request may take.
  public var limits = ServerLimits()
  /// How many threads compile; nil for as many as there are cores.
  public var workers: Int?
  /// What was given and means nothing here, for the log.
  public var notices: [String] = []

  /// The defaults.
  public init() {}

  /// Whether only this machine can reach the server.
  public var isLoopback: Bool {
    host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
  }
}

/// What a request may take, and how long.
public struct ServerLimits: Sendable {
  /// The longest body that is read, in bytes; longer ones are answered with 413.
  public var body = 64 << 20
  /// The longest head of a request, in bytes; longer ones are answered with 431.
  public var header = 64 << 10
  /// The most blocks of a request; more are answered with 422.
  public var blocks = 10_000
  /// The most requests that are passed on at a time; more are answered with 503.
  public var concurrency = 512
  /// The most tenants that are remembered; of more, those that were not seen longest are forgotten.
  public var tenants = 1_000
  /// How long a client may take to send a body; then 408.
  public var request = Duration.seconds(60)
  /// How long the upstream may be silent before and in its reply; then 504, or the reply breaks off.
  public var upstream = Duration.seconds(600)
  /// How long a prompt may be compiled; then the request is passed on as it came.
  public var rewrite = Duration.seconds(2)
  /// How long requests may go on behind the signal to stop.
  public var shutdown = Duration.seconds(30)

  /// The defaults.
  public init() {}
}

extension ServerConfiguration: CustomStringConvertible {
  /// What is no secret.
  public var description: String {
    "\(host):\(port), mode \(mode.rawValue), upstream \(upstream?.description ?? "none")"
  }
}
