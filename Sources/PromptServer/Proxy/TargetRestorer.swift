internal import NIOCore
internal import NIOHTTP1

/// Puts the path and query of a request as the client wrote them into its first line.
///
/// `HTTPClient` takes a URL, which `FoundationEssentials.URL` brings into a form of its own (`[` becomes `%5B`).
/// So it is given the upstream alone, and the target in a field that this handler takes out again.
final class TargetRestorer: ChannelOutboundHandler, Sendable {
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = HTTPClientRequestPart

  /// The field that carries the target; it never leaves this process.
  static let field = "x-cpc-target"

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .head(var head) = unwrapOutboundIn(data),
      let target = head.headers.first(name: Self.field)
    else {
      context.write(data, promise: promise)
      return
    }
    head.uri = target
    head.headers.remove(name: Self.field)
    context.write(wrapOutboundOut(.head(head)), promise: promise)
  }

  /// Adds the handler to a connection of `HTTPClient`, in front of what writes requests.
  static func add(to channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.submit {
      let pipeline = channel.pipeline.syncOperations
      let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
      try pipeline.addHandler(TargetRestorer(), position: .after(encoder))
    }
  }
}
