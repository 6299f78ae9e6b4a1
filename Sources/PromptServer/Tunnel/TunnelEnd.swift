internal import DequeModule
internal import NIOCore

/// One end of a tunnel: passes on what its connection gets to the other end, as bytes.
///
/// It stands next to the socket, in front of all that reads and writes HTTP, which learns nothing of a tunnel's bytes.
/// Until the ends are joined it passes everything through or keeps what comes.
final class TunnelEnd: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    /// HTTP is spoken.
    case passing
    /// What comes is kept, and nothing more is read.
    case holding
    case joined(TunnelEnd)
    case closed
  }
  private var state: State
  private var context: ChannelHandlerContext?
  private var kept: Deque<ByteBuffer> = []
  /// Whether the end of what comes is kept too. Else it is told, as that of a client that hangs up.
  private var keepsEnd = false
  private var hasEnded = false
  private var isReadPending = false
  /// Is called with the number of bytes that were passed on.
  private var onBytes: (Int) -> Void = { _ in }
  private var bytes = 0
  private var closing: Scheduled<Void>?

  /// Makes an end.
  ///
  /// - Parameter holds: whether it keeps what comes from the beginning.
  init(holds: Bool) {
    state = holds ? .holding : .passing
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    state = .closed
    closing?.cancel()
  }
}

// MARK: - From HTTP to a tunnel

extension TunnelEnd {
  /// Keeps what comes from now on, also its end.
  func hold() {
    if case .passing = state { state = .holding }
    keepsEnd = true
  }

  /// Puts what the reader of HTTP took in and did not read in front of what is kept.
  func putBack(_ buffer: ByteBuffer) { kept.prepend(buffer) }

  /// Goes on with HTTP: hands on what was kept, and leaves the pipeline.
  func release() {
    guard case .holding = state, let context else { return }
    state = .passing
    while let buffer = kept.popFirst() { context.fireChannelRead(wrapInboundOut(buffer)) }
    // Also of what the reader before had taken in.
    context.fireChannelReadComplete()
    if isReadPending { context.read() }
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }

  /// Joins two ends: each passes on what it gets to the other from now on.
  ///
  /// - Parameters:
  ///   - onUp: is called with the number of bytes that the first end got.
  ///   - onDown: the same of the second.
  static func join(
    _ client: TunnelEnd, _ upstream: TunnelEnd, onUp: @escaping (Int) -> Void,
    onDown: @escaping (Int) -> Void
  ) {
    (client.onBytes, upstream.onBytes) = (onUp, onDown)
    guard client.isActive, upstream.isActive else {
      client.close()
      upstream.close()
      return
    }
    client.state = .joined(upstream)
    upstream.state = .joined(client)
    client.begin()
    upstream.begin()
  }

  private var isActive: Bool { context?.channel.isActive == true }

  private func begin() {
    while let buffer = kept.popFirst() { pass(buffer) }
    if hasEnded { endInput() } else { readMore() }
  }
}

// MARK: - In a tunnel

extension TunnelEnd {
  /// How often a tunnel one side of which has ended must have passed a byte.
  private static let closingTime = TimeAmount.seconds(30)

  private func pass(_ buffer: ByteBuffer) {
    guard case .joined(let other) = state else { return }
    bytes += buffer.readableBytes
    onBytes(buffer.readableBytes)
    other.send(buffer)
  }

  private func send(_ buffer: ByteBuffer) {
    context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  /// Reads on if the other end takes what comes.
  private func readMore() {
    guard case .joined(let other) = state, !hasEnded, let context else { return }
    isReadPending = other.context?.channel.isWritable == false
    if !isReadPending { context.read() }
  }

  /// Takes in that nothing more comes.
  private func endInput() {
    guard case .joined(let other) = state else { return }
    hasEnded = true
    other.finish()
    closeUnlessMoving(since: bytes + other.bytes)
  }

  /// Ends what is written behind all that was.
  private func finish() {
    guard let context else { return }
    let flushed = context.eventLoop.makePromise(of: Void.self)
    // To close a side that has ended closes all of it, also what waits to be written: that comes first.
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: flushed)
    flushed.futureResult.assumeIsolated().whenComplete { _ in
      context.close(mode: self.hasEnded ? .all : .output, promise: nil)
    }
  }

  private func closeUnlessMoving(since count: Int) {
    guard case .joined(let other) = state, let context else { return }
    closing?.cancel()
    closing = context.eventLoop.assumeIsolated().scheduleTask(in: Self.closingTime) {
      let now = self.bytes + other.bytes
      guard now == count else { return self.closeUnlessMoving(since: now) }
      self.close()
      other.close()
    }
  }

  /// Closes the connection.
  func close() { context?.close(promise: nil) }
}

// MARK: - What the connection tells

extension TunnelEnd {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch state {
    case .passing: context.fireChannelRead(data)
    case .holding: kept.append(unwrapInboundIn(data))
    case .joined: pass(unwrapInboundIn(data))
    case .closed: break
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if case .joined = state { readMore() } else { context.fireChannelReadComplete() }
  }

  func read(context: ChannelHandlerContext) {
    switch state {
    case .passing: context.read()
    case .holding: isReadPending = true
    case .joined, .closed: break
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if case .joined(let other) = state, context.channel.isWritable, other.isReadPending {
      other.readMore()
    }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    switch state {
    case .joined: endInput()
    case .holding where keepsEnd: hasEnded = true
    case .passing, .holding, .closed: context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .joined = state { close() } else { context.fireErrorCaught(error) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .joined(let other) = state {
      state = .closed
      // Nobody is there to be answered any more.
      other.hasEnded = true
      other.finish()
      other.closeUnlessMoving(since: bytes + other.bytes)
    }
    context.fireChannelInactive()
  }
}
