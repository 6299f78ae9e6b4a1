internal import CVector

/// A piece of 1 to 15 bytes as two words: its bytes, zero behind them, and its length in the last byte.
struct PieceKey: Equatable {
  let low: UInt64
  let high: UInt64

  /// The longest piece in bytes.
  static let limit = 15

  /// The key of no piece, which no entry of a cache has.
  static var none: PieceKey { PieceKey(low: .max, high: .max) }

  /// What stands for a token that is known without a look into a cache; no piece has this key.
  @inline(__always)
  static func token(_ id: UInt32) -> PieceKey { PieceKey(low: UInt64(id).littleEndian, high: 1) }

  /// Whether it is that of a token.
  @inline(__always)
  var isToken: Bool { high == 1 }

  /// This key, or another if `condition` is 1 and not 0: without a branch.
  @inline(__always)
  func replaced(by other: PieceKey, if condition: UInt64) -> PieceKey {
    let mask = 0 &- condition
    return PieceKey(
      low: low & ~mask | other.low & mask, high: high & ~mask | other.high & mask)
  }

  /// The token, if it is that of one.
  var id: UInt32 { UInt32(truncatingIfNeeded: low.littleEndian) }

  @inline(__always)
  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// Takes `count` bytes, 1 to `limit`, at `offset` of `text`; reads 16 where there are as many.
  @inline(__always)
  init(_ text: UnsafeRawBufferPointer, at offset: Int, count: Int) {
    if offset &+ 16 <= text.count, let base = text.baseAddress {
      self.init(base + offset, count: count)
    } else {
      let (low, high) = Self.words(text, at: offset, count: count)
      self.init(low: low, high: high | UInt64(truncatingIfNeeded: count) &<< 56)
    }
  }

  /// Takes the first `count` of the 16 bytes at `bytes`, 1 to `limit`; up to 63 make a key that is to be replaced.
  @inline(__always)
  init(_ bytes: UnsafeRawPointer, count: Int) {
    let masks = cvector_first_bytes(count)
    low = bytes.loadUnaligned(as: UInt64.self).littleEndian & masks.low
    high =
      bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian & masks.high
      | UInt64(truncatingIfNeeded: count) &<< 56
  }

  @inline(never)
  private static func words(
    _ text: UnsafeRawBufferPointer, at offset: Int, count: Int
  ) -> (UInt64, UInt64) {
    var low: UInt64 = 0
    var high: UInt64 = 0
    for index in 0..<min(count, text.count - offset) {
      let byte = UInt64(text[offset + index]) << UInt64((index & 7) * 8)
      if index < 8 { low |= byte } else { high |= byte }
    }
    return (low, high)
  }

  /// The length of the piece in bytes.
  @inline(__always)
  var count: Int { Int(truncatingIfNeeded: high &>> 56) }

  /// The first byte of the piece.
  var first: UInt8 { UInt8(truncatingIfNeeded: low) }

  /// Whether a byte of the piece is not ASCII.
  var hasMultibyteCharacters: Bool {
    (low | high & 0x00FF_FFFF_FFFF_FFFF) & 0x8080_8080_8080_8080 != 0
  }

  @inline(__always)
  var hash: UInt32 {
    let product = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
    return UInt32(truncatingIfNeeded: product &>> 35)
  }
}
