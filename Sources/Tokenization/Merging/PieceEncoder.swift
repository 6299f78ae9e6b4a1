internal import Bytes
internal import TextProcessing

/// Turns pieces into tokens: those it met lately from a cache, others from the table of whole tokens or by
/// merging.
final class PieceEncoder {
  private let vocabulary: Vocabulary
  private let tables: VocabularyTables
  private let pairEncoder: BytePairEncoder
  private let cache = PieceCache()
  private let batch = PieceBatch()
  private let parts = PieceBatch()

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    tables = vocabulary.tables
    pairEncoder = BytePairEncoder(vocabulary)
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
    while index < batch.count {
      let item = batch.items[index]
      if item.isLong {
        encodeLong(text, item, index, base, &buffer)
        index &+= 1
        continue
      }
      let first = index
      if !buffer.recordsEnds { appendKnown(batch, from: &index, cache, &buffer) }
      if index > first { continue }
      let entry = cache.entry(of: item.key, hash: item.keyHash)
      if !append(entry, item, base, &buffer) {
        if !isPrepared {
          batch.prepare(from: index, cache, tables)
          isPrepared = true
        }
        encodeShort(text, item, index, isAmongLong: entry != nil, base, &buffer)
      }
      index &+= 1
    }
    batch.removeAll()
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
    buffer.append(upTo: 3 &* (end - item)) { place in
      while item < end {
        let entry = places.home(of: item.pointee.keyHash)
        guard entry.pointee.holds(item.pointee.key), entry.pointee.count > 0 else { break }
        (place[0], place[1], place[2]) = entry.pointee.ids
        place += Int(entry.pointee.count)
        item += 1
      }
    }
    index = item - batch.items
  }

  /// Appends the tokens of a short piece if the entry of the cache has them.
  @inline(__always)
  private func append(
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
  /// Encodes a piece of at most `PieceKey.limit` bytes and remembers its tokens.
  ///
  /// - Parameter isAmongLong: whether the cache says that its tokens may be with those of long pieces.
  @inline(never)
  private func encodeShort(
    _ text: UnsafeRawBufferPointer, _ item: PieceBatch.Item, _ index: Int, isAmongLong: Bool,
    _ base: Int, _ buffer: inout TokenBuffer
  ) {
    let piece = ByteRange(item.start, item.start + Int(item.count))
    let bytes = UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end])
    let hash = batch.hash(at: index, bytes)
    let first = buffer.count
    let start = base + piece.start
    if isAmongLong,
      cache.longPieces.append(bytes, hash: hash, base: start, tables: tables, to: &buffer)
    {
      return
    }
    var isMerged = false
    if !pairEncoder.appendWhole(item.key, hash: hash, base: start, into: &buffer) {
      isMerged = encodeParts(text, piece, !item.key.hasMultibyteCharacters, base, &buffer)
    }
    remember(item.key, bytes, hash, buffer.ids(from: first), isMerged: isMerged)
  }

  /// Encodes a piece that is no token: the parts that no merge joins each by itself. Parts of sentences are
  /// words, which the cache may know.
  ///
  /// - Returns: whether the piece was merged as a whole.
  @discardableResult
  private func encodeParts(
    _ text: UnsafeRawBufferPointer, _ piece: ByteRange, _ isASCII: Bool, _ base: Int,
    _ buffer: inout TokenBuffer
  ) -> Bool {
    guard !isASCII, tables.canCut else {
      let bytes = UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end])
      pairEncoder.merge(bytes, base: base + piece.start, into: &buffer)
      return true
    }
    let (parts, cache) = (parts, cache)
    tables.forEachPart(of: text, piece) { part in
      if parts.append(text, part, cache) { encodePartBatch(text, base, &buffer) }
    }
    encodePartBatch(text, base, &buffer)
    return false
  }

  private func encodePartBatch(
    _ text: UnsafeRawBufferPointer, _ base: Int, _ buffer: inout TokenBuffer
  ) {
    let (parts, cache) = (parts, cache)
    var isPrepared = false
    for index in 0..<parts.count {
      let item = parts.items[index]
      if !item.isLong {
        let entry = cache.entry(of: item.key, hash: item.keyHash)
        if append(entry, item, base, &buffer) { continue }
        if !isPrepared {
          parts.prepare(from: index, cache, tables)
          isPrepared = true
        }
      }
      let (start, count) = (item.start, Int(item.count))
      let bytes = UnsafeRawBufferPointer(rebasing: text[start..<(start + count)])
      let first = buffer.count
      let hash = parts.hash(at: index, bytes)
      let isWhole =
        item.isLong
        ? pairEncoder.appendWhole(bytes, hash: hash, base: base + start, into: &buffer)
        : pairEncoder.appendWhole(item.key, hash: hash, base: base + start, into: &buffer)
      if !isWhole { pairEncoder.merge(bytes, base: base + start, into: &buffer) }
      if !item.isLong {
        remember(item.key, bytes, hash, buffer.ids(from: first), isMerged: !isWhole)
      }
    }
    parts.removeAll()
  }

  /// Puts the tokens of a piece into the cache.
  ///
  /// - Parameter isMerged: whether they are what `pairEncoder` merged last.
  private func remember(
    _ key: PieceKey, _ piece: UnsafeRawBufferPointer, _ hash: UInt64,
    _ ids: UnsafeBufferPointer<UInt32>, isMerged: Bool
  ) {
    guard areTheirText(ids, piece.count) else { return }
    guard ids.count <= 3 else {
      cache.longPieces.insert(piece, hash: hash, ids: ids)
      cache.insert(key, ids: (0, 0, 0), ends: (0, 0), count: 0)
      return
    }
    guard let first = ids.first else { return }
    let second = ids.count > 1 ? ids[1] : 0
    var ends: (UInt8, UInt8) = (0, 0)
    let areMerged = isMerged && vocabulary.characters == nil
    if ids.count > 1 { ends = areMerged ? pairEncoder.firstEnds : endsByLength(first, second) }
    cache.insert(
      key, ids: (first, second, ids.count > 2 ? ids[2] : 0), ends: ends, count: UInt8(ids.count))
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
  private func areTheirText(_ ids: UnsafeBufferPointer<UInt32>, _ count: Int) -> Bool {
    guard let characters = vocabulary.characters else { return true }
    return !characters.holdUnknown(ids)
      && ids.reduce(0) { $0 + (tables.bytes(of: $1)?.count ?? 0) } == count
  }

  /// Encodes a piece of more than `PieceKey.limit` bytes.
  @inline(never)
  private func encodeLong(
    _ text: UnsafeRawBufferPointer, _ item: PieceBatch.Item, _ index: Int, _ base: Int,
    _ buffer: inout TokenBuffer
  ) {
    let piece = ByteRange(item.start, item.start + Int(item.count))
    let bytes = UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end])
    let start = base + piece.start
    buffer.reserve(piece.count)
    guard piece.count <= LongPieceCache.limit else {
      encodeNew(text, piece, bytes, hash: nil, base, &buffer)
      return
    }
    let hash = batch.hash(at: index, bytes)
    if cache.longPieces.append(bytes, hash: hash, base: start, tables: tables, to: &buffer) {
      return
    }
    let first = buffer.count
    encodeNew(text, piece, bytes, hash: hash, base, &buffer)
    let ids = buffer.ids(from: first)
    if areTheirText(ids, piece.count) {
      cache.longPieces.insert(bytes, hash: hash, ids: ids)
    }
  }

  /// Encodes a long piece that the cache does not know.
  private func encodeNew(
    _ text: UnsafeRawBufferPointer, _ piece: ByteRange, _ bytes: UnsafeRawBufferPointer,
    hash: UInt64?, _ base: Int, _ buffer: inout TokenBuffer
  ) {
    let isASCII = ASCII.isAll(bytes)
    // Whether a piece that can be cut is a token is seen when it is not cut.
    if isASCII || !tables.canCut,
      pairEncoder.appendWhole(bytes, hash: hash, base: base + piece.start, into: &buffer)
    {
      return
    }
    encodeParts(text, piece, isASCII, base, &buffer)
  }
}
