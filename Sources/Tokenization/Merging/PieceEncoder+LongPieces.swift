internal import Bytes
internal import TextProcessing

extension PieceEncoder {
  /// Encodes the piece at `index`, of more than `PieceKey.limit` bytes.
  @inline(never)
  func encodeLong(
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
  func forgetCuts() {
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
