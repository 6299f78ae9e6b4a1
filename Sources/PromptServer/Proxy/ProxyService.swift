internal import AsyncHTTPClient
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// Passes requests under `/v1` on to the upstream, and its replies back, as they come.
struct ProxyService: Sendable {
  let upstream: Upstream?
  let key: UpstreamKey?
  let access: AccessTokens
  let limits: ServerLimits
  let pipeline: RewritePipeline
  let metrics: ServerMetrics
  let gate: ConcurrencyGate
  /// Whether the text of replies is read: what an engine generated stays in its cache.
  let readsText: Bool
  /// What is said of a hosted service's cache; nil if nothing is.
  let cloudCache: CloudCacheField?
  /// Whether connections may leave HTTP for WebSocket, whose messages nobody reads.
  let passesWebSockets: Bool

  /// Answers a request.
  ///
  /// - Returns: the status of the reply.
  /// - Throws: what makes the connection unusable, such as a reply that broke off.
  func respond(
    to request: Request, _ exchange: Exchange, _ writer: consuming ResponseWriter,
    on channel: any Channel
  ) async throws -> Int {
    guard gate.enter() else { return try await exchange.refuse(overloaded(), writer) }
    defer { gate.leave() }
    defer {
      exchange.context.flight.end()
      exchange.context.counting.release()
    }
    let outgoing: OutgoingRequest
    do {
      let upstream = try admit(request)
      if request.expectsContinue {
        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
      }
      outgoing = try await prepare(request, exchange, upstream)
    } catch let error as ErrorReply {
      return try await exchange.refuse(error, writer)
    }
    exchange.trace?.beginUpstream(outgoing.prediction)
    defer { exchange.trace?.endUpstream() }
    let answer: Answer
    do {
      answer = try await ask(outgoing, exchange)
    } catch {
      return try await fail(error, exchange, outgoing, writer)
    }
    defer { answer.connection?.close() }
    let reply = answer.reply
    exchange.trace?.noteReply(status: Int(reply.status.code))
    var head = HTTPResponse(
      status: .init(code: Int(reply.status.code), reasonPhrase: reply.status.reasonPhrase),
      headerFields: returned(reply, exchange, outgoing))
    if let cloudCache = answer.cloudCache, let name = HTTPField.Name(CloudCacheField.name) {
      head.headerFields[name] = cloudCache
    }
    let sent = exchange.context.sent
    // What was not answered was not computed. A reply to what was, but of which nothing comes, is no answer.
    if head.status.kind != .successful { sent.fail(.refused) }
    defer { sent.fail(.unknown) }
    if let upstream = answer.tunnel {
      return try await join(channel, upstream, head, exchange, writer)
    }
    let client = ClientBody(try await writer.writeHead(head))
    let relayed = try await relay(reply, exchange, client)
    record(relayed.usage, exchange, outgoing)
    if let fault = relayed.fault {
      outgoing.upload?.cancel()
      throw fault
    }
    guard await outgoing.upload?.finish() ?? true else {
      throw ConnectionEnds(status: head.status.code)
    }
    return head.status.code
  }

  /// What the upstream answered.
  struct Answer: Sendable {
    var reply: HTTPClientResponse
    /// What is said of a hosted service's cache.
    var cloudCache: String?
    /// The connection of a request that asked for another protocol.
    var connection: UpgradeConnection?
    /// The same, if the upstream agreed.
    var tunnel: (any Channel)?
  }

  /// Sends a request and waits until the reply begins.
  private func ask(_ outgoing: OutgoingRequest, _ exchange: Exchange) async throws -> Answer {
    let isComputed = exchange.context.endpoint.isComputed
    return try await exchange.connection.run(on: exchange.executor) {
      [field = self.cloudCache] in
      if outgoing.asksForWebSocket { return try await upgrade(outgoing, exchange) }
      var answer = Answer(
        reply: try await outgoing.upstream.send(
          outgoing.method, exchange.target, outgoing.headers, outgoing.body))
      answer.cloudCache = isComputed ? await field?.value(for: &answer.reply) : nil
      return answer
    }
  }

