internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A client and an upstream that speak a protocol of their own with each other.
///
/// Nothing of it is read. What one side does not take is not read from the other; where one side ends, the other gets
/// to know it behind the last byte.
struct Tunnel: Sendable {
  let client: any Channel
  let upstream: any Channel
  let metrics: ServerMetrics

  /// Has what the client sends kept until the ends are joined.
  func hold() async throws {
    let client = client
    try await client.eventLoop.submit {
      try client.pipeline.syncOperations.handler(type: TunnelEnd.self).hold()
      // A client that is gone without a word would keep its place for ever.
      try client.syncOptions?.setOption(.socketOption(.so_keepalive), value: 1)
    }.get()
  }

  /// Passes bytes both ways until both connections are closed. Where the task is cancelled they are closed at once.
  func run() async {
    let (client, upstream) = (client, upstream)
    await withTaskCancellationHandler {
      do {
        try await client.eventLoop.flatSubmit { join() }.get()
      } catch {
        close()
      }
      _ = try? await client.closeFuture.and(upstream.closeFuture).get()
    } onCancel: {
      close()
    }
  }

  private func close() {
    client.close(promise: nil)
    upstream.close(promise: nil)
  }

  private func join() -> EventLoopFuture<Void> {
    let metrics = metrics
    do {
      let ends = try [client, upstream].map {
        try $0.pipeline.syncOperations.handler(type: TunnelEnd.self)
      }
      let bound = NIOLoopBound(ends, eventLoop: client.eventLoop)
      return try HTTPLeaving.takeOut(ByteToMessageHandler<HTTPRequestDecoder>.self, of: client)
        .and(HTTPLeaving.takeOut(ByteToMessageHandler<HTTPResponseDecoder>.self, of: upstream))
        .map { _ in
          TunnelEnd.join(
            bound.value[0], bound.value[1], onUp: { metrics.add($0, to: .requestBytes) },
            onDown: { metrics.add($0, to: .replyBytes) })
        }
    } catch {
      return client.eventLoop.makeFailedFuture(error)
    }
  }
}
