internal import HTTPTypes
internal import OrderedJSON

/// A body that an engine may read and that is not read here: it has what JSON has not (`NaN`), is written in UTF-16, is
/// nested too deep, or is packed.
struct UnreadableBody: Error {
  /// Why it cannot be read.
  let fault: String
  /// Why a request was refused, in a word.
  static let reason = "unreadable_body"

  /// Makes sure that a body can be read.
  static func check(_ body: [UInt8]) throws(UnreadableBody) {
    do throws(JSONSyntaxError) {
      _ = try JSONParser.parse(body, loneSurrogates: .replaced)
    } catch {
      throw UnreadableBody(error)
    }
  }

  init(_ error: JSONSyntaxError) {
    fault = "byte \(error.offset): \(error.message)"
  }

  private init(fault: String) {
    self.fault = fault
  }

  /// One that is packed.
  static let packed = UnreadableBody(fault: "it is packed")

  /// What the client is told.
  var reply: ErrorReply {
    ErrorReply(
      status: .badRequest,
      message:
        "the body cannot be read (\(fault)), so it may have blocks or control tokens that must not be passed on: send JSON in UTF-8, not packed",
      code: Self.reason)
  }
}
