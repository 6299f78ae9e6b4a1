internal import CVector

/// The pairs of token ids that merge, as a Bloom filter with one hash: a bit for each hash, a power of two of
/// bytes. Most pairs that merging asks for do not merge; the filter, which stays in the processor's
/// cache where the merge table does not, says so of nine of ten.
///
/// Invariant: every access is checked against the bytes of the section.
struct MergeFilter: @unchecked Sendable {
  // @unchecked: the memory behind the pointer is never written.
  private let bytes: UnsafeRawBufferPointer
  private let shift: UInt64

  /// Takes the section, of a power of two of bytes, at least 256; nil if it has another length.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.smallest, bytes.count & (bytes.count &- 1) == 0 else { return nil }
    self.bytes = bytes
    shift = Self.shift(byteCount: bytes.count)
  }

  private static let smallest = 256

  /// Whether the pair with this key of `MergeSlot` may merge; never false for one that does.
  @inline(__always)
  func mayHold(_ key: UInt64) -> Bool {
    let bit = Int(truncatingIfNeeded: MergeSlot.hash(of: key) &>> shift)
    guard bit &>> 3 < bytes.count else { return true }
    return bytes[bit &>> 3] &>> UInt8(truncatingIfNeeded: bit & 7) & 1 != 0
  }

  /// Asks for the bit of a key.
  @inline(__always)
  func prefetch(_ key: UInt64) {
    let bit = Int(truncatingIfNeeded: MergeSlot.hash(of: key) &>> shift)
    cvector_prefetch(bytes.baseAddress.map { $0 + bit &>> 3 })
  }

  private static func shift(byteCount: Int) -> UInt64 {
    UInt64(61 - byteCount.trailingZeroBitCount)
  }

  /// Returns the section that holds the keys: 8 to 16 bits for each.
  static func section(of keys: [UInt64]) -> [UInt8] {
    var count = smallest
    while count < keys.count { count *= 2 }
    var bytes = [UInt8](repeating: 0, count: count)
    for key in keys {
      let bit = Int(truncatingIfNeeded: MergeSlot.hash(of: key) >> shift(byteCount: count))
      bytes[bit >> 3] |= 1 << UInt8(bit & 7)
    }
    return bytes
  }
}
