internal import Glibc

/// A file, or standard output, that is written part by part.
public final class OutputFile {
  private let path: String
  private let descriptor: Int32

  /// Opens standard output, or the file at `path`. What is in it is
  /// overwritten.
  ///
  /// - Parameters:
  ///   - path: the file, which is made if it is not there; nil for standard output.
  ///   - kept: how many bytes at its beginning stay.
  /// - Throws: `FileError` if it cannot be written to.
  public init(path: String?, keeping kept: Int = 0) throws(FileError) {
    self.path = path ?? "<stdout>"
    guard let path else {
      descriptor = STDOUT_FILENO
      return
    }
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (kept == 0 ? O_TRUNC : 0), 0o666)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "open") }
    guard kept == 0 || (ftruncate(descriptor, kept) == 0 && lseek(descriptor, kept, SEEK_SET) >= 0)
    else { throw FileError(path: path, doing: "continue") }
  }

  deinit {
    if descriptor != STDOUT_FILENO { close(descriptor) }
  }

  /// Writes bytes behind what was written before.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withRawBytes { buffer throws(FileError) in
      try Files.write(buffer, descriptor: descriptor, path: path)
    }
  }
}
