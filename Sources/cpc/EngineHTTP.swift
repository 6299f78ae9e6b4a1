import AsyncHTTPClient
import Bytes
import NIOCore
import NIOHTTP1
import OrderedJSON

/// Requests to an engine whose bodies and answers are JSON.
struct EngineHTTP {
  private let client: HTTPClient
  /// Where the interface begins, without `/v1` and without a slash at its end.
  let base: String
  private let headers: HTTPHeaders
  private let timeout: TimeAmount

  /// The longest answer that is read, in bytes.
  private static let answerLimit = 256 << 20

  /// - Parameters:
  ///   - url: where the interface begins, with or without `/v1`.
  ///   - key: for `Authorization: Bearer`.
  init(_ client: HTTPClient, url: String, key: String?, timeoutSeconds: Int) {
    self.client = client
    var base = Substring(url)
    while base.hasSuffix("/") { base.removeLast() }
    if base.hasSuffix("/v1") { base.removeLast(3) }
    self.base = String(base)
    var headers = HTTPHeaders([("content-type", "application/json")])
    if let key { headers.add(name: "authorization", value: "Bearer \(key)") }
    self.headers = headers
    timeout = .seconds(Int64(timeoutSeconds))
  }

  /// Returns the answer to a request.
  ///
  /// - Parameter body: posted; nil for a request with `GET`.
  /// - Throws: `EngineError` if there is no answer, or it tells of an error, or is not JSON.
  func send(_ path: String, _ body: [UInt8]? = nil) async throws(EngineError) -> JSONNode {
    var request = HTTPClientRequest(url: base + path)
    request.method = body == nil ? .GET : .POST
    request.headers = headers
    if let body { request.body = .bytes(body) }
    do {
      let answer = try await client.execute(request, timeout: timeout)
      let bytes = Array(try await answer.body.collect(upTo: Self.answerLimit).readableBytesView)
      guard answer.status == .ok else {
        throw EngineError(
          url: base + path, status: Int(answer.status.code),
          message: "answers \(answer.status): \(String(decoding: bytes.prefix(300), as: UTF8.self))"
        )
      }
      return try JSONParser.parse(bytes, loneSurrogates: .replaced)
    } catch let error as EngineError {
      throw error
    } catch let error as JSONSyntaxError {
      throw EngineError(url: base + path, message: "answers with what is no JSON: \(error.message)")
    } catch {
      throw EngineError(url: base + path, message: "does not answer: \(error)")
    }
  }
}

/// An engine that does not answer as it should.
struct EngineError: Error, CustomStringConvertible {
  /// What was asked.
  var url: String
  /// The status of the answer, if that is the fault.
  var status: Int?
  var message: String

  var description: String { "\(url): \(message)" }
}
