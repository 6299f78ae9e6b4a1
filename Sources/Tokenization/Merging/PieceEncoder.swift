internal import Bytes
internal import TextProcessing

/// Turns pieces into tokens: those it met lately from a cache, others from the table of whole tokens or by
/// merging.
final class PieceEncoder {
  private let vocabulary: Vocabulary
  let tables: VocabularyTables
  let pairEncoder: BytePairEncoder
  let cache = PieceCache()
  let batch = PieceBatch()
  let parts = PieceBatch()
  let finder = PartFinder()
  var cuts = PieceCuts()
  /// Merges short pieces; nil if merges begin with characters.
  private let merger: InterleavedMerger?
  let partMerger: InterleavedMerger?

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    tables = vocabulary.tables
    pairEncoder = BytePairEncoder(vocabulary)
    merger = vocabulary.characters == nil ? InterleavedMerger(vocabulary.tables) : nil
    partMerger = vocabulary.characters == nil ? InterleavedMerger(vocabulary.tables) : nil
  }

  /// Encodes the pieces of `text` that `preTokenizer` finds, and appends their tokens to `buffer`; ends
  /// count from `base`.
  func encode(
    _ text: UnsafeRawBufferPointer, base: Int, _ preTokenizer: PreTokenizer,
    _ matchers: [PatternMatcher], into buffer: inout TokenBuffer
  ) throws(PatternError) {
    let (batch, cache) = (batch, cache)
    // A text whose pattern failed leaves its pieces behind.
    batch.removeAll()
    forgetCuts()
    guard let rule = preTokenizer.rule(for: text) else {
      try preTokenizer.forEachPiece(of: text, matchers: matchers) { piece in
        if batch.append(text, piece, cache) { encodeBatch(text, base, &buffer) }
      }
      encodeBatch(text, base, &buffer)
      return
    }
    var start = 0
    while start < text.count {
      start = rule.fill(batch, from: start, cache)
      encodeBatch(text, base, &buffer)
    }
  }

  @inline(never)
  private func encodeBatch(
    _ text: UnsafeRawBufferPointer, _ base: Int, _ buffer: inout TokenBuffer
  ) {
    let (batch, cache) = (batch, cache)
    var isPrepared = false
    var index = 0
    while true {
      if !buffer.recordsEnds { appendKnown(batch, from: &index, cache, &buffer) }
      guard index < batch.count else { break }
      let item = batch.items[index]
      if item.isLong {
        encodeLong(text, index, base, &buffer)
        index &+= 1
        continue
      }
      let entry = cache.entry(of: item.key, hash: item.keyHash)
      if append(entry, item, base, &buffer)
        || (entry != nil && appendAmongLong(text, item, base, &buffer))
      {
        index &+= 1
      } else if !isPrepared {
        batch.prepare(text, from: index, cache, tables, merger)
        isPrepared = true
      } else {
        encodeShort(text, item, base, &buffer)
        index &+= 1
      }
    }
    batch.removeAll()
    cuts.removeAll()
  }

  /// Appends the tokens of the pieces from `index` on that the cache has in their first places, and moves
  /// `index` to the first piece that is another.
  @inline(__always)
  private func appendKnown(
    _ batch: PieceBatch, from index: inout Int, _ cache: PieceCache, _ buffer: inout TokenBuffer
  ) {
    let places = cache.places
    var item = batch.items + index
    let end = batch.items + batch.count
    // One more, which writing four ids at a time may reach.
    buffer.append(upTo: 3 &* (end - item) &+ 1) { place in
      while item < end {
        let entry = places.home(of: item.pointee.keyHash)
        let count = entry.pointee.count
        guard entry.pointee.holds(item.pointee.key), count > 0 else { break }
        places.copyIDs(of: entry, to: place)
        place += Int(count)
        item += 1
      }
    }
    index = item - batch.items
  }

  /// Appends the tokens of a short piece if the entry of the cache has them.
  @inline(__always)
  func append(
    _ entry: UnsafePointer<PieceCache.Entry>?, _ item: PieceBatch.Item, _ base: Int,
    _ buffer: inout TokenBuffer
  ) -> Bool {
    guard let entry, entry.pointee.count > 0 else { return false }
    Self.append(
      entry.pointee, start: base &+ item.start, count: Int(item.count), to: &buffer)
    return true
  }

  private static func append(
    _ entry: PieceCache.Entry, start: Int, count: Int, to buffer: inout TokenBuffer
  ) {
    let (first, second) = (start + Int(entry.ends.0), start + Int(entry.ends.1))
    switch entry.count {
    case 1: buffer.append(entry.ids.0, endingAt: start + count)
    case 2:
      buffer.append(entry.ids.0, endingAt: first)
      buffer.append(entry.ids.1, endingAt: start + count)
    default:
      buffer.append(entry.ids.0, endingAt: first)
      buffer.append(entry.ids.1, endingAt: second)
      buffer.append(entry.ids.2, endingAt: start + count)
    }
  }
}

