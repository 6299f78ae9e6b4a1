internal import NIOCore
internal import NIOHTTP1

/// Takes the reader of HTTP out of a connection that becomes a tunnel.
enum HTTPLeaving {
  /// Puts what the reader took in behind the head back into the end of the tunnel.
  ///
  /// - Returns: the end, when that is done.
  static func takeOut<Decoder: ByteToMessageDecoder>(
    _ decoder: ByteToMessageHandler<Decoder>.Type, of channel: any Channel
  ) throws -> EventLoopFuture<Void> {
    let pipeline = channel.pipeline.syncOperations
    let end = try pipeline.handler(type: TunnelEnd.self)
    let reader = try pipeline.handler(type: decoder)
    try pipeline.addHandler(LeftOver(end), position: .after(reader))
    return pipeline.removeHandler(reader)
  }

  /// Gets what a reader that leaves did not read.
  private final class LeftOver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let end: TunnelEnd

    init(_ end: TunnelEnd) {
      self.end = end
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      end.putBack(unwrapInboundIn(data))
    }
  }
}
