import Glibc

/// A file mapped read-only into memory: opening costs a system call, reading costs page faults.
///
/// The mapping is released with the last reference. A file that another process shortens while it is
/// mapped makes later reads fail with SIGBUS; files that are mapped here are written under another
/// name and renamed into place, and never changed afterwards.
public final class MappedFile: @unchecked Sendable {
  // @unchecked: the memory is never written, and unmapped only in `deinit`.

  /// The bytes of the file. They are valid as long as this object lives: whoever keeps them keeps
  /// the object too. For one use, `withBytes` is safer.
  public let bytes: UnsafeRawBufferPointer

  /// Maps the regular file at `path`.
  ///
  /// - Throws: `FileError` if it cannot be opened, is not a regular file, or cannot be mapped.
  public init(path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "open") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, doing: "stat") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, reason: "not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw FileError(path: path, doing: "map") }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  /// Calls `body` with the bytes of the file, which are valid during the call.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withExtendedLifetime(self) { body(bytes) }
  }

  deinit {
    if let address = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
  }
}
