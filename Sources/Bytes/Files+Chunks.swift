internal import Glibc

extension Files {
  /// Calls `body` with the parts of a file as they can be read, without waiting for its end; `-` is
  /// standard input.
  ///
  /// - Parameter body: takes at most 64 KiB.
  /// - Throws: `FileError` if the file cannot be read, and what `body` throws.
  public static func forEachChunk(
    of path: String, _ body: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    let isInput = path == "-"
    let descriptor = isInput ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    let name = isInput ? "<stdin>" : path
    guard descriptor >= 0 else { throw FileError(path: name, doing: "open") }
    defer { if !isInput { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: name, doing: "stat") }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw FileError(path: name, reason: "is a folder, not a file")
    }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let received = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      }
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw FileError(path: name, doing: "read") }
      if received == 0 { return }
      try body(bytes[..<received])
    }
  }
}
