internal import CZlib

/// Unpacks gzip (RFC 1952) that comes in parts; members may follow one another.
///
/// Invariant: `stream` is initialised and does not move until `deinit`, as zlib demands.
final class GzipInflater {
  private let path: String
  private let stream: UnsafeMutablePointer<z_stream>
  private var output = [UInt8](repeating: 0, count: 1 << 16)
  /// Whether the last member has ended and no other has begun.
  private var isAtEnd = true

  /// Whether a file that begins with `bytes` is gzip.
  static func isGzip(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.starts(with: [0x1F, 0x8B])
  }

  /// Begins a file; its name is for messages.
  init(path: String) throws(FileError) {
    self.path = path
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 more than the size of the window: gzip and nothing else.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, MAX_WBITS + 16, ZLIB_VERSION, size) == Z_OK else {
      throw FileError(path: path, reason: "zlib cannot be started")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Unpacks the next part of the file, and calls `body` with what it gives, at most 64 KiB at once.
  func unpack(_ part: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var rest = part
    var isFull = false
    while !rest.isEmpty || isFull {
      if isAtEnd {
        guard !rest.isEmpty else { return }
        inflateReset(stream)
        isAtEnd = false
      }
      let (used, produced) = try step(rest)
      rest = rest.dropFirst(used)
      isFull = produced == output.count
      if produced > 0 { try body(output[..<produced]) }
      guard used > 0 || produced > 0 || isAtEnd else { return }
    }
  }

  /// Ends the file, which must not end inside a member.
  func finish() throws(FileError) {
    guard isAtEnd else { throw FileError(path: path, reason: "the gzip data end too early") }
  }

  private func step(
    _ input: ArraySlice<UInt8>
  ) throws(FileError) -> (used: Int, produced: Int) {
    let status = input.withUnsafeBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        // zlib does not write to its input.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        return inflate(stream, Z_NO_FLUSH)
      }
    }
    // Z_BUF_ERROR: more input is needed.
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      throw FileError(path: path, reason: "the gzip data are damaged")
    }
    isAtEnd = status == Z_STREAM_END
    return (
      input.count - Int(stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out)
    )
  }
}