  /// Counts a request for which there is no place, and returns what its client is told.
  func overloaded() -> ErrorReply {
    metrics.add(to: .rejected, "concurrency")
    return ErrorReply(
      status: .serviceUnavailable, message: "too many requests at a time: try again",
      code: "overloaded", retryAfter: 1)
  }

  /// Checks what can be told without the body.
  private func admit(_ request: Request) throws -> Upstream {
    guard let upstream else {
      throw ErrorReply(
        status: .notFound, message: "cpc has no upstream: give --upstream URL", code: "no_upstream")
    }
    if key != nil, !access.admit(request.headers) {
      metrics.add(to: .rejected, "unauthorized")
      throw ErrorReply(
        status: .unauthorized, message: "this server asks for one of its tokens",
        code: "invalid_api_key")
    }
    guard (request.head.path ?? "/").utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      metrics.add(to: .rejected, "target")
      throw ErrorReply(
        status: .badRequest, message: "the path has characters that must be written as %XX",
        code: "invalid_path")
    }
    return upstream
  }

  private func returned(
    _ reply: HTTPClientResponse, _ exchange: Exchange, _ outgoing: OutgoingRequest
  ) -> HTTPFields {
    var fields = HeaderFilter.returned(reply.headers, id: exchange.context.id)
    if let result = outgoing.result, let name = HTTPField.Name("X-ContextPilot-Result") {
      fields[name] = result
    }
    return fields
  }

  /// Answers a request whose reply did not begin.
  private func fail(
    _ error: any Error, _ exchange: Exchange, _ outgoing: OutgoingRequest,
    _ writer: consuming ResponseWriter
  ) async throws -> Int {
    outgoing.upload?.cancel()
    exchange.context.sent.fail(Upstream.isReached(error) ? .unknown : .refused)
    guard !exchange.connection.isClosed, !(error is CancellationError) else {
      metrics.add(to: .clientHangUps)
      exchange.note(reason: "client_hung_up")
      throw CancellationError()
    }
    var reply = Upstream.reply(to: error)
    reply.closes = outgoing.upload != nil
    metrics.add(to: .upstreamErrors, reply.code)
    exchange.logger.warning("no reply", metadata: ["error": "\(reply.code)"])
    return try await exchange.refuse(reply, writer)
  }

  /// Passes a reply's body on, chunk by chunk, each when the one before was taken.
  private func relay(
    _ reply: HTTPClientResponse, _ exchange: Exchange, _ client: ClientBody
  ) async throws -> Relayed {
    let length = reply.headers.first(name: "content-length").flatMap { Int($0) }
    let isRead = exchange.context.endpoint.isRead
    let observer = ReplyObserver(
      contentType: isRead ? reply.headers.first(name: "content-type") : nil,
      contentEncodings: reply.headers[ContentCoding.field], readsText: readsText)
    let metrics = metrics
    let sent = exchange.context.sent
    let following = pipeline.following
    var relayed = try await exchange.connection.run(on: exchange.executor) {
      var (observer, bytes, written) = (observer, 0, 0)
      var relayed = Relayed()
      // What comes first says what is learned: who has all of a reply may go on at once, and is to meet that.
      func end() async {
        await observer.finish()
        sent.end(observer.reply)
      }
      do {
        for try await chunk in reply.body {
          if bytes == 0, isRead, reply.status == .ok {
            metrics.observe(timeToFirstToken: .now - exchange.start)
            exchange.context.flight.answer(batches: following?.batches ?? 0)
          }
          if bytes == 0 {
            exchange.trace?.noteFirstByte()
            sent.confirm()
          }
          observer.take(chunk.readableBytesView)
          bytes += chunk.readableBytes
          if bytes == length { await end() }
          try await client.write(chunk)
          written = bytes
          relayed.hasLastEvent = observer.hasLastEvent
        }
        // A body that ends because we stopped reading it is not whole.
        try Task.checkCancellation()
        await end()
        try await client.finish()
      } catch {
        // A client that counts may go away as soon as it has all.
        if written != length { relayed.fault = error }
      }
      await end()
      relayed.usage = observer.usage
      relayed.bytes = written
      return relayed
    }
    metrics.add(relayed.bytes, to: .replyBytes)
    guard let fault = relayed.fault else { return relayed }
    if exchange.connection.isClosed, relayed.hasLastEvent {
      // Who has the last event need not wait for the end of the body.
      relayed.fault = ConnectionEnds(status: Int(reply.status.code))
      return relayed
    }
    if exchange.connection.isClosed {
      metrics.add(to: .clientHangUps)
      exchange.note(reason: "client_hung_up")
      exchange.logger.info("client hung up")
    } else {
      metrics.add(to: .upstreamErrors, "reply_broke_off")
      exchange.note(reason: "reply_broke_off")
      exchange.logger.warning("reply broke off", metadata: ["error": "\(type(of: fault))"])
    }
    relayed.fault = ReplyBrokeOff()
    return relayed
  }

  /// What passed of a reply.
  private struct Relayed: Sendable {
    var usage = ReportedUsage()
    var bytes = 0
    /// Whether the client got the last event of a stream.
    var hasLastEvent = false
    /// Why the client did not get all; nil if it did.
    var fault: (any Error)?
  }

  /// Compares what a reply says of its tokens with what was believed.
  private func record(
    _ usage: ReportedUsage, _ exchange: Exchange, _ outgoing: OutgoingRequest
  ) {
    exchange.note(usage)
    if let tokens = usage.promptTokens { metrics.add(tokens, to: .promptTokens, "actual") }
    if let tokens = usage.cachedTokens { metrics.add(tokens, to: .cachedTokens, "actual") }
    if let tokens = usage.generatedTokens { metrics.add(tokens, to: .generatedTokens) }
    guard let prediction = outgoing.prediction else { return }
    let metrics = metrics
    let logger = exchange.logger
    Task(executorPreference: exchange.executor) {
      guard let prediction = await prediction.value else { return }
      if let tokens = usage.cachedTokens, let predicted = prediction.cachedTokens {
        metrics.observe(predictedTokens: predicted, actualTokens: tokens)
      }
      logger.debug(
        "tokens",
        metadata: [
          "predicted": "\(prediction.promptTokens)",
          "predicted_cached": "\(prediction.cachedTokens.map(String.init) ?? "")",
          "actual": "\(usage.promptTokens.map(String.init) ?? "")",
          "actual_cached": "\(usage.cachedTokens.map(String.init) ?? "")",
        ])
    }
  }
}

/// A reply that its client did not get whole, or a request that did not come whole: the connection is closed.
struct ReplyBrokeOff: Error {}

/// The body of a reply as its client takes it.
///
/// It is used by one task at a time: the one that `ClientConnection.run` waits for.
private final class ClientBody: @unchecked Sendable {
  private var writer: any ResponseBodyWriter

  init(_ writer: any ResponseBodyWriter) {
    self.writer = writer
  }

  func write(_ chunk: ByteBuffer) async throws {
    try await writer.write(chunk)
  }

  func finish() async throws {
    try await writer.finish(nil)
  }
}

extension Request {
  /// Whether the client waits for a word before it sends the body.
  var expectsContinue: Bool {
    HTTPField.Name("expect").flatMap { headers[$0] }?.lowercased() == "100-continue"
  }

  /// Whether a body follows the head.
  var hasBody: Bool {
    headers[.transferEncoding] != nil || (headers[.contentLength].map { $0 != "0" } ?? false)
  }
}
