import Glibc

/// Reads and writes whole files as bytes, without Foundation.
public enum Files {
  /// Reads the file at `path`; `-` is standard input.
  ///
  /// - Parameter limit: the most bytes that are read; a longer file is an error.
  /// - Throws: `FileError` if it cannot be read, is a folder, or is longer than `limit`.
  public static func read(_ path: String, limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
    if path == "-" { return try read(descriptor: 0, path: "<stdin>", sizeHint: 0, limit: limit) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "open") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, doing: "stat") }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw FileError(path: path, reason: "is a folder, not a file")
    }
    return try read(
      descriptor: descriptor, path: path, sizeHint: Int(status.st_size), limit: limit)
  }

  /// Reads an open descriptor to its end.
  public static func read(
    descriptor: Int32, path: String, sizeHint: Int, limit: Int
  ) throws(FileError) -> [UInt8] {
    let tooLong = FileError(path: path, reason: "longer than the limit of \(limit) bytes")
    guard sizeHint <= limit else { throw tooLong }
    var bytes = [UInt8](repeating: 0, count: max(sizeHint + 1, 1 << 16))
    var count = 0
    while true {
      if count == bytes.count {
        bytes.append(contentsOf: repeatElement(0, count: bytes.count))
      }
      let free = bytes.count - count
      let received = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), free)
      }
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw FileError(path: path, doing: "read") }
      if received == 0 { break }
      count += received
      guard count <= limit else { throw tooLong }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// Writes `bytes` to a new file beside `path` and renames it into place, so that a reader sees the
  /// old file or the whole new one and never a part. What a link points to is written, not the link; a
  /// device or a pipe is written to as it is. A file that was there keeps its permissions.
  ///
  /// - Throws: `FileError` if it cannot be written; nothing is left behind then.
  public static func writeAtomically(
    _ bytes: UnsafeRawBufferPointer, to path: String
  ) throws(FileError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      try replace(target(ofLink: path), mode: nil, with: bytes)
      return
    }
    if status.st_mode & S_IFMT == S_IFREG, let address = realpath(path, nil) {
      defer { free(address) }
      try replace(String(cString: address), mode: status.st_mode & 0o7777, with: bytes)
      return
    }
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "open") }
    defer { close(descriptor) }
    try write(bytes, descriptor: descriptor, path: path)
  }

  /// What a link to nothing points to; `path` itself if it is no link.
  private static func target(ofLink path: String) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0 else { return path }
    let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return target.utf8.first == UInt8(ascii: "/") ? target : Paths.folder(of: path) + "/" + target
  }

  private static func replace(
    _ path: String, mode: mode_t?, with bytes: UnsafeRawBufferPointer
  ) throws(FileError) {
    var generator = SystemRandomNumberGenerator()
    let temporary = path + "." + String(generator.next(), radix: 36) + ".tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "create") }
    var succeeded = false
    defer {
      close(descriptor)
      if !succeeded { unlink(temporary) }
    }
    try write(bytes, descriptor: descriptor, path: path)
    if let mode, fchmod(descriptor, mode) != 0 { throw FileError(path: path, doing: "write") }
    guard rename(temporary, path) == 0 else { throw FileError(path: path, doing: "write") }
    succeeded = true
  }

  /// Writes `bytes` atomically, as the other method of this name does.
  public static func writeAtomically(_ bytes: [UInt8], to path: String) throws(FileError) {
    try bytes.withRawBytes { buffer throws(FileError) in
      try writeAtomically(buffer, to: path)
    }
  }

  /// Makes a folder, and the folders above it that are not there yet.
  public static func makeFolder(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw FileError(path: path, doing: "make the folder")
    }
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw FileError(path: path, doing: "make the folder")
    }
  }

  /// Whether something is at `path`.
  public static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// Writes all of `bytes` to an open descriptor.
  public static func write(
    _ bytes: UnsafeRawBufferPointer, descriptor: Int32, path: String
  ) throws(FileError) {
    var offset = 0
    while offset < bytes.count {
      let written = Glibc.write(
        descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw FileError(path: path, doing: "write") }
      offset += written
    }
  }
}
