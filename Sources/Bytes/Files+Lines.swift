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
    var splitter = LineSplitter(path: path, limit: limit)
    try forEachChunk(of: path) { try splitter.take($0, body) }
    try splitter.finish(body)
  }
}

/// Cuts a text that comes in parts into lines.
struct LineSplitter {
  private let path: String
  private let limit: Int
  private var number = 0
  private var pending: [UInt8] = []

  /// Makes a splitter.
  ///
  /// - Parameters:
  ///   - path: the file, for messages.
  ///   - limit: the longest line in bytes.
  init(path: String, limit: Int) {
    self.path = path
    self.limit = limit
  }

  /// Takes the next part, and calls `body` with the lines that end in it.
  mutating func take(
    _ part: ArraySlice<UInt8>, _ body: (Int, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var rest = part
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

  /// Calls `body` with what stands behind the last line end, if there is something.
  mutating func finish(_ body: (Int, ArraySlice<UInt8>) throws -> Void) rethrows {
    if !pending.isEmpty { try body(number + 1, pending[...]) }
  }
}
