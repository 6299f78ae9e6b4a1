internal import Bytes
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import OrderedJSON

/// An answer of our own that says what went wrong, in the form that clients of the endpoint understand.
struct ErrorReply: Error {
  let status: HTTPResponse.Status
  /// What went wrong, and what to do.
  let message: String
  /// A word for programs: `upstream_unreachable`.
  let code: String
  /// After how many seconds to try again.
  var retryAfter: Int?
  /// Whether the connection is of no use any more.
  var closes = false

  /// The fields and the body.
  ///
  /// - Parameter isAnthropic: whether the error has Anthropic's form; else it has OpenAI's.
  func response(isAnthropic: Bool) -> Response {
    let kind = type(isAnthropic: isAnthropic)
    var error: [JSONMember] = [
      JSONMember("message", JSONNode(.string(ByteString(message)))),
      JSONMember("type", JSONNode(.string(ByteString(kind)))),
    ]
    if !isAnthropic {
      error.append(JSONMember("param", JSONNode(.null)))
      error.append(JSONMember("code", JSONNode(.string(ByteString(code)))))
    }
    let start = isAnthropic ? [JSONMember("type", JSONNode(.string("error")))] : []
    let value = JSONValue.object(start + [JSONMember("error", JSONNode(.object(error)))])
    var fields: HTTPFields = [.contentType: "application/json"]
    if let retryAfter { fields[.retryAfter] = String(retryAfter) }
    if closes { fields[.connection] = "close" }
    return Response(
      status: status, headers: fields,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.write(value))))
  }

  private func type(isAnthropic: Bool) -> String {
    switch status.code {
    case 401: return "authentication_error"
    case 404: return isAnthropic ? "not_found_error" : "invalid_request_error"
    case 413 where isAnthropic: return "request_too_large"
    case 400..<500: return "invalid_request_error"
    case 503 where isAnthropic: return "overloaded_error"
    default: return isAnthropic ? "api_error" : "server_error"
    }
  }
}
