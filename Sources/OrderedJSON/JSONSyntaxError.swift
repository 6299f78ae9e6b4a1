/// Text that is not JSON.
public struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The byte offset at which the text stops being JSON.
  public let offset: Int
  /// What is wrong there.
  public let message: String

  /// The offset and the message, on one line.
  public var description: String { "byte \(offset): \(message)" }
}
