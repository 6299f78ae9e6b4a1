import Bytes
import Glibc

/// Standard output and standard error.
enum Terminal {
  /// Writes bytes to standard output.
  static func write(_ bytes: [UInt8]) throws(FileError) {
    try write(bytes, descriptor: STDOUT_FILENO, name: "<stdout>")
  }

  /// Writes a line to standard output.
  static func printLine(_ text: String) throws(FileError) {
    try write(Array((text + "\n").utf8))
  }

  /// Writes a line to standard error.
  static func printError(_ text: String) {
    // Where standard error cannot be written to, there is nowhere to say so.
    try? write(Array((text + "\n").utf8), descriptor: STDERR_FILENO, name: "<stderr>")
  }

  private static func write(
    _ bytes: [UInt8], descriptor: Int32, name: String
  ) throws(FileError) {
    try bytes.withRawBytes { buffer throws(FileError) in
      try Files.write(buffer, descriptor: descriptor, path: name)
    }
  }
}
