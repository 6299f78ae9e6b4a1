internal import Glibc

/// The tokens of pieces that were met lately: pieces of up to 15 bytes that have up to 3 tokens.
///
/// Each piece has two places side by side; a new one takes the first, and what was there the second.
/// The memory is 32 bytes a slot, at most 2 MiB: as many slots as the text is likely to have pieces.
///
/// Invariant: `slots` points to `size` entries, zero at first, which is an entry of no tokens; `size`
/// is a power of two and at least 2.
final class PieceCache {
  /// A piece as two words: its bytes, zero behind them, and its length in the last byte.
  struct Key: Equatable {
    let low: UInt64
    let high: UInt64

    /// The longest piece in bytes.
    static let limit = 15

    /// Takes the first `count` bytes at `offset` of `text`, at most `limit`.
    @inline(__always)
    init(_ text: UnsafeRawBufferPointer, at offset: Int, count: Int) {
      var low: UInt64 = 0
      var high: UInt64 = 0
      if offset &+ 16 <= text.count {
        low = text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        high = text.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
      } else {
        for index in 0..<count {
          let byte = UInt64(text[offset &+ index]) &<< UInt64(index &* 8 & 63)
          if index < 8 { low |= byte } else { high |= byte }
        }
      }
      if count < 8 {
        low &= (1 &<< UInt64(count &* 8)) &- 1
        high = 0
      } else {
        high &= (1 &<< UInt64((count &- 8) &* 8)) &- 1
      }
      self.low = low
      self.high = high | UInt64(count) &<< 56
    }

    fileprivate var hash: Int {
      let product = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
      return Int(truncatingIfNeeded: product &>> 40)
    }
  }

  /// The tokens of a piece.
  struct Entry {
    fileprivate(set) var key: Key
    fileprivate var ids: (UInt32, UInt32, UInt32)
    /// Where the first and the second token end in the piece.
    fileprivate var ends: (UInt8, UInt8)
    fileprivate(set) var count: UInt8
  }

  private static let largest = 1 << 16

  private let slots: UnsafeMutablePointer<Entry>
  private let mask: Int

  /// The number of slots for a text of `count` bytes; 0 for a text too short for a cache to pay.
  static func size(forTextOf count: Int) -> Int {
    guard count >= 1 << 12 else { return 0 }
    var size = 1 << 9
    while size < largest, size * 8 < count { size *= 2 }
    return size
  }

  /// The number of slots.
  var size: Int { mask + 2 }

  /// Makes an empty cache of `size` slots, a power of two from `size(forTextOf:)`; nil if that is 0 or
  /// memory runs out.
  init?(size: Int) {
    guard size >= 2, let memory = calloc(size, MemoryLayout<Entry>.stride) else { return nil }
    slots = memory.bindMemory(to: Entry.self, capacity: size)
    // Even places only: the second place is the one behind.
    mask = size - 2
  }

  deinit {
    free(slots)
  }

  /// Appends the tokens of the piece if they are known; it begins at byte `start` and has `count`.
  @inline(__always)
  func append(
    _ key: Key, start: Int, count: Int, to buffer: inout TokenBuffer
  ) -> Bool {
    let home = key.hash & mask
    let place = slots[home].key == key ? home : home &+ 1
    let entry = slots[place]
    guard entry.key == key, entry.count > 0 else { return false }
    if entry.count == 1 {
      buffer.append(entry.ids.0, endingAt: start &+ count)
      return true
    }
    buffer.append(entry.ids.0, endingAt: start &+ Int(entry.ends.0))
    if entry.count == 3 { buffer.append(entry.ids.1, endingAt: start &+ Int(entry.ends.1)) }
    buffer.append(entry.count == 3 ? entry.ids.2 : entry.ids.1, endingAt: start &+ count)
    return true
  }

  /// Remembers the tokens of a piece, and where the first two end in it, if there are at most 3.
  func insert(
    _ key: Key, ids: UnsafeBufferPointer<UInt32>, ends: (first: Int, second: Int)
  ) {
    guard (1...3).contains(ids.count), let first = UInt8(exactly: ends.first),
      let second = UInt8(exactly: ends.second)
    else { return }
    let home = key.hash & mask
    slots[home + 1] = slots[home]
    slots[home] = Entry(
      key: key, ids: (ids[0], ids.count > 1 ? ids[1] : 0, ids.count > 2 ? ids[2] : 0),
      ends: (first, second), count: UInt8(ids.count))
  }
}
