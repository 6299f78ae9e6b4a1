internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import Synchronization

/// Watches one connection of a client: whether the client hung up, and whether a head is too long.
///
/// It stands in the channel's pipeline behind the parser. A head over the limit is answered with 431 there,
/// since no request comes of it. A connection that is made just as the server stops may find nobody who answers:
/// it is closed, so that its client need not wait until all others are done.
final class ClientConnection: ChannelDuplexHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private struct State {
    var isClosed = false
    /// Requests whose reply has not ended.
    var pending = 0
    /// Whether a request came to where it is answered.
    var isAttended = false
    var onClose: (@Sendable () -> Void)?
  }
  private let state: Mutex<State> = Mutex(State())
  private let isStopping: @Sendable () -> Bool
  private let onRejection: @Sendable () -> Void

  /// How long a connection of a server that stops may be without a request that is answered.
  private static let unattendedTime = TimeAmount.seconds(1)

  /// Makes a watch.
  ///
  /// - Parameters:
  ///   - isStopping: returns whether the server takes no new requests.
  ///   - onRejection: is called when a head is answered with 431.
  init(
    isStopping: @escaping @Sendable () -> Bool, onRejection: @escaping @Sendable () -> Void
  ) {
    self.isStopping = isStopping
    self.onRejection = onRejection
  }

  /// Notes that a request came to where it is answered.
  func attend() { state.withLock { $0.isAttended = true } }

  func handlerAdded(context: ChannelHandlerContext) {
    if isStopping() { closeUnlessAttended(context.channel) }
  }

  private func closeUnlessAttended(_ channel: any Channel) {
    channel.eventLoop.scheduleTask(in: Self.unattendedTime) {
      if self.state.withLock({ !$0.isAttended }) { channel.close(promise: nil) }
    }
  }

  /// Runs an operation in a task that is cancelled when the client hangs up.
  func run<Value: Sendable>(
    on executor: EventLoopExecutor, _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task(executorPreference: executor, operation: operation)
    let isClosed = state.withLock { state in
      state.onClose = { task.cancel() }
      return state.isClosed
    }
    if isClosed { task.cancel() }
    defer { state.withLock { $0.onClose = nil } }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Whether the client hung up.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  private func close() {
    let onClose = state.withLock { state in
      state.isClosed = true
      return state.onClose
    }
    onClose?()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) { state.withLock { $0.pending += 1 } }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      state.withLock { state in
        state.pending -= 1
        // The reply is whole: a client that goes away now has all it asked for.
        state.onClose = nil
      }
    }
    context.write(data, promise: promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { close() }
    if event is ChannelShouldQuiesceEvent { closeUnlessAttended(context.channel) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    close()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let isOverflow = (error as? HTTPParserError) == .headerOverflow
    guard isOverflow, state.withLock({ $0.pending == 0 }) else {
      if !(error is HTTPParserError) { close() }
      context.fireErrorCaught(error)
      return
    }
    onRejection()
    let fields: HTTPFields = [.connection: "close", .contentLength: "0"]
    let head = HTTPResponse(status: .requestHeaderFieldsTooLarge, headerFields: fields)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(mode: .all, promise: nil)
  }
}
