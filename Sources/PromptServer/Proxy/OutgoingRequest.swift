internal import AsyncHTTPClient
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// A request as it is passed on.
struct OutgoingRequest: Sendable {
  let upstream: Upstream
  let method: HTTPMethod
  let headers: HTTPHeaders
  let body: HTTPClientRequest.Body?
  /// The body that is passed on while it comes; nil if it was read before.
  var upload: Upload?
  /// What is believed of the prompt; nil if it is not read.
  var prediction: Task<PromptPrediction?, Never>?
  /// What is said of the documents that stand in another order; nil if none does.
  var result: String?
  /// Whether the client wants to go on with WebSocket.
  var asksForWebSocket = false
}

extension ProxyService {
  /// Reads the body of a prompt and has it rewritten; other bodies are passed on while they come.
  func prepare(
    _ request: Request, _ exchange: Exchange, _ upstream: Upstream
  ) async throws -> OutgoingRequest {
    var headers = HeaderFilter.forwarded(
      request.headers, id: exchange.context.id, key: key)
    exchange.trace?.propagate(into: &headers)
    let method = HTTPMethod(rawValue: request.method.rawValue)
    guard request.hasBody else {
      var outgoing = OutgoingRequest(
        upstream: upstream, method: method, headers: headers, body: nil)
      outgoing.asksForWebSocket = request.asksForWebSocket
      if outgoing.asksForWebSocket { try checkTunnel() }
      return outgoing
    }
    let length = request.headers[.contentLength].flatMap { Int($0) }
    guard exchange.context.endpoint.isRead else {
      if let length, length <= Self.wholeLimit {
        let body = try await collect(request, exchange, limit: length)
        metrics.add(body.count, to: .requestBytes)
        return OutgoingRequest(
          upstream: upstream, method: method, headers: headers,
          body: .bytes(ByteBuffer(bytes: body)))
      }
      let upload = Upload(request.body, length: length, on: exchange.executor, metrics)
      return OutgoingRequest(
        upstream: upstream, method: method, headers: headers,
        body: .stream(upload.body, length: length.map { .known(Int64($0)) } ?? .unknown),
        upload: upload)
    }
    let original = try await collect(request, exchange, limit: limits.body)
    metrics.add(original.count, to: .requestBytes)
    let start = ContinuousClock.now
    // A body that is packed is not read.
    let isPlain = ContentCoding.isPlain(request.headers[values: .contentEncoding])
    if isPlain { exchange.trace?.read(original) }
    if isPlain, pipeline.mode != .observe { exchange.trace?.beginCompile() }
    if !isPlain { try await pipeline.checkPacked(original, exchange) }
    let rewritten =
      isPlain
      ? try await pipeline.rewritten(original, exchange)
      : RewrittenRequest(body: original)
    var body = rewritten.body
    if isPlain, let salt = pipeline.cacheSalt {
      body = await computing(over: body.count) { [body] in
        salt.applied(to: body, of: exchange.context)
      }
    }
    let overhead = ContinuousClock.now - start
    metrics.observe(overhead: overhead)
    exchange.trace?.endCompile(failOpen: rewritten.reason)
    exchange.note(overhead: overhead, bytes: original.count, sentBytes: body.count)
    exchange.note(savedTokens: rewritten.savedTokens, reason: rewritten.reason)
    var outgoing = OutgoingRequest(
      upstream: upstream, method: method, headers: headers, body: .bytes(ByteBuffer(bytes: body)))
    outgoing.result = rewritten.documents.map { documents in
      "{\"documents\":\(documents.found),\"moved\":\(documents.moved),"
        + "\"saved_tokens\":\(rewritten.savedTokens)}"
    }
    if isPlain { outgoing.prediction = predict(exchange, body) }
    return outgoing
  }

  private func predict(
    _ exchange: Exchange, _ body: [UInt8]
  ) -> Task<PromptPrediction?, Never>? {
    let (context, noted) = (exchange.context, exchange.prediction)
    guard let rewriter = pipeline.rewriter, context.endpoint.isComputed else { return nil }
    let metrics = metrics
    // What the engine tells from now on may be of this request.
    context.flight.depart(at: pipeline.following?.moment)
    context.sent.beginCounting()
    context.counting.hold()
    exchange.executor.eventLoop.scheduleTask(in: Self.countingDelay) { context.counting.release() }
    return Task(executorPreference: exchange.executor) {
      let prediction = await rewriter.measure(context, body: body)
      context.sent.endCounting()
      if let prediction {
        noted.note(prediction)
        metrics.add(prediction.promptTokens, to: .promptTokens, "predicted")
        metrics.add(prediction.cachedTokens ?? 0, to: .cachedTokens, "predicted")
      }
      return prediction
    }
  }

  /// How long a prompt waits to be counted where its reply has not ended before.
  private static let countingDelay = TimeAmount.milliseconds(5)

  /// Up to this length a body is read whole before it is passed on: an upstream that answers and closes as soon
  /// as it has the last byte must find that the request has ended.
  private static let wholeLimit = 1 << 20

  private func collect(
    _ request: Request, _ exchange: Exchange, limit: Int
  ) async throws -> [UInt8] {
    try await WholeBodyReader(timeLimit: limits.request, metrics: metrics).read(
      request, limit: limit, from: exchange.connection, on: exchange.executor)
  }
}

/// A body on its way from the client to the upstream, one chunk after another.
final class Upload: Sendable {
  /// What the upstream reads.
  let body: RequestBody
  private let pump: Task<Bool, Never>
  private let executor: EventLoopExecutor

  /// Begins to read.
  ///
  /// - Parameter length: how many bytes there are; nil if the client does not say.
  init(
    _ incoming: RequestBody, length: Int?, on executor: EventLoopExecutor, _ metrics: ServerMetrics
  ) {
    let (body, source) = RequestBody.makeStream()
    self.body = body
    self.executor = executor
    pump = Task(executorPreference: executor) {
      do {
        var count = 0
        for try await chunk in incoming {
          metrics.add(chunk.readableBytes, to: .requestBytes)
          count += chunk.readableBytes
          await source.yield(chunk)
          if count == length { source.finish() }
        }
        try Task.checkCancellation()
        source.finish()
        return true
      } catch {
        source.finish(error)
        return false
      }
    }
  }

  /// Stops reading.
  func cancel() { pump.cancel() }

  /// Stops reading if there is more than what is on its way. Returns whether all of the body was read.
  func finish() async -> Bool {
    let pump = pump
    let isComplete = try? await withTimeLimit(.seconds(1), on: executor) { await pump.value }
    pump.cancel()
    return await pump.value && isComplete == true
  }
}
