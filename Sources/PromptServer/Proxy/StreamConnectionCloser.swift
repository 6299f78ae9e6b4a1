internal import NIOCore
internal import NIOHTTP1

/// Gives a connection up behind a streamed reply, although the upstream says that it keeps it.
///
/// llama.cpp's server closes the connection behind each stream and does not say so. A request that went out just then
/// would be lost, and what computes must not be sent twice.
final class StreamConnectionCloser: ChannelInboundHandler, Sendable {
  typealias InboundIn = HTTPClientResponsePart
  typealias InboundOut = HTTPClientResponsePart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data), head.status != .continue,
      head.headers.contains(name: "transfer-encoding")
    else {
      context.fireChannelRead(data)
      return
    }
    // What reads the head next takes the upstream at this word; clients never see the field.
    head.headers.replaceOrAdd(name: "connection", value: "close")
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  /// Adds the handler to a connection of `HTTPClient`, behind what reads replies.
  static func add(to channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.submit {
      let pipeline = channel.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
      try pipeline.addHandler(StreamConnectionCloser(), position: .after(decoder))
    }
  }
}
