/// A setting of the server. Its name is that of the command's option and of the member of a file.
public enum ServerSetting: String, CaseIterable, Sendable {
  case host
  case port
  case model
  case upstream
  case mode
  case stateless
  case index
  case cacheModel = "cache-model"
  case cacheTokens = "cache-tokens"
  case controlTokens = "control-tokens"
  case kvEvents = "kv-events"
  case kvReplay = "kv-replay"
  case kvTopic = "kv-topic"
  case kvRole = "kv-role"
  case cacheSalt = "cache-salt"
  case cacheSaltSecret = "cache-salt-secret"
  case logLevel = "log-level"
  case logFormat = "log-format"
  case traces
  case tracesHeaders = "traces-headers"
  case tracesService = "traces-service"
  case tracesRatio = "traces-ratio"
  case tokens = "token"
  case adminTokens = "admin-token"
  case bodyLimit = "body-limit"
  case headerLimit = "header-limit"
  case blockLimit = "block-limit"
  case concurrencyLimit = "concurrency-limit"
  case tenantLimit = "tenant-limit"
  case requestTimeout = "request-timeout"
  case upstreamTimeout = "upstream-timeout"
  case rewriteTimeout = "rewrite-timeout"
  case shutdownTimeout = "shutdown-timeout"
  case workers
  case cloudProvider = "cloud-provider"
  case cloudAPIKey = "cloud-api-key"
  case extendedCache = "extended-cache"
  case chunkModulus = "chunk-modulus"

  /// The environment variable: `CPC_LOG_LEVEL`.
  public var variable: String { "CPC_" + upperCased }

  /// The variables of ContextPilot and of OpenTelemetry that mean the same; the first that is there counts.
  var otherVariables: [String] {
    switch self {
    case .upstream: ["CONTEXTPILOT_INFER_API_URL"]
    case .stateless: ["CONTEXTPILOT_STATELESS_MODE"]
    case .model: ["CONTEXTPILOT_MODEL_NAME"]
    case .traces: ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]
    case .tracesHeaders: ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"]
    case .tracesService: ["OTEL_SERVICE_NAME"]
    case .tracesRatio: []
    default: ["CONTEXTPILOT_" + upperCased]
    }
  }

  /// Whether its value is not to be shown.
  var isSecret: Bool {
    switch self {
    case .tokens, .adminTokens, .cloudAPIKey, .cacheSaltSecret, .tracesHeaders: true
    default: false
    }
  }

  private var upperCased: String {
    String(
      decoding: rawValue.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "-"): UInt8(ascii: "_")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
        default: byte
        }
      }, as: UTF8.self)
  }
}
