internal import NIOCore
internal import NIOHTTP1

/// Holds back what comes behind a request for another protocol until that is answered.
///
/// What reads requests stops behind such a one, since it cannot know what comes. Where the answer is an ordinary reply,
/// another reader goes on with HTTP behind it.
final class UpgradeHold: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let limits: NIOHTTPDecoderLimitConfiguration
  /// Requests whose reply has not ended.
  private var pending = 0
  private var asks = false
  private var end: TunnelEnd?

  /// Makes one for a connection whose reader has these limits.
  init(limits: NIOHTTPDecoderLimitConfiguration) {
    self.limits = limits
  }

  /// Makes what reads requests.
  static func reader(
    _ limits: NIOHTTPDecoderLimitConfiguration
  ) -> ByteToMessageHandler<HTTPRequestDecoder> {
    ByteToMessageHandler(
      HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      pending += 1
      asks = head.method == .CONNECT || UpgradeFields.arePresent(in: head.headers)
    case .body: break
    case .end: if asks { hold(context) }
    }
    context.fireChannelRead(data)
    goOnIfAnswered(context)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { pending -= 1 }
    context.write(data, promise: promise)
    goOnIfAnswered(context)
  }

  private func hold(_ context: ChannelHandlerContext) {
    let end = TunnelEnd(holds: true)
    do {
      try context.pipeline.syncOperations.addHandler(end, position: .first)
      self.end = end
    } catch {
      context.close(promise: nil)
    }
  }

  private func goOnIfAnswered(_ context: ChannelHandlerContext) {
    guard let end, pending == 0 else { return }
    self.end = nil
    let pipeline = context.pipeline.syncOperations
    do {
      let reader = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      // It gets what the other took in and did not read.
      try pipeline.addHandler(Self.reader(limits), position: .after(reader))
      pipeline.removeHandler(reader).assumeIsolated().whenComplete { _ in end.release() }
    } catch {
      context.close(promise: nil)
    }
  }
}
