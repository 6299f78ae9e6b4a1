internal import CVector

/// Merges the symbols of a short piece: the lowest rank is found by looking at all. For a few dozen symbols
/// nothing is faster.
///
/// A symbol that has become part of the one before it stays in its place, with a rank that is never
/// the lowest; a bit for each place says whether its symbol is still there.
struct ShortPieceMerger {
  /// The most symbols.
  static let limit = 48

  private let tables: VocabularyTables

  init(_ tables: VocabularyTables) {
    self.tables = tables
  }

  /// Merges the symbols of `buffer`, at most `limit`, until no pair merges.
  ///
  /// - Parameter isNoToken: whether it is known that the symbols do not merge into one; then the last two
  ///   are left as they are without looking.
  func merge(_ buffer: SymbolBuffer, isNoToken: Bool) {
    let symbols = buffer.symbols
    let ranks = buffer.ranks
    let count = buffer.count
    let fewest = isNoToken ? 2 : 1
    guard count > fewest else { return }
    var remaining = count
    @inline(__always) func id(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: symbols[index]) }
    for index in 0..<(count &- 1) { _ = tables.prefetchedMerge(id(index), id(index &+ 1)) }
    for index in 0..<(count &- 1) { ranks[index] = tables.mergeRank(id(index), id(index &+ 1)) }
    ranks[count &- 1] = VocabularyTables.noMerge
    var present: UInt64 = (1 &<< UInt64(count)) &- 1
    while true {
      let best = Int(cvector_index_of_lowest(ranks, count))
      guard ranks[best] != VocabularyTables.noMerge, let merged = tables.mergeResult(ranks[best])
      else { break }
      let behind = present & ~((2 &<< UInt64(best)) &- 1)
      guard behind != 0 else { break }
      let right = behind.trailingZeroBitCount
      symbols[best] = (symbols[right] & ~0xFFFF_FFFF) | UInt64(merged)
      present &= ~(1 &<< UInt64(right))
      ranks[right] = VocabularyTables.noMerge
      remaining &-= 1
      if remaining == fewest { break }
      // Both searches are begun before either ends.
      let next = behind & (behind &- 1)
      let before = present & ((1 &<< UInt64(best)) &- 1)
      let left = 63 &- (before | 1).leadingZeroBitCount
      let leftMerge = tables.prefetchedMerge(id(left), merged)
      ranks[best] =
        next != 0
        ? tables.mergeRank(merged, id(next.trailingZeroBitCount)) : VocabularyTables.noMerge
      if before != 0 { ranks[left] = tables.mergeRank(of: leftMerge.key, from: leftMerge.home) }
    }
    var kept = 0
    while present != 0 {
      symbols[kept] = symbols[present.trailingZeroBitCount]
      kept &+= 1
      present &= present &- 1
    }
    buffer.truncate(to: kept)
  }
}
