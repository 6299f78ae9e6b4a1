internal import AsyncHTTPClient
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

/// ContextPilot's field of replies of hosted services: what the service read from its cache and wrote to it.
///
/// ```
/// X-ContextPilot-Cloud-Cache: {"provider":"anthropic","cache_creation_tokens":0,"cache_read_tokens":1024}
/// ```
/// The numbers stand at the end of a reply, so that it is held until it is whole: streams, packed replies and
/// those that are long or of no stated length do not get the field.
struct CloudCacheField: Sendable {
  static let name = "X-ContextPilot-Cloud-Cache"
  let provider: CloudProvider
  /// The longest reply that is held, in bytes.
  private static let limit = 4 << 20

  /// Reads a reply whose body says what was cached, and leaves it as if it had not been read.
  ///
  /// - Returns: the value of the field; nil if the reply gets none.
  func value(for reply: inout HTTPClientResponse) async -> String? {
    let contentType = reply.headers.first(name: "content-type") ?? ""
    guard (200..<300).contains(reply.status.code),
      contentType.lowercased().hasPrefix("application/json"),
      let length = reply.headers.first(name: "content-length").flatMap({ Int($0) }),
      length <= Self.limit
    else { return nil }
    var observer = ReplyObserver(
      contentType: contentType, contentEncodings: reply.headers[ContentCoding.field],
      readsText: false)
    var held: [ByteBuffer] = []
    do {
      for try await chunk in reply.body {
        observer.take(chunk.readableBytesView)
        held.append(chunk)
      }
    } catch {
      reply.body = .stream(HeldReply(chunks: held, fault: error))
      return nil
    }
    reply.body = .stream(HeldReply(chunks: held, fault: nil))
    await observer.finish()
    let usage = observer.reply.usage
    guard usage.cachedTokens != nil || usage.writtenTokens != nil else { return nil }
    return "{\"provider\":\"\(provider.rawValue)\","
      + "\"cache_creation_tokens\":\(usage.writtenTokens ?? 0),"
      + "\"cache_read_tokens\":\(usage.cachedTokens ?? 0)}"
  }
}

/// A body that was read, and how reading ended.
private struct HeldReply: AsyncSequence, Sendable {
  let chunks: [ByteBuffer]
  let fault: (any Error)?

  func makeAsyncIterator() -> Iterator { Iterator(chunks: chunks[...], fault: fault) }

  struct Iterator: AsyncIteratorProtocol {
    var chunks: ArraySlice<ByteBuffer>
    let fault: (any Error)?

    mutating func next() async throws -> ByteBuffer? {
      if let chunk = chunks.popFirst() { return chunk }
      if let fault { throw fault }
      return nil
    }
  }
}
