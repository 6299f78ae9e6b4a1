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

  /// How many pieces make it full; those of the window that holds the last of them may be more. As many as cover the time
  /// that memory takes to answer, and few enough to stay in the processor's nearest cache.
  let capacity = 512
  /// The most pieces that end in 64 bytes.
  private static let window = 64

  private(set) var count = 0
  /// The pieces that wait.
  let items: UnsafeMutablePointer<Item>
  /// `PieceSlot.hash` of long pieces, and of the short ones that were prepared; 0 if it is not known.
  private let hashes: UnsafeMutablePointer<UInt64>
  /// The rows of a merger that have the tokens of parts.
  private let answers: UnsafeMutablePointer<Int?>
  /// The pieces that were not known when the batch was prepared.
  private let missing: UnsafeMutablePointer<Int>
  /// The short pieces that wait in the rows of the merger; -1 for a row of another piece.
  private let rowItems: UnsafeMutablePointer<Int>

  /// Makes an empty batch.
  init() {
    let capacity = capacity + Self.window
    items = .allocate(capacity: capacity)
    items.initialize(repeating: Item(), count: capacity)
    hashes = .allocate(capacity: capacity)
    hashes.initialize(repeating: 0, count: capacity)
    answers = .allocate(capacity: capacity)
    answers.initialize(repeating: nil, count: capacity)
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

  /// Adds the parts of a piece, for which there is room.
  @inline(__always)
  func appendParts(
    of text: UnsafeRawBufferPointer, _ piece: ByteRange, _ finder: PartFinder,
    _ tables: VocabularyTables, _ cache: PieceCache
  ) {
    let (places, longPieces) = (cache.places, cache.longPieces)
    let first = finder.partCount
    finder.find(text, from: piece.start, to: piece.end, tables)
    var next = items + count
    for part in first..<finder.partCount {
      let characters = finder.characters(ofPart: part)
      let start = Int(finder.starts[characters.lowerBound])
      let end = Int(finder.starts[characters.upperBound])
      let symbol = finder.symbols[characters.lowerBound]
      set(next, text, ByteRange(start, end), places, longPieces)
      let isToken: UInt64 = characters.count == 1 && symbol != PartFinder.noSymbol ? 1 : 0
      next.pointee.key = next.pointee.key.replaced(by: PieceKey.token(symbol), if: isToken)
      next += 1
    }
    count = next - items
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

  /// The row of the merger with the tokens of the long part at `index`, which was prepared; nil if it was not merged.
  @inline(__always)
  func answer(at index: Int) -> Int? { answers[index] }

  /// Finds the tokens of pieces from `first` on that the cache does not know, all at the same time, so that the
  /// processor need not wait for memory for each; puts those of short pieces into the cache.
  ///
  /// - Parameter merger: merges those that are no tokens; nil if none are to be found.
  @inline(never)
  func prepare(
    _ text: UnsafeRawBufferPointer, from first: Int, _ cache: PieceCache,
    _ tables: VocabularyTables, _ merger: InterleavedMerger?
  ) {
    let number = findMissing(from: first, cache, areParts: false)
    for place in 0..<number { hash(missing[place], cache, tables) }
    for place in 0..<number { tables.prefetchOffset(ofPieceHash: hashes[missing[place]]) }
    for place in 0..<number { tables.prefetchBytes(ofPieceHash: hashes[missing[place]]) }
    guard let merger else { return }
    merger.removeAll()
    for place in 0..<number {
      let index = missing[place]
      let item = items[index]
      if !item.isLong {
        let piece = UnsafeRawBufferPointer(
          rebasing: text[item.start..<(item.start &+ Int(item.count))])
        answer(item, index, piece, cache, tables, merger)
      }
    }
    merger.merge()
    remember(text, cache, merger)
  }

  /// The same for parts, of which none need be looked up as a whole: what is a token merges to it. Tokens of long ones
  /// are the answers to them.
  @inline(never)
  func prepareParts(
    _ text: UnsafeRawBufferPointer, from first: Int, _ finder: PartFinder, _ cache: PieceCache,
    _ merger: InterleavedMerger
  ) {
    let number = findMissing(from: first, cache, areParts: true)
    for place in 0..<number {
      answers[missing[place]] = nil
      cache.prefetchNeighbour(ofHash: items[missing[place]].keyHash)
    }
    merger.removeAll()
    for place in 0..<number {
      let index = missing[place]
      let item = items[index]
      if !item.isLong, cache.holds(items + index) { continue }
      guard let row = addPart(text, item, index, finder, merger) else { continue }
      rowItems[row] = item.isLong ? -1 : index
      answers[index] = row
    }
    merger.merge()
    remember(text, cache, merger)
  }

  @inline(__always)
  private func addPart(
    _ text: UnsafeRawBufferPointer, _ item: Item, _ index: Int, _ finder: PartFinder,
    _ merger: InterleavedMerger
  ) -> Int? {
    if index < finder.partCount, let row = merger.add(finder, finder.characters(ofPart: index)) {
      return row
    }
    let piece = UnsafeRawBufferPointer(
      rebasing: text[item.start..<(item.start &+ Int(item.count))])
    return merger.add(piece, isASCII: false, isNoToken: false)
  }

  /// Finds the pieces from `first` on that the cache does not know at home, and returns how many there are.
  ///
  /// - Parameter areParts: whether some may be those of tokens, which are known.
  @inline(__always)
  private func findMissing(from first: Int, _ cache: PieceCache, areParts: Bool) -> Int {
    let (places, missing, count) = (cache.places, missing, count)
    var item = items + first
    var index = first
    var number = 0
    while index < count {
      // Which are known cannot be foreseen: no branch.
      missing[number] = index
      let isToken = areParts && item.pointee.key.isToken ? 1 : 0
      number &+= (1 &- places.bitOfHome(item)) & (1 &- isToken)
      item += 1
      index &+= 1
    }
    return number
  }

  /// Hashes a piece and asks for the places beside its home, and for what the table of whole tokens has of it.
  @inline(__always)
  private func hash(_ index: Int, _ cache: PieceCache, _ tables: VocabularyTables) {
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
    if cache.holds(items + index) { return }
    let id =
      key.count == 1
      ? tables.token(ofByte: key.first) : tables.token(ofPiece: key, hash: hashes[index])
    if let id {
      cache.insert(key, ids: (id, 0, 0), ends: (0, 0), count: 1)
      return
    }
    guard
      let row = merger.add(
        piece, isASCII: !key.hasMultibyteCharacters, isNoToken: true)
    else { return }
    rowItems[row] = index
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
      // A piece may stand in a batch more than once.
      if cache.places.bitOfHome(items + index) == 1 { continue }
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: PieceKey.limit) { ids in
        var count = 0
        merger.forEachToken(inRow: row) { id, _ in
          ids[count] = id
          count += 1
        }
        let piece = UnsafeRawBufferPointer(
          rebasing: text[item.start..<(item.start &+ Int(item.count))])
        cache.insert(
          item.key, piece, ids: UnsafeBufferPointer(rebasing: ids[..<count]),
          ends: merger.firstEnds(inRow: row))
      }
    }
  }
}
