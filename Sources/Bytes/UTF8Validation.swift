internal import CVector

/// Checks that bytes are well-formed UTF-8 (Unicode 16, table 3-7: no overlong forms, no surrogates,
/// nothing above U+10FFFF).
public enum UTF8Validation {
  /// Returns the offset of the first byte of the first ill-formed sequence, or nil if all is UTF-8.
  ///
  /// - Complexity: linear; 64 bytes a step.
  public static func firstInvalidOffset(in bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { firstInvalidOffset(in: $0) }
  }

  /// Returns the offset of the first byte of the first ill-formed sequence, or nil if all is UTF-8.
  public static func firstInvalidOffset(in bytes: UnsafeRawBufferPointer) -> Int? {
    var offset = 0
    while offset < bytes.count {
      offset = endOfWellFormedBlocks(in: bytes, from: offset)
      // The end of the text, or what is ill-formed.
      let end = min(offset + 64, bytes.count)
      while offset < end {
        let length = sequenceLength(in: bytes, at: offset)
        if length == 0 { return offset }
        offset += length
      }
    }
    return nil
  }

  /// Checks 64 bytes at once: continuation bytes must stand where the leads ask for them.
  ///
  /// - Parameter start: where a sequence begins.
  /// - Returns: where another begins, up to which all is UTF-8.
  private static func endOfWellFormedBlocks(
    in bytes: UnsafeRawBufferPointer, from start: Int
  ) -> Int {
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return start }
    var offset = start
    // The continuation bytes that the next block must begin with, as bits.
    var pending: UInt64 = 0
    // One byte more than the block is read: what follows a lead at its end.
    while offset + 65 <= bytes.count {
      let block = base + offset
      if pending == 0, cvector_ascii_of_64(block) != 0 {
        offset += 64
        continue
      }
      let kinds = cvector_utf8_kinds_of_64(block)
      let expected = kinds.leads2 << 1 | kinds.leads3 << 2 | kinds.leads4 << 3 | pending
      guard expected == kinds.continuations, areWellFormed(kinds.particular, block) else { break }
      pending = kinds.leads2 >> 63 | kinds.leads3 >> 62 | kinds.leads4 >> 61
      offset += 64
    }
    guard pending != 0 else { return offset }
    repeat { offset -= 1 } while base[offset] & 0xC0 == 0x80
    return offset
  }

  /// Whether each lead of `leads`, bit i for byte i, allows the continuation byte behind it.
  @inline(__always)
  private static func areWellFormed(_ leads: UInt64, _ bytes: UnsafePointer<UInt8>) -> Bool {
    var rest = leads
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      let second = bytes[index + 1]
      let isAllowed =
        switch bytes[index] {
        case 0xE0: second >= 0xA0
        case 0xED: second < 0xA0
        case 0xF0: second >= 0x90
        case 0xF1...0xF3: true
        case 0xF4: second < 0x90
        default: false
        }
      if !isAllowed { return false }
      rest &= rest - 1
    }
    return true
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
