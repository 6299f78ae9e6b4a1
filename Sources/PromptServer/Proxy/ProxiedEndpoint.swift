/// What a request under `/v1` asks for.
public enum ProxiedEndpoint: String, Sendable, CaseIterable {
  case chatCompletions = "/v1/chat/completions"
  case completions = "/v1/completions"
  case responses = "/v1/responses"
  case messages = "/v1/messages"
  case countTokens = "/v1/messages/count_tokens"
  /// Anything else, which is passed on unread.
  case other = "/v1/*"

  /// Finds out what a request asks for; nil if it is not under `/v1`.
  ///
  /// Letters, digits and `-._~` mean the same when they are written as %XX (RFC 3986, 6.2.2.2).
  init?(path: Substring, isPost: Bool) {
    guard path == "/v1" || path.hasPrefix("/v1/") else { return nil }
    let known = Self(rawValue: PercentEncoding.unreserved(path)) ?? .other
    self = isPost ? known : .other
  }

  /// Whether the body is a prompt that can be read.
  var isRead: Bool { self != .other }

  /// Whether the upstream answers with an error of Anthropic's form.
  var isAnthropic: Bool { self == .messages || self == .countTokens }

  /// Whether the upstream computes the prompt.
  var isComputed: Bool { self != .other && self != .countTokens }
}
