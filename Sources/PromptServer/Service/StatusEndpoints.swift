internal import Bytes
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import OrderedJSON
internal import PromptCompilation

/// `/health`, `/ready`, `/metrics` and `/`: how the server is.
struct StatusEndpoints: ServerEndpoints {
  let configuration: ServerConfiguration
  let metrics: ServerMetrics
  let lifetime: ServerLifetime
  let rewriter: PromptRewriter?
  let following: EngineFollowing?
  let log: RequestLog

  /// The paths of these endpoints.
  static let paths: Set<Substring> = ["/ready", "/health", "/", "/status.json", "/metrics"]

  func add(to routes: ServerRoutes) {
    routes.open.get("ready") { _, _ in ready }
    routes.open.get("health") { _, _ in Self.json(health) }
    routes.open.get("/") { request, _ in
      var response = Self.wantsPage(request.headers[.accept]) ? Self.page : Self.json(root)
      response.headers[.vary] = "Accept"
      return response
    }
    routes.ours.get("status.json") { _, _ in
      Self.json(
        StatusReport(
          configuration: configuration, metrics: metrics, log: log, rewriter: rewriter,
          following: following
        ).json)
    }
    routes.ours.get("metrics") { _, _ in
      let report = MetricsReport(
        configuration: configuration, metrics: metrics, rewriter: rewriter, following: following)
      return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: report.text)))
    }
  }

  private var mode: JSONValue { .string(configuration.isStateless ? "stateless" : "stateful") }

  /// Whether new requests are welcome.
  private var ready: Response {
    guard lifetime.isStopping else { return Self.json(.object(["status": .string("ready")])) }
    var response = Self.json(.object(["status": .string("stopping")]))
    response.status = .serviceUnavailable
    return response
  }

  private var root: JSONValue {
    .object([
      "status": .string("ok"), "mode": mode,
      "index_initialized": .bool(rewriter?.index != nil),
      "timestamp": .string(ByteString(UTCTime.now)),
    ])
  }

  private var health: JSONValue {
    let totals = rewriter?.statistics ?? IndexTotals()
    let utilization = configuration.cacheTokens.map { limit in
      JSONValue.number(
        JSONNumber(spelling: ByteString(String(Double(totals.tokens) / Double(limit)))))
    }
    return .object([
      "status": .string("ready"), "mode": mode, "version": .string(ByteString(CPCVersion.current)),
      "prompts": .string(ByteString(configuration.mode.rawValue)),
      "upstream": configuration.upstream.map { .string(ByteString($0.description)) } ?? .null,
      "model": configuration.model.map { .string($0) } ?? .null,
      "eviction_enabled": .bool(configuration.cacheTokens != nil),
      "current_tokens": .integer(totals.tokens), "utilization": utilization ?? .null,
      "index_stats": .object([
        "total_nodes": .integer(totals.nodes), "unique_docs": .integer(totals.blocks),
        "tenants": .integer(totals.tenants),
      ]),
    ])
  }

  /// Whether a client names pages among what it accepts.
  private static func wantsPage(_ accept: String?) -> Bool {
    (accept ?? "").lowercased().split(separator: ",").contains { range in
      let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
      return parts.first == "text/html" && !parts.dropFirst().contains { $0 == "q=0" }
    }
  }

  private static var page: Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: StatusPage.html)))
  }

  private static func json(_ value: JSONValue) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.write(value))))
  }
}
