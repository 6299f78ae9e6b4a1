import Glibc

/// What went wrong with a file: its path, and the operating system's word for it.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path as the caller gave it.
  public let path: String
  /// What could not be done, and why.
  public let reason: String

  /// Makes an error about the file at `path`.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// Makes an error of the current `errno`.
  init(path: String, doing action: String) {
    self.init(path: path, reason: "cannot \(action): \(String(cString: strerror(errno)))")
  }

  /// The path and the reason, on one line.
  public var description: String { "\(path): error: \(reason)" }
}
