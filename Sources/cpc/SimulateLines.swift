import Bytes

/// Cuts a text that comes in parts into lines.
struct LineSplitter {
  /// The lines that were given so far.
  private var number = 0
  private var pending: [UInt8] = []
  private let limit: Int

  /// Makes a splitter.
  ///
  /// - Parameter limit: the longest line in bytes.
  init(limit: Int = 1 << 28) {
    self.limit = limit
  }

  /// Takes the next part and calls `body` with each line that it completes, without its `\n`,
  /// behind its number from 1.
  ///
  /// - Throws: `FileError` about `path` if a line is longer than the limit, and what `body` throws.
  mutating func take(
    _ part: ArraySlice<UInt8>, path: String, _ body: (Int, ArraySlice<UInt8>) throws -> Void
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

  /// Calls `body` with what stands behind the last `\n`, if there is something.
  mutating func finish(_ body: (Int, ArraySlice<UInt8>) throws -> Void) rethrows {
    guard !pending.isEmpty else { return }
    number += 1
    try body(number, pending[...])
  }
}
