/// Two characters side by side, by their code points.
struct CharacterPair: Hashable {
  let left: UInt32
  let right: UInt32
}

/// A set of pairs of characters as a Bloom filter with one hash: a bit for each hash, a power of two of
/// bytes. A pair of the set is always found, another now and then.
///
/// Invariant: every access is checked against the bytes of the section.
struct CharacterPairs: @unchecked Sendable {
  // @unchecked: the memory behind the pointer is never written.
  private let bytes: UnsafeRawBufferPointer
  private let shift: UInt64

  /// Takes the section, of a power of two of bytes or none; nil if it has another length.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count & (bytes.count &- 1) == 0 else { return nil }
    self.bytes = bytes
    shift = Self.shift(byteCount: bytes.count)
  }

  /// Whether the section is empty: nothing is known of any pair.
  var isEmpty: Bool { bytes.isEmpty }

  /// Whether the pair may be in the set; true for all pairs if the section is empty.
  @inline(__always)
  func mayHold(_ left: UInt32, _ right: UInt32) -> Bool {
    let bit = Self.bit(left, right, shift)
    guard bit >> 3 < bytes.count else { return true }
    return bytes[bit >> 3] & (1 << UInt8(bit & 7)) != 0
  }

  @inline(__always)
  private static func bit(_ left: UInt32, _ right: UInt32, _ shift: UInt64) -> Int {
    let product = (UInt64(left) << 21 | UInt64(right)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product >> shift)
  }

  private static func shift(byteCount: Int) -> UInt64 {
    byteCount > 0 ? UInt64(61 - byteCount.trailingZeroBitCount) : 63
  }

  /// Returns the section that holds `pairs`: 16 to 32 bits a pair.
  static func section(of pairs: Set<CharacterPair>) -> [UInt8] {
    var count = 256
    while count < pairs.count * 2 { count *= 2 }
    var bytes = [UInt8](repeating: 0, count: count)
    for pair in pairs {
      let bit = bit(pair.left, pair.right, shift(byteCount: count))
      bytes[bit >> 3] |= 1 << UInt8(bit & 7)
    }
    return bytes
  }
}
