public import Bytes
internal import Glibc

/// Reads the files that a spec names, and none outside one folder.
public struct FileResolver: Sendable {
  /// The folder that the files must be in.
  public let folder: String
  /// The longest file that is read, in bytes.
  public static let sizeLimit = 1 << 28

  /// Makes a resolver for the files in `folder`.
  public init(folder: String) {
    self.folder = folder
  }

  /// Returns the content of the file at `path`, which counts from the folder.
  ///
  /// - Throws: `FileError` if the path leaves the folder, by `..` or by a link, if the file is no
  ///   regular file, or if it cannot be read.
  public func read(_ path: String) throws(FileError) -> [UInt8] {
    guard Paths.leadsDown(path) else {
      throw FileError(path: path, reason: "must be a path inside the spec's folder, without \"..\"")
    }
    let root = try Self.resolved(folder.isEmpty ? "." : folder, shownAs: folder)
    let target = try Self.resolved(folder.isEmpty ? path : "\(folder)/\(path)", shownAs: path)
    guard Paths.isInside(target, folder: root) else {
      throw FileError(path: path, reason: "is a link that leaves the spec's folder")
    }
    let descriptor = open(target, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { throw FileError(path: path, reason: Self.reason("open")) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: path, reason: Self.reason("read"))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, reason: "is not a regular file")
    }
    return try Files.read(
      descriptor: descriptor, path: path, sizeHint: Int(status.st_size), limit: Self.sizeLimit)
  }

  /// The absolute path without links.
  private static func resolved(_ path: String, shownAs shown: String) throws(FileError) -> String {
    guard let address = realpath(path, nil) else {
      throw FileError(path: shown, reason: reason("open"))
    }
    defer { free(address) }
    return String(cString: address)
  }

  private static func reason(_ action: String) -> String {
    "cannot \(action): \(String(cString: strerror(errno)))"
  }
}
