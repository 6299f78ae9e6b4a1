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

  /// The most pieces.
  let capacity: Int

  private(set) var count = 0
  /// The pieces that wait.
  let items: UnsafeMutablePointer<Item>
  /// `PieceSlot.hash` of long pieces, and of the short ones that were prepared; 0 if it is not known.
  private let hashes: UnsafeMutablePointer<UInt64>
  private let answers: UnsafeMutablePointer<Answer>
  /// The pieces that were not known when the batch was prepared.
  private let missing: UnsafeMutablePointer<Int>

  /// What was found out about a piece when the batch was prepared.
  enum Answer {
    case nothing
    /// It is this token.
    case token(UInt32)
    /// It was merged to the tokens in this row of the merger.
    case row(Int)
  }

  /// Makes a batch of at most `capacity` pieces: as many as cover the time that memory takes to answer, and few enough
  /// to stay in the processor's nearest cache.
  init(capacity: Int = 256) {
    self.capacity = capacity
    items = .allocate(capacity: capacity)
    items.initialize(repeating: Item(), count: capacity)
    hashes = .allocate(capacity: capacity)
    hashes.initialize(repeating: 0, count: capacity)
    answers = .allocate(capacity: capacity)
    answers.initialize(repeating: .nothing, count: capacity)
    missing = .allocate(capacity: capacity)
    missing.initialize(repeating: 0, count: capacity)
  }

  deinit {
    items.deallocate()
    hashes.deallocate()
    answers.deallocate()
    missing.deallocate()
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

  /// What is known about the piece at `index`, which was prepared.
  @inline(__always)
  func answer(at index: Int) -> Answer { answers[index] }

  /// Finds the tokens of pieces from `first` on that the cache does not know, all at the same time, so that the
  /// processor need not wait for memory for each.
  ///
  /// - Parameters:
  ///   - merger: merges those that are no tokens; nil if none are to be found.
  ///   - areParts: whether the pieces are not to be cut, and long ones not in a cache of their own.
  @inline(never)
  func prepare(
    _ text: UnsafeRawBufferPointer, from first: Int, _ cache: PieceCache,
    _ tables: VocabularyTables, _ merger: InterleavedMerger?, areParts: Bool
  ) {
    let number = findMissing(from: first, cache, tables, takesLong: areParts)
    for place in 0..<number { tables.prefetchOffset(ofPieceHash: hashes[missing[place]]) }
    for place in 0..<number { tables.prefetchBytes(ofPieceHash: hashes[missing[place]]) }
    guard let merger else { return }
    merger.removeAll()
    for place in 0..<number {
      let index = missing[place]
      let item = items[index]
      let piece = UnsafeRawBufferPointer(
        rebasing: text[item.start..<(item.start &+ Int(item.count))])
      if item.isLong {
        answers[index] = answer(piece, hash: hashes[index], tables, merger)
      } else if !cache.holdsBesideHome(item.key, hash: item.keyHash) {
        answers[index] = answer(
          item.key, piece, hash: hashes[index], tables, merger, areParts: areParts)
      }
    }
    merger.merge()
  }

  /// Hashes the pieces from `first` on that the cache does not know at home, asks for what the table of whole tokens
  /// has of them, and returns how many there are.
  @inline(__always)
  private func findMissing(
    from first: Int, _ cache: PieceCache, _ tables: VocabularyTables, takesLong: Bool
  ) -> Int {
    var number = 0
    for index in first..<count {
      let item = items + index
      answers[index] = .nothing
      if item.pointee.isLong {
        guard takesLong, hashes[index] != 0 else { continue }
      } else if cache.holdsAtHome(item.pointee.key, hash: item.pointee.keyHash) {
        hashes[index] = 0
        continue
      } else {
        hashes[index] = PieceSlot.hash(of: item.pointee.key)
      }
      tables.prefetchSlot(ofPieceHash: hashes[index])
      missing[number] = index
      number &+= 1
    }
    return number
  }

  @inline(__always)
  private func answer(
    _ key: PieceKey, _ piece: UnsafeRawBufferPointer, hash: UInt64, _ tables: VocabularyTables,
    _ merger: InterleavedMerger, areParts: Bool
  ) -> Answer {
    let id =
      key.count == 1 ? tables.token(ofByte: key.first) : tables.token(ofPiece: key, hash: hash)
    if let id { return .token(id) }
    let isASCII = !key.hasMultibyteCharacters
    guard isASCII || areParts else { return .nothing }
    return merger.add(piece, isASCII: isASCII).map { .row($0) } ?? .nothing
  }

  private func answer(
    _ piece: UnsafeRawBufferPointer, hash: UInt64, _ tables: VocabularyTables,
    _ merger: InterleavedMerger
  ) -> Answer {
    if piece.count <= tables.longestToken, let id = tables.token(ofPiece: piece, hash: hash) {
      return .token(id)
    }
    return merger.add(piece, isASCII: false).map { .row($0) } ?? .nothing
  }
}
