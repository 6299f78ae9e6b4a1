internal import Bytes

/// Reads the integers and strings of a GGUF file in order.
///
/// Every step is checked against the end, so no length that a file states is trusted: nothing is read
/// behind the end, and nothing is allocated for it.
struct GGUFCursor {
  /// The bytes that may be read.
  let bytes: UnsafeRawBufferPointer
  /// The file's name for messages.
  let source: String
  /// Where the next read begins.
  private(set) var offset: Int

  /// Begins at `offset`.
  init(_ bytes: UnsafeRawBufferPointer, source: String, offset: Int = 0) {
    self.bytes = bytes
    self.source = source
    self.offset = offset
  }

  /// The bytes that are left.
  var remaining: Int { bytes.count - offset }

  /// Reads a little-endian integer.
  mutating func integer<Value: FixedWidthInteger>(
    _ type: Value.Type = Value.self
  ) throws(VocabularyError) -> Value {
    let size = MemoryLayout<Value>.size
    guard size <= remaining else { throw error("the metadata ends in the middle") }
    defer { offset += size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// Reads a length and passes over as many bytes; returns where they are.
  mutating func string() throws(VocabularyError) -> ByteRange {
    let length = try integer(UInt64.self)
    guard length <= UInt64(remaining) else {
      throw error("a string of \(length) bytes is longer than what is left")
    }
    defer { offset += Int(length) }
    return ByteRange(offset, offset + Int(length))
  }

  /// Reads a number of items of at least `size` bytes each, and checks that they can be there.
  mutating func count(ofItemsOfSize size: Int) throws(VocabularyError) -> Int {
    let count = try integer(UInt64.self)
    guard count <= UInt64(remaining / size) else {
      throw error("\(count) items are more than what is left can hold")
    }
    return Int(count)
  }

  /// Passes over `count` items of `size` bytes, of which `count(ofItemsOfSize:)` has said that they are
  /// there.
  mutating func skip(_ count: Int, ofSize size: Int) throws(VocabularyError) {
    let (length, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, length <= remaining else { throw error("the metadata ends in the middle") }
    offset += length
  }

  /// An error at the place that the last read came to.
  func error(_ message: String) -> VocabularyError {
    VocabularyError(source: source, message: "byte \(offset): \(message)")
  }
}
