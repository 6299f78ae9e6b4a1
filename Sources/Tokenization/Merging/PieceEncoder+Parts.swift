internal import Bytes

extension PieceEncoder {
  /// Encodes a piece that is no token: the parts that no merge joins each by itself. Parts of sentences are
  /// words, which the cache may know.
  ///
  /// - Returns: whether the piece was merged as a whole.
  @discardableResult
  func encodeParts(
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
  func encodeParts(
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
}
