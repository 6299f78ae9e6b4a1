import Bytes

/// The lines that an earlier run wrote.
struct BatchRemains {
  /// What each says of its request.
  private(set) var stamps: [BatchLineStamp] = []
  /// The length of the whole lines in bytes. What stands behind them is a part of a line, which was cut.
  private(set) var byteCount = 0

  /// Reads the file at `path`, if there is one.
  init(path: String) throws {
    guard Files.exists(path) else { return }
    var head: [UInt8] = []
    var length = 0
    var stamps: [BatchLineStamp] = []
    var byteCount = 0
    try Files.forEachChunk(of: path) { chunk in
      var rest = chunk
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        head += rest[..<end].prefix(BatchLineStamp.length - head.count)
        guard let stamp = BatchLineStamp(head) else {
          throw FileError(
            path: path, reason: "line \(stamps.count + 1) is none of a batch: remove the file")
        }
        stamps.append(stamp)
        byteCount += length + (end - rest.startIndex) + 1
        length = 0
        head.removeAll(keepingCapacity: true)
        rest = rest[(end + 1)...]
      }
      head += rest.prefix(BatchLineStamp.length - head.count)
      length += rest.count
    }
    (self.stamps, self.byteCount) = (stamps, byteCount)
  }
}
