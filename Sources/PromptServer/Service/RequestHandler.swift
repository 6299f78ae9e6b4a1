internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Answers requests: those under `/v1` through the proxy, others by the endpoints of our own.
struct RequestHandler: Sendable {
  let router: RouterResponder<ServerRequestContext>
  let proxy: ProxyService
  let metrics: ServerMetrics
  let log: RequestLog
  let mode: ServerConfiguration.Mode
  let logger: Logger
  /// What makes spans of requests; nil if nothing does.
  let tracer: RequestTracer?

  /// Answers a request.
  ///
  /// - Throws: if the connection is of no use behind it.
  func respond(
    to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel
  ) async throws {
    metrics.addInFlight(1)
    defer { metrics.addInFlight(-1) }
    let connection = try await channel.pipeline.handler(type: ClientConnection.self).get()
    connection.attend()
    let target = request.head.path ?? "/"
    let path = target.prefix { $0 != "?" }
    let start = ContinuousClock.now
    guard let endpoint = ProxiedEndpoint(path: path, isPost: request.method == .post) else {
      return try await answer(request, path, writer, on: channel, of: connection)
    }
    let context = PromptRequest(
      id: RequestID.of(request.headers), endpoint: endpoint, tenant: Tenant(request.headers),
      fields: request.headers)
    var logger = logger
    logger[metadataKey: "request_id"] = "\(context.id)"
    let exchange = Exchange(
      context, method: request.method, target: target, connection: connection,
      on: EventLoopExecutor(channel.eventLoop), logger: logger,
      trace: tracer?.begin(request.headers))
    do {
      let status = try await proxy.respond(to: request, exchange, writer, on: channel)
      finish(exchange, path, request.method, status, since: start)
    } catch let end as ConnectionEnds {
      finish(exchange, path, request.method, end.status, since: start)
      throw end
    } catch {
      // No whole reply: the status that nginx gives to a client that went away, or that of a broken gateway.
      let status = connection.isClosed ? 499 : 502
      finish(exchange, path, request.method, status, since: start)
      // Hummingbird answers errors of its parser once more, into what was written already.
      throw ReplyBrokeOff()
    }
  }

  private func finish(
    _ exchange: Exchange, _ path: Substring, _ method: HTTPRequest.Method, _ status: Int,
    since start: ContinuousClock.Instant
  ) {
    let endpoint = exchange.context.endpoint.rawValue
    metrics.countRequest(endpoint: endpoint, status: status, mode: mode)
    var metadata: Logger.Metadata = [
      "method": "\(method.rawValue)", "path": "\(path)", "status": "\(status)",
      "mode": "\(mode.rawValue)", "ms": "\(Self.milliseconds(.now - start))",
      "tenant": "\(exchange.context.tenant.name)",
    ]
    let noted = exchange.noted
    if let overhead = noted.overhead { metadata["cpc_ms"] = "\(Self.milliseconds(overhead))" }
    if let bytes = noted.bytes { metadata["bytes"] = "\(bytes)" }
    exchange.logger.info("request", metadata: metadata)
    let entry = RequestLog.Entry(
      id: exchange.context.id, time: exchange.time, endpoint: endpoint, status: status,
      milliseconds: Self.milliseconds(.now - start),
      overhead: noted.overhead.map(Self.milliseconds), promptTokens: noted.usage.promptTokens,
      cachedTokens: noted.usage.cachedTokens, bytes: noted.bytes, sentBytes: noted.sentBytes,
      tenant: exchange.context.tenant.pseudonym, mode: mode.rawValue,
      savedTokens: noted.savedTokens, reason: noted.reason, prediction: exchange.prediction)
    log.append(entry, atMinute: Int(UTCTime.milliseconds / 60_000))
    guard let trace = exchange.trace else { return }
    tracer?.finish(
      trace,
      RequestTracer.Answered(
        exchange.context, method: method.rawValue, path: path, status: status, noted: noted))
  }

  /// Answers with an endpoint of our own.
  ///
  /// What says how the server is is said however many requests there are.
  private func answer(
    _ request: Request, _ path: Substring, _ writer: consuming ResponseWriter,
    on channel: any Channel, of connection: ClientConnection
  ) async throws {
    let id = RequestID.of(request.headers)
    var logger = logger
    logger[metadataKey: "request_id"] = "\(id)"
    var context = ServerRequestContext(
      source: ApplicationRequestContextSource(channel: channel, logger: logger))
    context.client = (connection, EventLoopExecutor(channel.eventLoop))
    let isGated = !StatusEndpoints.paths.contains(path)
    let hasPlace = !isGated || proxy.gate.enter()
    defer { if isGated, hasPlace { proxy.gate.leave() } }
    var response: Response
    do {
      response =
        hasPlace
        ? try await routed(request, context) : proxy.overloaded().response(isAnthropic: false)
    } catch is ReplyBrokeOff {
      metrics.countRequest(endpoint: context.endpointPath ?? "unknown", status: 499, mode: mode)
      throw ReplyBrokeOff()
    } catch {
      logger.error("failed", metadata: ["path": "\(path)", "error": "\(type(of: error))"])
      response = ErrorReply(
        status: .internalServerError, message: "cpc failed; its log says more", code: "internal"
      ).response(isAnthropic: false)
    }
    if response.status == .notFound, response.body.contentLength == 0 {
      response = ErrorReply(
        status: .notFound,
        message: "cpc has no such endpoint; what begins with /v1/ goes to the upstream",
        code: "not_found"
      ).response(isAnthropic: false)
    }
    if let name = RequestID.name { response.headers[name] = id }
    if request.method == .head { response = response.createHeadResponse() }
    let endpoint = context.endpointPath ?? "unknown"
    metrics.countRequest(endpoint: endpoint, status: response.status.code, mode: mode)
    logger.debug("request", metadata: ["path": "\(path)", "status": "\(response.status.code)"])
    let isLast = response.headers[.connection] == "close"
    try await writer.write(response: response.head, body: response.body)
    if isLast { throw ConnectionEnds(status: response.status.code) }
  }

  private func routed(
    _ request: Request, _ context: ServerRequestContext
  ) async throws -> Response {
    // They may compute.
    try await withTaskExecutorPreference(globalConcurrentExecutor) {
      try await router.respond(to: request, context: context)
    }
  }

  /// Milliseconds with up to three digits behind the point.
  private static func milliseconds(_ duration: Duration) -> Double {
    let parts = duration.components
    let microseconds = parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
    return Double(microseconds) / 1000
  }
}
