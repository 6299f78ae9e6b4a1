/// Checks that bytes are well-formed UTF-8 (Unicode 16, table 3-7: no overlong forms, no surrogates,
/// nothing above U+10FFFF).
public enum UTF8Validation {
  /// Returns the offset of the first byte of the first ill-formed sequence, or nil if all is UTF-8.
  ///
  /// - Complexity: linear; 32 bytes a step over ASCII.
  public static func firstInvalidOffset(in bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { firstInvalidOffset(in: $0) }
  }

  /// Returns the offset of the first byte of the first ill-formed sequence, or nil if all is UTF-8.
  public static func firstInvalidOffset(in bytes: UnsafeRawBufferPointer) -> Int? {
    var offset = 0
    let count = bytes.count
    while offset < count {
      if offset + 32 <= count {
        if isASCII(bytes, at: offset) {
          offset += 32
          continue
        }
        offset += numberOfASCII(bytes, at: offset)
        let length = lengthOfUsualSequence(in: bytes, at: offset)
        if length > 0 {
          offset += length
          continue
        }
      }
      let length = sequenceLength(in: bytes, at: offset)
      if length == 0 { return offset }
      offset += length
    }
    return nil
  }

  /// Whether the 32 bytes at `offset` are ASCII.
  @inline(__always)
  private static func isASCII(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    func word(_ index: Int) -> UInt64 {
      bytes.loadUnaligned(fromByteOffset: offset &+ 8 &* index, as: UInt64.self)
    }
    return (word(0) | word(1) | word(2) | word(3)) & 0x8080_8080_8080_8080 == 0
  }

  /// How many of the 8 bytes at `offset` stand before the first that is not ASCII.
  @inline(__always)
  private static func numberOfASCII(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    let word = UInt64(
      littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    return (word & 0x8080_8080_8080_8080).trailingZeroBitCount >> 3
  }

  /// The length of the sequence at `offset`, of at least four bytes, if it is one of the most usual: ASCII,
  /// two bytes, or three that do not begin with 0xE0 or 0xED; 0 for another.
  @inline(__always)
  private static func lengthOfUsualSequence(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    let word = UInt32(
      littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    let lead = word & 0xFF
    if word & 0x00C0_C0F0 == 0x0080_80E0, lead != 0xE0, lead != 0xED { return 3 }
    if lead < 0x80 { return 1 }
    return word & 0xC0E0 == 0x80C0 && lead >= 0xC2 ? 2 : 0
  }

  /// Returns the length in bytes of the well-formed sequence at `offset`, or 0 if it is ill-formed.
  private static func sequenceLength(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    let lead = bytes[offset]
    if lead < 0x80 { return 1 }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if lead == 0xE0 { second = 0xA0...0xBF }
      if lead == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      length = 4
      if lead == 0xF0 { second = 0x90...0xBF }
      if lead == 0xF4 { second = 0x80...0x8F }
    default: return 0
    }
    guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return 0 }
    for index in 2..<max(length, 2) where bytes[offset + index] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
