internal import Bytes
internal import ContextIndex
internal import OrderedJSON

/// What the page of the server shows, as JSON: counts and sizes, no contents.
struct StatusReport {
  /// The version of the form; it rises when a member changes its meaning or goes away.
  static let schemaVersion = 1
  /// So many nodes of a tenant's tree are shown, and so many tenants.
  private static let limits = (nodes: 100, tenants: 10)

  let configuration: ServerConfiguration
  let metrics: ServerMetrics
  let log: RequestLog
  let rewriter: PromptRewriter?
  let following: EngineFollowing?

  var json: JSONValue {
    .object([
      "schema_version": .integer(Self.schemaVersion),
      "time": .string(ByteString(UTCTime.now)),
      "mode": .string(ByteString(configuration.mode.rawValue)),
      "model": configuration.model.map { .string($0) } ?? .null,
      "upstream": configuration.upstream.map { .string(ByteString($0.description)) } ?? .null,
      "in_flight": .integer(metrics.inFlight),
      "tokens": .object([
        "prompt": .integer(metrics.value(of: .promptTokens, "actual")),
        "cached": .integer(metrics.value(of: .cachedTokens, "actual")),
        "predicted_prompt": .integer(metrics.value(of: .promptTokens, "predicted")),
        "predicted_cached": .integer(metrics.value(of: .cachedTokens, "predicted")),
        "saved": .integer(metrics.value(of: .savedTokens)),
      ]),
      "saved_bytes": .integer(metrics.value(of: .savedBytes)),
      "engine": following?.json ?? .null,
      "minutes": .array(of: log.minutes.map(Self.json)),
      "requests": .array(of: log.entries.map(Self.json)),
      "index": .array(of: trees),
    ])
  }

  private static func json(_ minute: RequestLog.Minute) -> JSONValue {
    .object([
      "minute": .integer(minute.minute), "requests": .integer(minute.requests),
      "prompt": .integer(minute.promptTokens), "cached": .integer(minute.cachedTokens),
      "saved_bytes": .integer(minute.savedBytes), "saved_tokens": .integer(minute.savedTokens),
    ])
  }

  private static func json(_ entry: RequestLog.Entry) -> JSONValue {
    func integer(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    func number(_ value: Double?) -> JSONValue {
      value.map { .number(JSONNumber(spelling: ByteString(String($0)))) } ?? .null
    }
    let prediction = entry.prediction.value
    return .object([
      "id": .string(ByteString(entry.id)), "time": .string(ByteString(entry.time)),
      "endpoint": .string(ByteString(entry.endpoint)), "status": .integer(entry.status),
      "ms": number(entry.milliseconds), "cpc_ms": number(entry.overhead),
      "prompt": integer(entry.promptTokens), "cached": integer(entry.cachedTokens),
      "bytes": integer(entry.bytes), "sent_bytes": integer(entry.sentBytes),
      "predicted_prompt": integer(prediction?.promptTokens),
      "predicted_cached": integer(prediction?.cachedTokens),
      "saved_tokens": .integer(entry.savedTokens), "mode": .string(ByteString(entry.mode)),
      "reason": entry.reason.map { .string(ByteString($0)) } ?? .null,
      "tenant": .string(ByteString(entry.tenant)),
    ])
  }

  /// The trees of the first tenants that have one.
  private var trees: [JSONValue] {
    guard let index = rewriter?.index else { return [] }
    return index.keys.prefix(Self.limits.tenants).map { key in
      let shape = index.shape(of: key)
      let nodes = index.outline(of: key, atMost: Self.limits.nodes).map { node in
        JSONValue.array(of: [
          .integer(node.depth), .integer(node.blocks), .integer(node.tokens),
          .integer(node.children),
        ])
      }
      return .object([
        "tenant": .string(ByteString(Tenant(key.tenant).pseudonym)), "model": .string(key.model),
        "nodes": .integer(shape.nodes), "leaves": .integer(shape.leaves),
        "tokens": .integer(index.statistics(of: key).tokens), "outline": .array(of: nodes),
      ])
    }
  }
}
