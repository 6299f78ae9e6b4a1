internal import Bytes

/// Reads the fields of a Protocol Buffers message in order.
///
/// Every step is checked against the end; nothing is allocated for a length that the message states.
struct ProtobufCursor {
  /// A field's content.
  enum Value {
    case integer(UInt64)
    case bytes(ByteRange)
    case fixed32(UInt32)
    case fixed64
  }

  let bytes: [UInt8]
  let source: String
  private var offset: Int
  private let end: Int

  /// Reads the message in `range`.
  init(_ bytes: [UInt8], in range: ByteRange, source: String) {
    self.bytes = bytes
    self.source = source
    offset = range.start
    end = range.end
  }

  /// The next field and its content; nil at the end.
  ///
  /// - Throws: `VocabularyError` with the byte offset, if the message is cut short or malformed.
  mutating func next() throws(VocabularyError) -> (field: UInt64, value: Value)? {
    guard offset < end else { return nil }
    let tag = try varint()
    switch tag & 7 {
    case 0: return (tag >> 3, .integer(try varint()))
    case 1:
      try skip(8)
      return (tag >> 3, .fixed64)
    case 2:
      let length = try varint()
      guard length <= UInt64(end - offset) else {
        throw error("a field of \(length) bytes is longer than what is left")
      }
      defer { offset += Int(length) }
      return (tag >> 3, .bytes(ByteRange(offset, offset + Int(length))))
    case 5:
      let start = offset
      try skip(4)
      let value = bytes[start..<offset].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return (tag >> 3, .fixed32(value))
    default: throw error("unknown wire type \(tag & 7)")
    }
  }

  private mutating func skip(_ count: Int) throws(VocabularyError) {
    guard count <= end - offset else { throw error("the message ends in the middle") }
    offset += count
  }

  private mutating func varint() throws(VocabularyError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard offset < end else { throw error("the message ends in the middle") }
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw error("an integer of more than 64 bits")
  }

  /// An error at the place that the last read came to.
  func error(_ message: String) -> VocabularyError {
    VocabularyError(source: source, message: "byte \(offset): \(message)")
  }
}
