internal import Bytes
internal import CVector

/// Pieces that wait to be encoded. Between the time that a piece is found and the time that its tokens are
/// looked up, the processor fetches the places where they may be.
///
/// Invariant: `items`, `hashes`, `answers` and `missing` point to `capacity + window` initialised elements, the first
/// `count` of which belong to the pieces that wait; `rowItems` points to one for each row of a merger.
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

  /// How many pieces make it full; those of the window that holds the last of them may be more.
  let capacity: Int
  /// The most pieces that end in 64 bytes.
  private static let window = 64

  private(set) var count = 0
  /// The pieces that wait.
  let items: UnsafeMutablePointer<Item>
  /// `PieceSlot.hash` of long pieces, and of the short ones that were prepared; 0 if it is not known.
  private let hashes: UnsafeMutablePointer<UInt64>
  private let answers: UnsafeMutablePointer<Answer>
  /// The pieces that were not known when the batch was prepared.
  private let missing: UnsafeMutablePointer<Int>
  /// The short pieces that wait in the rows of the merger; -1 for a row of another piece.
  private let rowItems: UnsafeMutablePointer<Int>

  /// What was found out about a long piece when the batch was prepared.
  enum Answer {
    case nothing
    /// It is this token.
    case token(UInt32)
    /// It was merged to the tokens in this row of the merger.
    case row(Int)
  }

  /// Makes a batch of about `capacity` pieces: as many as cover the time that memory takes to answer, and few enough
  /// to stay in the processor's nearest cache.
  init(capacity: Int = 256) {
    self.capacity = capacity
    let capacity = capacity + Self.window
    items = .allocate(capacity: capacity)
    items.initialize(repeating: Item(), count: capacity)
    hashes = .allocate(capacity: capacity)
    hashes.initialize(repeating: 0, count: capacity)
    answers = .allocate(capacity: capacity)
    answers.initialize(repeating: .nothing, count: capacity)
    missing = .allocate(capacity: capacity)
    missing.initialize(repeating: 0, count: capacity)
    rowItems = .allocate(capacity: InterleavedMerger.limit)
    rowItems.initialize(repeating: -1, count: InterleavedMerger.limit)
  }

  deinit {
    items.deallocate()
    hashes.deallocate()
    answers.deallocate()
    missing.deallocate()
    rowItems.deallocate()
  }

  /// Adds a piece of `text`; there is room for it. Returns whether there is no room for another.
  @inline(__always)
  func append(_ text: UnsafeRawBufferPointer, _ piece: ByteRange, _ cache: PieceCache) -> Bool {
    guard count < capacity else { return true }
    set(items + count, text, piece, cache.places, cache.longPieces)
    count &+= 1
    return count == capacity
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
    let limit = items + capacity
    let end = Rule.forEachPiece(
      in: text, from: start,
      window: { first, ends in
        next = setAll(next, bytes, first, ends, places, longPieces)
        return (first &+ 63 &- ends.leadingZeroBitCount, next >= limit)
      }
    ) { piece in
      set(next, bytes, piece, places, longPieces)
      next += 1
      return next >= limit
    }
    count = next - items
    return end
  }

  /// Sets the items of the pieces in 64 bytes, behind which there are 16 more, from `next` on, and returns the place
  /// behind the last. A function of its own, so that what the loop needs stays in registers.
  @inline(never)
  private func setAll(
    _ next: UnsafeMutablePointer<Item>, _ text: UnsafeRawBufferPointer, _ first: Int,
    _ ends: UInt64, _ places: PieceCache.Places, _ longPieces: LongPieceCache
  ) -> UnsafeMutablePointer<Item> {
    guard let window = text.baseAddress.map({ $0 + first }) else { return next }
    var item = next
    var rest = ends
    var start = 0
    var lengths = 0
    while rest != 0 {
      let end = rest.trailingZeroBitCount
      rest &= rest &- 1
      let length = end &- start
      lengths |= length
      let key = PieceKey(window + start, count: length)
      let hash = key.hash
      cvector_prefetch(places.home(of: hash))
      item.pointee = Item(
        key: key, start: first &+ start, count: UInt32(truncatingIfNeeded: length), keyHash: hash)
      item += 1
      start = end
    }
    if lengths > PieceKey.limit { setLong(next, item, text, longPieces) }
    return item
  }

  /// Corrects the items of long pieces.
  @inline(never)
  private func setLong(
    _ next: UnsafeMutablePointer<Item>, _ end: UnsafeMutablePointer<Item>,
    _ text: UnsafeRawBufferPointer, _ cache: LongPieceCache
  ) {
    var item = next
    while item < end {
      if item.pointee.isLong {
        let start = item.pointee.start
        setLong(item, text, ByteRange(start, start + Int(item.pointee.count)), cache)
      }
      item += 1
    }
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

  /// `PieceSlot.hash` of the long piece at `index`, of at most `LongPieceCache.limit` bytes.
  @inline(__always)
  func hash(ofLongPiece index: Int) -> UInt64 { hashes[index] }

  /// Forgets all pieces.
  func removeAll() {
    count = 0
  }

  /// What is known about the long piece at `index`, which was prepared.
  @inline(__always)
  func answer(at index: Int) -> Answer { answers[index] }

  /// Finds the tokens of pieces from `first` on that the cache does not know, all at the same time, so that the
  /// processor need not wait for memory for each; puts those of short pieces into the cache.
  ///
  /// - Parameters:
  ///   - merger: merges those that are no tokens; nil if none are to be found.
  ///   - areParts: whether the pieces are not to be cut, and long ones not in a cache of their own.
  @inline(never)
  func prepare(
    _ text: UnsafeRawBufferPointer, from first: Int, _ cache: PieceCache,
    _ tables: VocabularyTables, _ merger: InterleavedMerger?, areParts: Bool
  ) {
    let number = findMissing(from: first, cache)
    for place in 0..<number { hash(missing[place], cache, tables) }
    for place in 0..<number { tables.prefetchOffset(ofPieceHash: hashes[missing[place]]) }
    for place in 0..<number { tables.prefetchBytes(ofPieceHash: hashes[missing[place]]) }
    guard let merger else { return }
    merger.removeAll()
    for place in 0..<number {
      let index = missing[place]
      let item = items[index]
      let piece = UnsafeRawBufferPointer(
        rebasing: text[item.start..<(item.start &+ Int(item.count))])
      if !item.isLong {
        answer(item, index, piece, cache, tables, merger)
      } else if areParts {
        answers[index] = answer(piece, hash: hashes[index], tables, merger)
      }
    }
    merger.merge()
    remember(text, cache, merger)
  }

  /// Finds the pieces from `first` on that the cache does not know at home, and returns how many there are.
  @inline(__always)
  private func findMissing(from first: Int, _ cache: PieceCache) -> Int {
    let (items, missing, places) = (items, missing, cache.places)
    var number = 0
    for index in first..<count {
      let isKnown = places.holds(items[index].key, hash: items[index].keyHash)
      // Which are known cannot be foreseen: no branch.
      missing[number] = index
      number &+= isKnown ? 0 : 1
    }
    return number
  }

  /// Hashes a piece and asks for the places beside its home, and for what the table of whole tokens has of it.
  @inline(__always)
  private func hash(_ index: Int, _ cache: PieceCache, _ tables: VocabularyTables) {
    answers[index] = .nothing
    let item = items + index
    if !item.pointee.isLong {
      hashes[index] = PieceSlot.hash(of: item.pointee.key)
      cache.prefetchNeighbour(ofHash: item.pointee.keyHash)
    }
    tables.prefetchSlot(ofPieceHash: hashes[index])
  }

  /// Puts a short piece into the cache if it is a token, and has it merged if it is none.
  @inline(__always)
  private func answer(
    _ item: Item, _ index: Int, _ piece: UnsafeRawBufferPointer, _ cache: PieceCache,
    _ tables: VocabularyTables, _ merger: InterleavedMerger
  ) {
    let key = item.key
    if cache.holds(key, hash: item.keyHash) { return }
    let id =
      key.count == 1
      ? tables.token(ofByte: key.first) : tables.token(ofPiece: key, hash: hashes[index])
    if let id {
      cache.insert(key, ids: (id, 0, 0), ends: (0, 0), count: 1)
      return
    }
    guard let row = merger.add(piece, isASCII: !key.hasMultibyteCharacters) else { return }
    rowItems[row] = index
  }

  private func answer(
    _ piece: UnsafeRawBufferPointer, hash: UInt64, _ tables: VocabularyTables,
    _ merger: InterleavedMerger
  ) -> Answer {
    if piece.count <= tables.longestToken, let id = tables.token(ofPiece: piece, hash: hash) {
      return .token(id)
    }
    guard let row = merger.add(piece, isASCII: false) else { return .nothing }
    rowItems[row] = -1
    return .row(row)
  }

  /// Puts the short pieces that were merged into the cache.
  @inline(__always)
  private func remember(
    _ text: UnsafeRawBufferPointer, _ cache: PieceCache, _ merger: InterleavedMerger
  ) {
    for row in 0..<merger.count {
      let index = rowItems[row]
      guard index >= 0 else { continue }
      let item = items[index]
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: PieceKey.limit) { ids in
        var count = 0
        merger.forEachToken(inRow: row) { id, _ in
          ids[count] = id
          count += 1
        }
        let piece = UnsafeRawBufferPointer(
          rebasing: text[item.start..<(item.start &+ Int(item.count))])
        cache.insert(
          item.key, piece, hash: hashes[index], ids: UnsafeBufferPointer(rebasing: ids[..<count]),
          ends: merger.firstEnds(inRow: row))
      }
    }
  }
}
