public import OrderedJSON
internal import Bytes

extension EngineComparison {
  /// The version of the JSON form; it rises when a member changes its meaning or goes away.
  public static let schemaVersion = 1

  /// The comparison as JSON; `difference` is the form of `PrefixDifference`.
  public var json: JSONValue {
    .object([
      "schema_version": .integer(Self.schemaVersion),
      "equal": .bool(cause == nil),
      "cause": cause.map { .string(ByteString($0.rawValue)) } ?? .null,
      "reason": .string(ByteString(reason)),
      "tokens": .integer(difference.first.prompt.tokens.count),
      "engine_tokens": .integer(difference.second.prompt.tokens.count),
      "difference": difference.json,
    ])
  }
}
