/// The tokens of pieces that were met lately: short ones of up to 15 bytes and 3 tokens in slots, all
/// others in `LongPieceCache`.
///
/// Each short piece has two places side by side in one line of the processor's cache. A new one takes the
/// second and goes to the first when it is met again, so that pieces that are met once do not push out
/// those that come often. The slots begin with 16 KiB and grow with what is put in, to at
/// most 4 MiB.
///
/// Invariant: `slots` points to `mask + 2` entries, a power of two of them; an entry of zeros is that of a
/// piece of no bytes, which no key is.
final class PieceCache {
  /// The tokens of a piece: 32 bytes.
  struct Entry {
    fileprivate var low: UInt64 = 0
    fileprivate var high: UInt64 = 0
    /// The token ids.
    fileprivate(set) var ids: (UInt32, UInt32, UInt32) = (0, 0, 0)
    /// Where the first and the second token end in the piece.
    fileprivate(set) var ends: (UInt8, UInt8) = (0, 0)
    /// The number of tokens; 0 if they are to be found among the long pieces.
    fileprivate(set) var count: UInt8 = 0

    @inline(__always)
    fileprivate func holds(_ key: PieceKey) -> Bool { (low ^ key.low) | (high ^ key.high) == 0 }
  }

  /// The most memory that a cache takes, in bytes: 4 MiB for short pieces, the rest for long ones.
  static let memoryLimit = largest * MemoryLayout<Entry>.stride + LongPieceCache.memoryLimit

  private static let largest = 1 << 17

  /// The tokens of longer pieces.
  let longPieces = LongPieceCache()

  private var slots: UnsafeMutablePointer<Entry>
  private var mask: Int
  private var insertions = 0

  init() {
    slots = Self.makeSlots(1 << 9)
    mask = (1 << 9) - 2
  }

  deinit {
    slots.deallocate()
  }

  private static func makeSlots(_ count: Int) -> UnsafeMutablePointer<Entry> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Entry>.stride, alignment: 64)
    let slots = memory.bindMemory(to: Entry.self, capacity: count)
    slots.initialize(repeating: Entry(), count: count)
    return slots
  }

  /// Where the tokens of a piece with this hash are, for reading ahead.
  @inline(__always)
  func address(ofHash hash: UInt32) -> UnsafeRawPointer {
    UnsafeRawPointer(slots + (Int(hash) & mask))
  }

  /// Whether a piece is known.
  @inline(__always)
  func holds(_ key: PieceKey, hash: UInt32) -> Bool {
    let home = slots + (Int(hash) & mask)
    return home[0].holds(key) || home[1].holds(key)
  }

  /// The entry of a piece; nil if it is not known. It is there until something is put in.
  @inline(__always)
  func entry(of key: PieceKey, hash: UInt32) -> UnsafePointer<Entry>? {
    let home = slots + (Int(hash) & mask)
    if home.pointee.holds(key) { return UnsafePointer(home) }
    return secondEntry(of: key, home)
  }

  @inline(never)
  private func secondEntry(
    of key: PieceKey, _ home: UnsafeMutablePointer<Entry>
  ) -> UnsafePointer<Entry>? {
    guard home[1].holds(key) else { return nil }
    let first = home[0]
    home[0] = home[1]
    home[1] = first
    return UnsafePointer(home)
  }

  /// Remembers the tokens of a piece, and where the first two end in it.
  ///
  /// - Parameter count: the number of tokens, 0 if there are more than 3 and `longPieces` has them.
  func insert(
    _ key: PieceKey, ids: (UInt32, UInt32, UInt32), ends: (UInt8, UInt8), count: UInt8
  ) {
    insertions += 1
    if insertions > mask / 2, mask + 2 < Self.largest { grow() }
    insert(Entry(low: key.low, high: key.high, ids: ids, ends: ends, count: count), at: key.hash)
  }

  /// Even places only are homes: the second place is the one behind.
  private func insert(_ entry: Entry, at hash: UInt32) {
    let home = slots + (Int(hash) & mask)
    home[home[0].high == 0 ? 0 : 1] = entry
  }

  private func grow() {
    let (old, count) = (slots, mask + 2)
    slots = Self.makeSlots(count * 4)
    mask = count * 4 - 2
    for index in 0..<count where old[index].high != 0 {
      insert(old[index], at: PieceKey(low: old[index].low, high: old[index].high).hash)
    }
    old.deallocate()
  }
}
