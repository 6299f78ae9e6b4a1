extension Files {
  /// Calls `body` with each line of a file, without its `\n` and without waiting for the file's end;
  /// `-` is standard input. No other character ends a line.
  ///
  /// - Parameters:
  ///   - limit: the longest line that is read, in bytes.
  ///   - body: takes the number of the line, from 1, and its bytes. A line behind the last `\n` counts
  ///     if it is not empty.
  /// - Throws: `FileError` if the file cannot be read or has a longer line, and what `body` throws.
  /// - Complexity: linear in the file; one line is in memory at a time.
  public static func forEachLine(
    of path: String, limit: Int = 1 << 28, _ body: (Int, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var pending: [UInt8] = []
    var number = 0
    try forEachChunk(of: path) { chunk in
      var rest = chunk
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        number += 1
        if pending.isEmpty {
          try body(number, rest[..<end])
        } else {
          pending += rest[..<end]
          try body(number, pending[...])
          pending.removeAll(keepingCapacity: true)
        }
        rest = rest[(end + 1)...]
      }
      pending += rest
      guard pending.count <= limit else {
        throw FileError(
          path: path, reason: "line \(number + 1) is longer than the limit of \(limit) bytes")
      }
    }
    if !pending.isEmpty { try body(number + 1, pending[...]) }
  }
}
