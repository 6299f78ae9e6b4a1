internal import Bytes

/// Engines put something around the id of a request: `chatcmpl-`, `cmpl-` and `batch-` before it, vLLM `-N-hex`
/// behind it.
enum EngineRequestID {
  private static let prefixes = ["chatcmpl-", "cmpl-", "batch-"]

  /// The id as it was given to the engine; nil for one of the engine's own requests.
  static func normalized(_ id: ByteString) -> ByteString? {
    var rest = Substring(id.string)
    while let prefix = prefixes.first(where: rest.hasPrefix) { rest = rest.dropFirst(prefix.count) }
    rest = withoutSuffix(rest)
    guard !rest.isEmpty, !rest.hasPrefix("HEALTH_CHECK") else { return nil }
    return ByteString(String(rest))
  }

  /// `req-NAME-3-9af0` is `req-NAME`; other ids have no suffix that can be told.
  private static func withoutSuffix(_ id: Substring) -> Substring {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "req", !parts[1].isEmpty,
      !parts[2].isEmpty, parts[2].allSatisfy({ $0.isASCII && $0.isNumber }),
      !parts[3].isEmpty, parts[3].allSatisfy({ $0.isASCII && $0.isHexDigit && !$0.isUppercase })
    else { return id }
    return id[..<parts[1].endIndex]
  }
}
