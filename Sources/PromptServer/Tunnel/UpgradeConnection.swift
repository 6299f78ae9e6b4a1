internal import AsyncHTTPClient
internal import DequeModule
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A connection to the upstream for one request that asks for another protocol.
///
/// `HTTPClient` does not give its connections out of its hands. The request is sent once, and the connection is of no use
/// behind the reply, or becomes a tunnel.
///
/// Its state is used on the event loop of its connection alone.
final class UpgradeConnection: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let eventLoop: any EventLoop
  /// How long the upstream may be silent before and in its reply.
  private let limit: TimeAmount
  private let head: EventLoopPromise<HTTPResponseHead>
  private var hasHead = false
  /// Whether the upstream agreed to the protocol.
  private var isAgreed = false
  private let tunnelEnd = TunnelEnd(holds: false)
  private var channel: (any Channel)?
  private var timer: Scheduled<Void>?
  /// What was read of the reply's body, and who waits for more of it.
  private var chunks: Deque<ByteBuffer> = []
  private var reader: EventLoopPromise<ByteBuffer?>?
  /// How the reply ended; nil as long as it did not.
  private var outcome: Result<ByteBuffer?, any Error>?

  /// Makes one that is not connected.
  init(on eventLoop: any EventLoop, limit: TimeAmount) {
    self.eventLoop = eventLoop
    self.limit = limit
    head = eventLoop.makePromise()
  }

  /// Connects, sends a request without a body, and returns the head of the reply. Where the task is cancelled the
  /// connection is closed.
  func send(
    _ request: HTTPRequestHead, to url: UpstreamURL, _ encrypt: Encrypt?
  ) async throws -> HTTPResponseHead {
    try await withTaskCancellationHandler {
      try await eventLoop.flatSubmit { self.begin(request, url, encrypt) }.get()
    } onCancel: {
      eventLoop.execute { self.end(.failure(CancellationError())) }
    }
  }

  /// Makes what encrypts a connection.
  typealias Encrypt = @Sendable () throws -> any ChannelHandler

  /// The connection, where the upstream agreed to the protocol; else nil.
  func agreed() async throws -> (any Channel)? {
    try await eventLoop.submit { self.isAgreed ? self.channel : nil }.get()
  }

  /// The next bytes of the reply's body; nil at its end.
  func next() async throws -> ByteBuffer? {
    try await withTaskCancellationHandler {
      try await eventLoop.flatSubmit { self.nextChunk() }.get()
    } onCancel: {
      eventLoop.execute { self.end(.failure(CancellationError())) }
    }
  }

  /// Closes the connection.
  func close() {
    eventLoop.execute { self.end(.failure(CancellationError())) }
  }
}

// MARK: - On the event loop

extension UpgradeConnection {
  /// How long a connection may take.
  private static let connectTime = TimeAmount.seconds(10)

  private func begin(
    _ request: HTTPRequestHead, _ url: UpstreamURL, _ encrypt: Encrypt?
  ) -> EventLoopFuture<HTTPResponseHead> {
    guard outcome == nil else { return head.futureResult }
    startTimer()
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(Self.connectTime)
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try self.setUp(channel.pipeline, encrypt) }
      }
    bootstrap.connect(host: url.host, port: url.port).whenComplete { result in
      switch result {
      case .failure(let error): self.end(.failure(Self.known(error)))
      case .success(let channel):
        guard self.outcome == nil else { return channel.close(promise: nil) }
        self.channel = channel
        channel.write(HTTPClientRequestPart.head(request), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        channel.read()
      }
    }
    return head.futureResult
  }

  private func setUp(_ pipeline: ChannelPipeline, _ encrypt: Encrypt?) throws {
    let pipeline = pipeline.syncOperations
    if let encrypt { try pipeline.addHandler(encrypt()) }
    try pipeline.addHandler(tunnelEnd)
    try pipeline.addHandler(HTTPRequestEncoder())
    try pipeline.addHandler(
      ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)))
    try pipeline.addHandler(self)
  }

  private static func known(_ error: any Error) -> any Error {
    if case ChannelError.connectTimeout? = error as? ChannelError {
      return HTTPClientError.connectTimeout
    }
    return error
  }

  private func startTimer() {
    timer = eventLoop.scheduleTask(in: limit) {
      self.end(.failure(self.hasHead ? HTTPClientError.readTimeout : .deadlineExceeded))
    }
  }

  private func nextChunk() -> EventLoopFuture<ByteBuffer?> {
    if let chunk = chunks.popFirst() { return eventLoop.makeSucceededFuture(chunk) }
    if let outcome { return eventLoop.makeCompletedFuture(outcome) }
    let promise = eventLoop.makePromise(of: ByteBuffer?.self)
    reader = promise
    startTimer()
    channel?.read()
    return promise.futureResult
  }

  /// Ends the reply, and with it all that is waited for.
  private func end(_ result: Result<ByteBuffer?, any Error>) {
    timer?.cancel()
    if outcome == nil {
      outcome = result
      if !hasHead, case .failure(let error) = result {
        hasHead = true
        head.fail(error)
      }
      reader?.completeWith(result)
      reader = nil
    }
    channel?.close(promise: nil)
  }
}

// MARK: - What the connection tells

extension UpgradeConnection {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let reply): take(reply)
    case .body(let chunk):
      timer?.cancel()
      if let reader {
        self.reader = nil
        reader.succeed(chunk)
      } else {
        chunks.append(chunk)
      }
    // That of a head that agrees is no end.
    case .end: if !isAgreed { end(.success(nil)) }
    }
  }

  private func take(_ reply: HTTPResponseHead) {
    timer?.cancel()
    if reply.status == .switchingProtocols {
      guard UpgradeFields.doAgree(in: reply.headers) else {
        return end(.failure(HTTPParserError.invalidStatus))
      }
      isAgreed = true
      tunnelEnd.hold()
    }
    hasHead = true
    head.succeed(reply)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if !hasHead || reader != nil { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed? = event as? ChannelEvent {
      end(.failure(HTTPClientError.remoteConnectionClosed))
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(.failure(HTTPClientError.remoteConnectionClosed))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(.failure(error))
  }
}
