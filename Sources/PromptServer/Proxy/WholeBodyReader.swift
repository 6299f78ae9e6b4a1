internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1

/// Reads bodies of requests whole, each in no more than some time.
struct WholeBodyReader: Sendable {
  let timeLimit: Duration
  let metrics: ServerMetrics

  /// Reads a body.
  ///
  /// - Parameter limit: the most bytes.
  /// - Throws: `ErrorReply` for the client; `ReplyBrokeOff` if the body did not come whole.
  func read(
    _ request: Request, limit: Int, from connection: ClientConnection,
    on executor: EventLoopExecutor
  ) async throws -> [UInt8] {
    let declared = request.headers[.contentLength].flatMap { Int($0) }
    let tooLarge = ErrorReply(
      status: .contentTooLarge, message: "the body is longer than \(limit) bytes",
      code: "body_too_large", closes: true)
    if let declared, declared > limit, request.expectsContinue {
      metrics.add(to: .rejected, "body")
      throw tooLarge
    }
    let body = request.body
    let collected: [UInt8]?
    do {
      collected = try await connection.run(on: executor) {
        try await withTimeLimit(timeLimit, on: executor) {
          try await BodyCollector(limit: limit, reserve: declared ?? 0).collect(body)
        }
      }
    } catch is TimeLimitExceeded {
      metrics.add(to: .rejected, "slow_body")
      throw ErrorReply(
        status: .requestTimeout, message: "the body did not come in time", code: "body_timeout",
        closes: true)
    } catch {
      guard error is HTTPParserError, !connection.isClosed else {
        metrics.add(to: .clientHangUps)
        throw ReplyBrokeOff()
      }
      metrics.add(to: .rejected, "malformed")
      throw ErrorReply(
        status: .badRequest, message: "the body is not framed as HTTP asks for",
        code: "malformed_request", closes: true)
    }
    guard let collected else {
      metrics.add(to: .rejected, "body")
      throw tooLarge
    }
    // What ended early is not passed on as if it were whole.
    if let declared, declared != collected.count { throw ReplyBrokeOff() }
    return collected
  }
}

/// Reads a body up to a limit.
private struct BodyCollector {
  let limit: Int
  let reserve: Int

  /// How much more than the limit is read and dropped, so that the client is done with sending and reads the
  /// reply.
  private static let drained = 16 << 20

  /// Returns the body; nil if it is longer than the limit.
  func collect(_ body: RequestBody) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(reserve, limit))
    var excess = 0
    for try await chunk in body {
      if excess == 0, bytes.count + chunk.readableBytes <= limit {
        bytes.append(contentsOf: chunk.readableBytesView)
      } else {
        bytes = []
        excess += chunk.readableBytes
        if excess > Self.drained { return nil }
      }
    }
    try Task.checkCancellation()
    return excess == 0 ? bytes : nil
  }
}
