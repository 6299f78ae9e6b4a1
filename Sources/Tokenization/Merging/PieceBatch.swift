internal import Bytes
internal import CVector

/// Pieces that wait to be encoded. Between the time that a piece is found and the time that its tokens are
/// looked up, the processor fetches the places where they may be.
///
/// Invariant: `items` points to `capacity` initialised elements, of which the first `count` are the
/// pieces that wait.
final class PieceBatch {
  /// A piece of a text.
  struct Item {
    /// The piece, if it has at most `PieceKey.limit` bytes.
    var key = PieceKey(low: 0, high: 0)
    /// Where it begins in the text, in bytes.
    var start = 0
    /// `PieceSlot.hash` of the piece; 0 where it is not known.
    var hash: UInt64 = 0
    /// Its length in bytes.
    var count: UInt32 = 0
    /// The hash of the key.
    var keyHash: UInt32 = 0

    /// Whether the piece is too long for a key.
    var isLong: Bool { Int(count) > PieceKey.limit }
  }

  /// As many pieces as cover the time that memory takes to answer.
  static let capacity = 64

  private(set) var count = 0
  private let items: UnsafeMutablePointer<Item>

  init() {
    items = .allocate(capacity: Self.capacity)
    items.initialize(repeating: Item(), count: Self.capacity)
  }

  deinit {
    items.deallocate()
  }

  /// Adds a piece of `text`; there is room for it. Returns whether there is no room for another.
  @inline(__always)
  func append(_ text: UnsafeRawBufferPointer, _ piece: ByteRange, _ cache: PieceCache) -> Bool {
    let index = count
    guard index < Self.capacity else { return true }
    let item = items + index
    let length = piece.end &- piece.start
    item.pointee.start = piece.start
    item.pointee.count = UInt32(truncatingIfNeeded: length)
    item.pointee.hash = 0
    if length <= PieceKey.limit {
      let key = PieceKey(text, at: piece.start, count: length)
      let hash = key.hash
      cvector_prefetch(cache.address(ofHash: hash))
      item.pointee.key = key
      item.pointee.keyHash = hash
    } else {
      appendLong(text, piece, item, cache.longPieces)
    }
    count = index &+ 1
    return index &+ 1 == Self.capacity
  }

  /// Fills an empty batch with the pieces that `rule` finds from `start` on, and returns where the last
  /// one ends. Finding pieces and making their keys go hand in hand in the processor.
  @inline(__always)
  func fill<Rule: SplitRule>(
    _ text: ScannedText, from start: Int, _ rule: Rule.Type, _ cache: PieceCache
  ) -> Int {
    let bytes = UnsafeRawBufferPointer(start: text.base, count: text.count)
    return Rule.forEachPiece(in: text, from: start) { append(bytes, $0, cache) }
  }

  @inline(never)
  private func appendLong(
    _ text: UnsafeRawBufferPointer, _ piece: ByteRange, _ item: UnsafeMutablePointer<Item>,
    _ cache: LongPieceCache
  ) {
    guard piece.count <= LongPieceCache.limit else { return }
    let hash = PieceSlot.hash(UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end]))
    item.pointee.hash = hash
    cache.prefetch(hash)
  }

  /// `PieceSlot.hash` of the piece of an item.
  @inline(__always)
  static func hash(of item: Item, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    item.hash == 0 ? PieceSlot.hash(bytes) : item.hash
  }

  /// Calls `body` with each piece in order, and forgets them.
  @inline(__always)
  func removeAll(_ body: (_ index: Int, _ item: UnsafePointer<Item>) -> Void) {
    let items = items
    for index in 0..<count { body(index, UnsafePointer(items + index)) }
    count = 0
  }

  /// Hashes the short pieces from `first` on that the cache does not know, and lets the processor fetch what
  /// the table of whole tokens has of all of them at the same time.
  @inline(never)
  func prepare(
    from first: Int, of text: UnsafeRawBufferPointer, _ cache: PieceCache,
    _ tables: VocabularyTables
  ) {
    var missing: UInt64 = 0
    for index in first..<count {
      let item = items + index
      guard !item.pointee.isLong, !cache.holds(item.pointee.key, hash: item.pointee.keyHash) else {
        continue
      }
      let start = item.pointee.start
      let hash = PieceSlot.hash(
        UnsafeRawBufferPointer(rebasing: text[start..<(start &+ Int(item.pointee.count))]))
      item.pointee.hash = hash
      tables.prefetchSlot(ofPieceHash: hash)
      missing |= 1 &<< UInt64(index)
    }
    forEachBit(of: missing) { tables.prefetchOffset(ofPieceHash: items[$0].hash) }
    forEachBit(of: missing) { tables.prefetchBytes(ofPieceHash: items[$0].hash) }
  }

  @inline(__always)
  private func forEachBit(of mask: UInt64, _ body: (Int) -> Void) {
    var rest = mask
    while rest != 0 {
      body(rest.trailingZeroBitCount)
      rest &= rest &- 1
    }
  }
}
