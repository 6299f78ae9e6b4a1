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
  private let parts = PieceBatch(capacity: 512)
  private let finder = PartFinder()
  private var cuts = PieceCuts()
  /// Merges short pieces; nil if merges begin with characters.
  private let merger: InterleavedMerger?
  private let partMerger: InterleavedMerger?

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
  /// Appends the tokens of a short piece if they are with those of long pieces, and returns whether they are.
  @inline(never)
  private func appendAmongLong(
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

  /// Appends the tokens of a long part that were found when its batch was prepared, and returns whether there are
  /// any.
  @inline(__always)
  private func append(
    _ row: Int?, _ start: Int, _ buffer: inout TokenBuffer
  ) -> Bool {
    guard let row, let partMerger else { return false }
    partMerger.forEachToken(inRow: row) { buffer.append($0, endingAt: start + Int($1)) }
    return true
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
    forgetCuts()
    let (parts, cache) = (parts, cache)
    tables.forEachPart(of: text, piece) { part in
      if parts.append(text, part, cache) { encodeAllParts(text, base, &buffer) }
    }
    encodeAllParts(text, base, &buffer)
    return false
  }

  private func encodeAllParts(
    _ text: UnsafeRawBufferPointer, _ base: Int, _ buffer: inout TokenBuffer
  ) {
    var isPrepared = false
    encodeParts(text, 0..<parts.count, &isPrepared, base, &buffer)
    parts.removeAll()
  }

  /// Encodes some of the parts that wait.
  ///
  /// - Parameter isPrepared: whether those that are not known were looked for.
  private func encodeParts(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ isPrepared: inout Bool, _ base: Int,
    _ buffer: inout TokenBuffer
  ) {
    let (parts, cache) = (parts, cache)
    var index = range.lowerBound
    while true {
      if !buffer.recordsEnds { appendKnownParts(parts, &index, range.upperBound, cache, &buffer) }
      guard index < range.upperBound else { break }
      defer { index &+= 1 }
      let item = parts.items[index]
      if item.key.isToken {
        buffer.append(item.key.id, endingAt: base &+ item.start &+ Int(item.count))
        continue
      }
      if !isPrepared, item.isLong || cache.entry(of: item.key, hash: item.keyHash) == nil {
        if let partMerger { parts.prepareParts(text, from: index, finder, cache, partMerger) }
        isPrepared = true
      }
      if !item.isLong {
        let entry = cache.entry(of: item.key, hash: item.keyHash)
        if append(entry, item, base, &buffer)
          || (entry != nil && appendAmongLong(text, item, base, &buffer))
        {
          continue
        }
      } else if append(parts.answer(at: index), base + item.start, &buffer) {
        continue
      }
      encodeNewPart(text, item, base, &buffer)
    }
  }

  /// Appends the tokens of the parts from `index` on, before `end`, that are known, and moves `index` to the first that
  /// is not.
  @inline(__always)
  private func appendKnownParts(
    _ parts: PieceBatch, _ index: inout Int, _ end: Int, _ cache: PieceCache,
    _ buffer: inout TokenBuffer
  ) {
    let places = cache.places
    var item = parts.items + index
    let last = parts.items + end
    // One more, which writing four ids at a time may reach.
    buffer.append(upTo: 3 &* (last - item) &+ 1) { place in
      while item < last, let number = places.copyIDs(of: item, to: place) {
        place += number
        item += 1
      }
    }
    index = item - parts.items
  }

  /// Encodes a part that neither the cache knows nor the merger merged.
  @inline(never)
  private func encodeNewPart(
    _ text: UnsafeRawBufferPointer, _ item: PieceBatch.Item, _ base: Int,
    _ buffer: inout TokenBuffer
  ) {
    let start = item.start
    let bytes = UnsafeRawBufferPointer(rebasing: text[start..<(start + Int(item.count))])
    let hash = PieceSlot.hash(bytes)
    let first = buffer.count
    let isWhole =
      item.isLong
      ? pairEncoder.appendWhole(bytes, hash: hash, base: base + start, into: &buffer)
      : pairEncoder.appendWhole(item.key, hash: hash, base: base + start, into: &buffer)
    if !isWhole { pairEncoder.merge(bytes, base: base + start, into: &buffer) }
    if !item.isLong {
      remember(item.key, bytes, buffer.ids(from: first), isMerged: !isWhole)
    }
  }

  /// Puts the tokens of a piece into the cache.
  ///
  /// - Parameter isMerged: whether they are what `pairEncoder` merged last.
  private func remember(
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
  private func areTheirText(_ ids: UnsafeBufferPointer<UInt32>, _ count: Int) -> Bool {
    guard let characters = vocabulary.characters else { return true }
    return !characters.holdUnknown(ids)
      && ids.reduce(0) { $0 + (tables.bytes(of: $1)?.count ?? 0) } == count
  }

  /// Makes room for the tokens of a piece, so that they stay together while its parts ask for room.
  private func reserve(_ byteCount: Int, _ buffer: inout TokenBuffer) {
    buffer.reserve(byteCount &+ PieceKey.limit)
  }

  /// Encodes the piece at `index`, of more than `PieceKey.limit` bytes.
  @inline(never)
  private func encodeLong(
    _ text: UnsafeRawBufferPointer, _ index: Int, _ base: Int, _ buffer: inout TokenBuffer
  ) {
    let item = batch.items[index]
    let piece = ByteRange(item.start, item.start + Int(item.count))
    let bytes = UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end])
    reserve(piece.count, &buffer)
    guard piece.count <= LongPieceCache.limit else {
      encodeNew(text, piece, bytes, hash: nil, base, &buffer)
      return
    }
    let hash = batch.hash(ofLongPiece: index)
    if cache.longPieces.append(
      bytes, hash: hash, base: base + piece.start, tables: tables, to: &buffer)
    {
      return
    }
    encodeNewLong(text, index, bytes, base, &buffer)
  }

  /// Encodes a long piece that the cache does not know, and remembers its tokens.
  @inline(never)
  private func encodeNewLong(
    _ text: UnsafeRawBufferPointer, _ index: Int, _ bytes: UnsafeRawBufferPointer, _ base: Int,
    _ buffer: inout TokenBuffer
  ) {
    let start = batch.items[index].start
    let hash = batch.hash(ofLongPiece: index)
    if index >= cuts.end { cutPieces(text, from: index) }
    let first = buffer.count
    if let range = cuts.takeParts(ofPiece: index) {
      var arePrepared = cuts.arePrepared
      encodeParts(text, range, &arePrepared, base, &buffer)
      cuts.arePrepared = arePrepared
    } else {
      encodeNew(text, ByteRange(start, start + bytes.count), bytes, hash: hash, base, &buffer)
    }
    let ids = buffer.ids(from: first)
    if areTheirText(ids, bytes.count) {
      cache.longPieces.insert(bytes, hash: hash, ids: ids)
    }
  }

  /// Cuts the long pieces from `index` on that are not known, as long as there is room for their parts: the more parts
  /// wait, the less the processor waits for memory. Where most are known it does not look far.
  @inline(never)
  private func cutPieces(_ text: UnsafeRawBufferPointer, from index: Int) {
    guard tables.canCut else { return }
    forgetCuts()
    let (batch, parts, cache) = (batch, parts, cache)
    var end = index
    var known = 0
    while end < batch.count, known < Self.knownPiecesPassed {
      let item = batch.items[end]
      let piece = ByteRange(item.start, item.start + Int(item.count))
      if item.isLong, piece.count <= LongPieceCache.limit {
        guard parts.count + piece.count < parts.capacity, finder.hasRoom(forBytes: piece.count)
        else { break }
        let bytes = UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end])
        if end > index, cache.longPieces.holds(bytes, hash: batch.hash(ofLongPiece: end)) {
          known += 1
        } else if !ASCII.isAll(bytes) {
          known = 0
          parts.appendParts(of: text, piece, finder, tables, cache)
          cuts.append(piece: end, partEnd: parts.count)
        }
      }
      end += 1
    }
    cuts.end = end
  }

  /// How many known pieces one behind the other are passed over in search of others to cut.
  private static let knownPiecesPassed = 3

  /// Forgets what was cut in advance, since the memory for parts is wanted for something else.
  private func forgetCuts() {
    cuts.removeAll()
    parts.removeAll()
    finder.removeAll()
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
