/// A setting that cannot be used: who gave it, what is wrong, and what to write.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `--port: must be a whole number from 0 to 65535`.
  public let description: String

  /// Makes an error.
  public init(_ description: String) {
    self.description = description
  }
}
