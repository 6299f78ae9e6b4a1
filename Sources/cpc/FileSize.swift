import Bytes
import Glibc

extension Files {
  /// The size of a regular file that is not empty, in bytes; nil for another one and for standard input.
  static func size(of path: String) -> Int? {
    var status = stat()
    guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size > 0
    else { return nil }
    return Int(status.st_size)
  }
}
