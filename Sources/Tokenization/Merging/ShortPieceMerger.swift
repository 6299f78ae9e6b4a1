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
    let noMerge = VocabularyTables.noMerge
    for index in 0..<(count &- 1) {
      ranks[index] = tables.mayMerge(id(index), id(index &+ 1)) ? 0 : noMerge
    }
    for index in 0..<(count &- 1) where ranks[index] != noMerge {
      ranks[index] = tables.mergeRank(id(index), id(index &+ 1))
    }
    ranks[count &- 1] = noMerge
    var present: UInt64 = (1 &<< UInt64(count)) &- 1
    while true {
      let best = Int(cvector_index_of_lowest(ranks, count))
      guard ranks[best] != noMerge, let merged = tables.mergeResult(ranks[best])
      else { break }
      let behind = present & ~((2 &<< UInt64(best)) &- 1)
      guard behind != 0 else { break }
      let right = behind.trailingZeroBitCount
      symbols[best] = (symbols[right] & ~0xFFFF_FFFF) | UInt64(merged)
      present &= ~(1 &<< UInt64(right))
      ranks[right] = noMerge
      remaining &-= 1
      if remaining == fewest { break }
      // Both searches are begun before either ends.
      let before = present & ((1 &<< UInt64(best)) &- 1)
      let left = 63 &- (before | 1).leadingZeroBitCount
      let mayMergeLeft = before != 0 && tables.mayMerge(id(left), merged)
      let next = behind & (behind &- 1)
      let nextID = next != 0 ? id(next.trailingZeroBitCount) : 0
      let mayMergeRight = next != 0 && tables.mayMerge(merged, nextID)
      if before != 0 { ranks[left] = mayMergeLeft ? tables.mergeRank(id(left), merged) : noMerge }
      ranks[best] = mayMergeRight ? tables.mergeRank(merged, nextID) : noMerge
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
