internal import AsyncHTTPClient
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1

extension ProxyService {
  /// Makes sure that messages may pass unread.
  ///
  /// - Throws: `ErrorReply` if they must not.
  func checkTunnel() throws {
    guard !passesWebSockets else { return }
    metrics.add(to: .rejected, "websocket")
    throw ErrorReply(
      status: .forbidden,
      message:
        "messages of a WebSocket are not read, so they may have control tokens that must not be passed on: send requests over HTTP",
      code: "websocket_refused")
  }

  /// Asks the upstream for WebSocket on a connection of its own, and waits until the reply begins.
  func upgrade(_ outgoing: OutgoingRequest, _ exchange: Exchange) async throws -> Answer {
    let upstream = outgoing.upstream
    var headers: HTTPHeaders = ["host": upstream.url.hostField]
    headers.add(contentsOf: outgoing.headers)
    UpgradeFields.ask(in: &headers)
    let request = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: upstream.url.target(of: exchange.target),
      headers: headers)
    let encrypt = try await encrypt(upstream.security)
    let connection = UpgradeConnection(
      on: exchange.executor.eventLoop, limit: TimeAmount(upstream.timeLimit))
    let head = try await connection.send(request, to: upstream.url, encrypt)
    let body = HTTPClientResponse.Body.stream(ReplyBody(connection: connection))
    let reply = HTTPClientResponse(
      version: head.version, status: head.status, headers: head.headers, body: body)
    return Answer(reply: reply, connection: connection, tunnel: try await connection.agreed())
  }

  private func encrypt(
    _ security: UpstreamSecurity?
  ) async throws -> UpgradeConnection.Encrypt? {
    guard let security else { return nil }
    let context = try await withTaskExecutorPreference(globalConcurrentExecutor) {
      try security.prepared()
    }
    return { try security.handler(context) }
  }

  /// Tells the client that the upstream agreed, and passes bytes both ways until the end.
  ///
  /// - Throws: always, since the connection is of no use behind it.
  func join(
    _ client: any Channel, _ upstream: any Channel, _ head: HTTPResponse, _ exchange: Exchange,
    _ writer: consuming ResponseWriter
  ) async throws -> Int {
    var head = head
    UpgradeFields.agree(in: &head.headerFields)
    let tunnel = Tunnel(client: client, upstream: upstream, metrics: metrics)
    // Where the client hangs up from now on is for the tunnel to see.
    try await tunnel.hold()
    guard !exchange.connection.isClosed else {
      metrics.add(to: .clientHangUps)
      exchange.note(reason: "client_hung_up")
      throw CancellationError()
    }
    try await writer.writeInformationalHead(head)
    await tunnel.run()
    throw ConnectionEnds(status: head.status.code)
  }
}

/// The body of a reply by which the upstream did not agree.
private struct ReplyBody: AsyncSequence, Sendable {
  typealias Element = ByteBuffer
  let connection: UpgradeConnection

  func makeAsyncIterator() -> Iterator { Iterator(connection: connection) }

  struct Iterator: AsyncIteratorProtocol {
    let connection: UpgradeConnection

    mutating func next() async throws -> ByteBuffer? { try await connection.next() }
  }
}
