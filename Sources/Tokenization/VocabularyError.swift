/// A vocabulary, or the file that one is read from, that cannot be used.
public struct VocabularyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or vocabulary it is about.
  public let source: String
  /// What is wrong, and what to do where there is something.
  public let message: String

  /// Makes an error about `source`.
  public init(source: String, message: String) {
    self.source = source
    self.message = message
  }

  /// Source and message, on one line.
  public var description: String { "\(source): error: \(message)" }
}
