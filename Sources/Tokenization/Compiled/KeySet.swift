internal import CVector

/// A set of keys as a Bloom filter: three bits for each hash, all in one word of 64 bits (Putze, Sanders and Singler
/// 2007, "Cache-, hash- and space-efficient Bloom filters"). A key of the set is always found, another now and then.
///
/// Invariant: `base` points to a power of two of words, at least 32, and `shift` makes a hash to the index of one; or there
/// are none, and `shift` is 0.
struct KeySet: @unchecked Sendable {
  // @unchecked: the memory behind the pointer is never written.
  private let base: UnsafeRawPointer
  private let shift: UInt64

  private static let smallest = 256

  /// Takes a section, of a power of two of bytes, at least 256; nil if it has another length.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count >= Self.smallest,
      bytes.count & (bytes.count &- 1) == 0
    else { return nil }
    self.base = base
    shift = Self.shift(byteCount: bytes.count)
  }

  /// Whether the key with this hash may be in the set; never false for one that is.
  @inline(__always)
  func mayHold(_ hash: UInt64) -> Bool {
    let mask = Self.mask(of: hash)
    return word(of: hash) & mask == mask
  }

  /// 1 if the key with this hash may be in the set, else 0, for loops that must not branch.
  @inline(__always)
  func bit(_ hash: UInt64) -> UInt32 {
    let word = word(of: hash)
    let bits = word &>> (hash &>> 42) & word &>> (hash &>> 36) & word &>> (hash &>> 30)
    return UInt32(truncatingIfNeeded: bits) & 1
  }

  /// Asks for the word of a key.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    cvector_prefetch(base + Self.offset(of: hash, shift))
  }

  @inline(__always)
  private func word(of hash: UInt64) -> UInt64 {
    let offset = Self.offset(of: hash, shift)
    return UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func offset(of hash: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: hash &>> shift) &* 8
  }

  @inline(__always)
  private static func mask(of hash: UInt64) -> UInt64 {
    // Of the number of places a shift takes the lowest six bits.
    1 &<< (hash &>> 42) | 1 &<< (hash &>> 36) | 1 &<< (hash &>> 30)
  }

  private static func shift(byteCount: Int) -> UInt64 {
    UInt64(67 - byteCount.trailingZeroBitCount)
  }

  /// Returns the section that holds keys, by their hashes.
  ///
  /// - Parameter bytesPerKey: the least number of bytes for each, at most twice as many.
  static func section(of hashes: some Collection<UInt64>, bytesPerKey: Int) -> [UInt8] {
    var count = smallest
    while count < hashes.count * bytesPerKey { count *= 2 }
    var words = [UInt64](repeating: 0, count: count / 8)
    for hash in hashes { words[offset(of: hash, shift(byteCount: count)) / 8] |= mask(of: hash) }
    return words.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }
}
