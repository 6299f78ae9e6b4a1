internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// Sets up the connections of clients: HTTP/1, as Hummingbird has it, with what we put between.
///
/// Unlike Hummingbird's own, what reads requests gives back the bytes that it did not read, which a tunnel needs.
struct ClientChannel: HTTPChannelHandler {
  typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  let responder: Responder
  /// The longest head of a request, in bytes.
  let headerLimit: Int
  /// How long a connection may send nothing outside of replies.
  let idleTime: Duration
  let connection: @Sendable () -> ClientConnection

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      var limits = NIOHTTPDecoderLimitConfiguration()
      limits.maxHeaderFieldSize = headerLimit
      limits.maxHeaderListSize = headerLimit
      limits.maxHeaderFieldCount = 1000
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(HTTPResponseEncoder())
      try pipeline.addHandler(UpgradeHold.reader(limits))
      try pipeline.addHandler(ReplyFraming())
      try pipeline.addHandler(UpgradeHold(limits: limits))
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      try pipeline.addHandler(connection())
      try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTime, logger: logger))
      return try Value(
        wrappingChannelSynchronously: channel,
        configuration: .init(isOutboundHalfClosureEnabled: true))
    }
  }

  func handle(value: Value, logger: Logger) async {
    await handleHTTP(asyncChannel: value, logger: logger)
  }
}
