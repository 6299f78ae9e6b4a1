internal import DequeModule
internal import NIOCore
internal import NIOHTTP1

/// Has replies framed as their clients read them.
///
/// What writes replies knows neither the version nor the method of their requests. A client of HTTP/1.0
/// gets no chunks (RFC 9112, 6.1): its reply ends with the connection. Behind the head that a client asked
/// for alone comes nothing, not even a last chunk, so that such a reply need not say a length that nobody knows.
///
/// It stands next to what reads requests and writes replies.
final class ReplyFraming: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private struct Expected {
    let isOld: Bool
    let isHead: Bool
  }
  /// The requests whose reply has not ended, the oldest first.
  private var expected: Deque<Expected> = []

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else {
      context.fireChannelRead(data)
      return
    }
    let version = head.version
    let isOld = version.major < 1 || version.major == 1 && version.minor < 1
    expected.append(Expected(isOld: isOld, isHead: head.method == .HEAD))
    guard isOld else {
      context.fireChannelRead(data)
      return
    }
    Self.endConnection(behind: &head)
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  /// Makes of the head of HTTP/1.0 one of the last request of its connection.
  private static func endConnection(behind head: inout HTTPRequestHead) {
    // A host before us may have passed on what was not meant for us (RFC 9110, 7.6.1).
    for name in head.headers[canonicalForm: "connection"] {
      head.headers.remove(name: String(name))
    }
    // Nobody waits for a word that HTTP/1.0 does not have (RFC 9110, 10.1.1).
    head.headers.remove(name: "expect")
    head.headers.replaceOrAdd(name: "connection", value: "close")
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where expected.first?.isOld == true:
      head.version = .http1_0
      head.headers.replaceOrAdd(name: "connection", value: "close")
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end:
      let isHead = expected.popFirst()?.isHead == true
      let nothing = wrapOutboundOut(.body(.byteBuffer(ByteBuffer())))
      context.write(isHead ? nothing : data, promise: promise)
    default: context.write(data, promise: promise)
    }
  }
}
