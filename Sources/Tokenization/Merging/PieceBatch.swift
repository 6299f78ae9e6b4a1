internal import Bytes
internal import CVector

/// Pieces that wait to be encoded. Between the time that a piece is found and the time that its tokens are
/// looked up, the processor fetches the places where they may be.
///
/// Invariant: `items` and `hashes` point to `capacity` initialised elements; the first `count` belong to
/// the pieces that wait.
final class PieceBatch {
  /// A piece of a text: 32 bytes.
  struct Item {
    /// The piece; that of no piece if it has more than `PieceKey.limit` bytes.
    var key = PieceKey.none
    /// Where it begins in the text, in bytes.
    var start = 0
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
  /// The pieces that wait.
  let items: UnsafeMutablePointer<Item>
  /// `PieceSlot.hash` of long pieces, and of the short ones that were prepared; 0 if it is not known.
  private let hashes: UnsafeMutablePointer<UInt64>

  init() {
    items = .allocate(capacity: Self.capacity)
    items.initialize(repeating: Item(), count: Self.capacity)
    hashes = .allocate(capacity: Self.capacity)
    hashes.initialize(repeating: 0, count: Self.capacity)
  }

  deinit {
    items.deallocate()
    hashes.deallocate()
  }

  /// Adds a piece of `text`; there is room for it. Returns whether there is no room for another.
  @inline(__always)
  func append(_ text: UnsafeRawBufferPointer, _ piece: ByteRange, _ cache: PieceCache) -> Bool {
    guard count < Self.capacity else { return true }
    set(items + count, text, piece, cache.places, cache.longPieces)
    count &+= 1
    return count == Self.capacity
  }

  /// Fills an empty batch with the pieces that `rule` finds from `start` on, and returns where the last
  /// one ends. Finding pieces and making their keys go hand in hand in the processor.
  @inline(__always)
  func fill<Rule: SplitRule>(
    _ text: ScannedText, from start: Int, _ rule: Rule.Type, _ cache: PieceCache
  ) -> Int {
    let bytes = UnsafeRawBufferPointer(start: text.base, count: text.count)
    let (places, longPieces) = (cache.places, cache.longPieces)
    var next = items
    let limit = items + Self.capacity
    let end = Rule.forEachPiece(in: text, from: start) { piece in
      set(next, bytes, piece, places, longPieces)
      next += 1
      return next == limit
    }
    count = next - items
    return end
  }

  @inline(__always)
  private func set(
    _ item: UnsafeMutablePointer<Item>, _ text: UnsafeRawBufferPointer, _ piece: ByteRange,
    _ places: PieceCache.Places, _ longPieces: LongPieceCache
  ) {
    let length = piece.end &- piece.start
    item.pointee.start = piece.start
    item.pointee.count = UInt32(truncatingIfNeeded: length)
    guard length <= PieceKey.limit else {
      setLong(item, text, piece, longPieces)
      return
    }
    let key = PieceKey(text, at: piece.start, count: length)
    let hash = key.hash
    cvector_prefetch(places.home(of: hash))
    item.pointee.key = key
    item.pointee.keyHash = hash
  }

  @inline(never)
  private func setLong(
    _ item: UnsafeMutablePointer<Item>, _ text: UnsafeRawBufferPointer, _ piece: ByteRange,
    _ cache: LongPieceCache
  ) {
    item.pointee.key = PieceKey.none
    item.pointee.keyHash = 0
    guard piece.count <= LongPieceCache.limit else {
      hashes[item - items] = 0
      return
    }
    let hash = PieceSlot.hash(UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end]))
    hashes[item - items] = hash
    cache.prefetch(hash)
  }

  /// `PieceSlot.hash` of the piece at `index`, which was prepared or is long.
  @inline(__always)
  func hash(at index: Int, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let hash = hashes[index]
    return hash == 0 ? PieceSlot.hash(bytes) : hash
  }

  /// Forgets all pieces.
  func removeAll() {
    count = 0
  }

  /// Hashes the short pieces from `first` on that the cache does not know at home, and lets the processor fetch what
  /// the table of whole tokens has of all of them at the same time.
  @inline(never)
  func prepare(from first: Int, _ cache: PieceCache, _ tables: VocabularyTables) {
    var missing: UInt64 = 0
    for index in first..<count {
      let item = items + index
      if item.pointee.isLong { continue }
      if cache.holdsAtHome(item.pointee.key, hash: item.pointee.keyHash) {
        hashes[index] = 0
        continue
      }
      let hash = PieceSlot.hash(of: item.pointee.key)
      hashes[index] = hash
      tables.prefetchSlot(ofPieceHash: hash)
      missing |= 1 &<< UInt64(index)
    }
    forEachBit(of: missing) { tables.prefetchOffset(ofPieceHash: hashes[$0]) }
    forEachBit(of: missing) { tables.prefetchBytes(ofPieceHash: hashes[$0]) }
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
