import CZlib

/// Unpacks gzip (RFC 1952) as it comes in parts; members may follow one another.
///
/// Invariant: `stream` is initialised and stays where it is until `deinit`, as zlib demands.
final class GzipStream {
  /// Why the bytes cannot be unpacked.
  struct Fault: Error {
    let message: String
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private var output = [UInt8](repeating: 0, count: 1 << 16)
  private var isBetweenMembers = false

  /// Whether a file that begins with `bytes` is gzip.
  static func isGzip(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.starts(with: [0x1F, 0x8B])
  }

  init() throws(Fault) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // The largest window, and 16 more for gzip and nothing else.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, MAX_WBITS + 16, ZLIB_VERSION, size) == Z_OK else {
      throw Fault(message: "zlib cannot be started")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Unpacks the next bytes of the file, and calls `body` with what they give, in parts.
  func unpack(_ bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var input = Array(bytes)
    var consumed = 0
    repeat {
      if isBetweenMembers { try beginMember() }
      let (produced, used) = try inflateStep(&input, from: consumed)
      consumed += used
      if produced > 0 { try body(output[..<produced]) }
      // A full buffer may leave more in zlib's own.
      guard consumed < input.count || produced == output.count else { return }
    } while !isBetweenMembers || consumed < input.count
  }

  /// Ends the file.
  func finish() throws(Fault) {
    guard isBetweenMembers else { throw Fault(message: "the gzip file ends early") }
  }

  private func beginMember() throws(Fault) {
    guard inflateReset(stream) == Z_OK else { throw Fault(message: "zlib cannot go on") }
    isBetweenMembers = false
  }

  /// Unpacks as much as `output` holds. Returns the bytes that came out and those that went in.
  private func inflateStep(
    _ input: inout [UInt8], from start: Int
  ) throws(Fault) -> (produced: Int, used: Int) {
    let available = input.count - start
    let status = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.pointee.next_in = input.baseAddress?.advanced(by: start)
        stream.pointee.avail_in = UInt32(available)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        return inflate(stream, Z_NO_FLUSH)
      }
    }
    // Z_BUF_ERROR: there was nothing to do, more input is needed.
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      throw Fault(message: "the gzip file is damaged")
    }
    isBetweenMembers = status == Z_STREAM_END
    return (
      output.count - Int(stream.pointee.avail_out), available - Int(stream.pointee.avail_in)
    )
  }
}