// MARK: - What the cache does not know

extension PieceEncoder {
  /// Appends the tokens of a short piece if they are with those of long pieces, and returns whether they are.
  @inline(never)
  func appendAmongLong(
    _ text: UnsafeRawBufferPointer, _ item: PieceBatch.Item, _ base: Int,
    _ buffer: inout TokenBuffer
  ) -> Bool {
    let piece = UnsafeRawBufferPointer(rebasing: text[item.start..<(item.start + item.key.count)])
    return cache.longPieces.append(
      piece, hash: PieceSlot.hash(of: item.key), base: base + item.start, tables: tables,
      to: &buffer)
  }

  /// Encodes a piece of at most `PieceKey.limit` bytes and remembers its tokens.
  @inline(never)
  private func encodeShort(
    _ text: UnsafeRawBufferPointer, _ item: PieceBatch.Item, _ base: Int,
    _ buffer: inout TokenBuffer
  ) {
    let piece = ByteRange(item.start, item.start + Int(item.count))
    let bytes = UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end])
    let hash = PieceSlot.hash(of: item.key)
    reserve(piece.count, &buffer)
    let first = buffer.count
    let start = base + piece.start
    var isMerged = false
    if !pairEncoder.appendWhole(item.key, hash: hash, base: start, into: &buffer) {
      isMerged = encodeParts(text, piece, !item.key.hasMultibyteCharacters, base, &buffer)
    }
    remember(item.key, bytes, buffer.ids(from: first), isMerged: isMerged)
  }

  /// Puts the tokens of a piece into the cache.
  ///
  /// - Parameter isMerged: whether they are what `pairEncoder` merged last.
  func remember(
    _ key: PieceKey, _ piece: UnsafeRawBufferPointer,
    _ ids: UnsafeBufferPointer<UInt32>, isMerged: Bool
  ) {
    guard areTheirText(ids, piece.count), let first = ids.first else { return }
    let areMerged = isMerged && vocabulary.characters == nil
    var ends: (UInt8, UInt8) = (0, 0)
    if ids.count > 1 { ends = areMerged ? pairEncoder.firstEnds : endsByLength(first, ids[1]) }
    cache.insert(key, piece, ids: ids, ends: ends)
  }

  /// Where two tokens at the start of a piece end.
  private func endsByLength(_ first: UInt32, _ second: UInt32) -> (UInt8, UInt8) {
    func length(_ id: UInt32) -> UInt8 {
      UInt8(truncatingIfNeeded: tables.bytes(of: id)?.count ?? 0)
    }
    return (length(first), length(first) &+ length(second))
  }

  /// Whether the tokens are the `count` bytes of a piece, as the cache needs, which takes the ends of
  /// tokens from their lengths: not if a character was not known, or was passed over.
  func areTheirText(_ ids: UnsafeBufferPointer<UInt32>, _ count: Int) -> Bool {
    guard let characters = vocabulary.characters else { return true }
    return !characters.holdUnknown(ids)
      && ids.reduce(0) { $0 + (tables.bytes(of: $1)?.count ?? 0) } == count
  }

  /// Makes room for the tokens of a piece, so that they stay together while its parts ask for room.
  func reserve(_ byteCount: Int, _ buffer: inout TokenBuffer) {
    buffer.reserve(byteCount &+ PieceKey.limit)
  }
}
