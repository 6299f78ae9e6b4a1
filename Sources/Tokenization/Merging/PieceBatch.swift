internal import Bytes
internal import CVector

/// Pieces that wait to be encoded. Between the time that a piece is found and the time that its tokens are
/// looked up, the processor has fetched them.
///
/// Invariant: `items` points to `capacity` initialised elements, of which the first `count` are the
/// pieces that wait.
final class PieceBatch {
  /// A piece of a text.
  struct Item {
    /// The piece, if it has at most `PieceKey.limit` bytes.
    var key: PieceKey
    /// Where it begins in the text, in bytes.
    var start: Int
    /// Its length in bytes.
    var count: UInt32
    /// The hash of the key.
    var hash: UInt32
  }

  /// As many pieces as cover the time that memory takes to answer.
  private static let capacity = 32

  private(set) var count = 0
  private let items: UnsafeMutablePointer<Item>

  init() {
    items = .allocate(capacity: Self.capacity)
    let none = Item(key: PieceKey(low: 0, high: 0), start: 0, count: 0, hash: 0)
    items.initialize(repeating: none, count: Self.capacity)
  }

  deinit {
    items.deallocate()
  }

  /// Adds a piece of `text`; there is room for it. Returns whether there is no room for another.
  @inline(__always)
  func append(_ text: UnsafeRawBufferPointer, _ piece: ByteRange, _ cache: PieceCache) -> Bool {
    let index = count
    guard index < Self.capacity else { return true }
    let length = piece.end &- piece.start
    if length <= PieceKey.limit {
      let key = PieceKey(text, at: piece.start, count: length)
      let hash = key.hash
      cvector_prefetch(cache.address(ofHash: hash))
      items[index] = Item(
        key: key, start: piece.start, count: UInt32(truncatingIfNeeded: length), hash: hash)
    } else {
      items[index].start = piece.start
      items[index].count = UInt32(truncatingIfNeeded: length)
    }
    count = index &+ 1
    return index &+ 1 == Self.capacity
  }

  /// Calls `body` with each piece in order and forgets them.
  @inline(__always)
  func removeAll(_ body: (UnsafePointer<Item>) -> Void) {
    for index in 0..<count { body(UnsafePointer(items + index)) }
    count = 0
  }
}
