/// Text that is not YAML, or YAML that has no counterpart in JSON.
public struct YAMLSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  /// The column in code points, from 1.
  public let column: Int
  /// What is wrong there.
  public let message: String

  /// Place and message, on one line.
  public var description: String { "\(line):\(column): \(message)" }
}
