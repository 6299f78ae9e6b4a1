import ArgumentParser
import Bytes

/// Where the requests of an argument are.
enum InputSource {
  /// A folder with a corpus and requests, or a file with a request a line.
  ///
  /// - Parameters:
  ///   - base: the folder that the files of blocks are in; nil is that of the input.
  ///   - top: how many blocks of each request of a folder are taken.
  static func source(_ path: String, base: String?, top: Int?) throws -> any BatchSource {
    if let top, top < 1 { throw ValidationError("--top: at least 1") }
    if Files.isFolder(path) { return try BatchWorkload(folder: path, top: top) }
    if top != nil { throw ValidationError("--top: only for folders with a corpus and requests") }
    return BatchLines(path: path, base: base)
  }
}
