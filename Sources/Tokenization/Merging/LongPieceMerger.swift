/// Merges the symbols of a long piece: symbols are linked, so that a merge moves nothing, and the merges
/// that are possible wait in a queue.
///
/// In linear time if a merge never makes possible one of lower rank (`VocabularyTables.mergesAscend`);
/// otherwise with a binary heap in O(n log n).
final class LongPieceMerger {
  private let tables: VocabularyTables
  private let characters: CharacterTokens?
  /// Whether all merges of one rank take place before any of a higher one.
  let mergesAscend: Bool
  private var queue = RankQueue()
  private var heap = MergeHeap()
  /// The neighbours of each symbol; -1 if there is none.
  private var previous: [Int32] = []
  private var next: [Int32] = []
  /// Whether each symbol has become part of the one before it.
  private var isGone: [Bool] = []

  private static let noMerge = VocabularyTables.noMerge

  /// Makes a merger that uses the tables of `vocabulary`, which is kept by whoever keeps the merger.
  init(_ vocabulary: Vocabulary) {
    tables = vocabulary.tables
    characters = vocabulary.characters
    mergesAscend = tables.mergesAscend && characters?.hasTies != true
  }

  /// Merges the symbols of `buffer` until no pair merges; their number is at most that of `Int32`.
  func merge(_ buffer: SymbolBuffer) {
    let count = buffer.count
    previous = (0..<count).map { Int32($0 - 1) }
    next = (0..<count).map { Int32($0 + 1 == count ? -1 : $0 + 1) }
    isGone = Array(repeating: false, count: count)
    for index in 0..<count { updateRank(index, buffer) }
    if mergesAscend { mergeByQueue(buffer) } else { mergeByHeap(buffer) }
    var kept = 0
    for index in 0..<count where !isGone[index] {
      buffer.symbols[kept] = buffer.symbols[index]
      kept += 1
    }
    buffer.truncate(to: kept)
  }

  @discardableResult
  private func updateRank(_ index: Int, _ buffer: SymbolBuffer) -> UInt32 {
    let right = Int(next[index])
    let canMerge = right >= 0 && tables.mayMerge(buffer.id(at: index), buffer.id(at: right))
    let rank =
      canMerge ? tables.mergeRank(buffer.id(at: index), buffer.id(at: right)) : Self.noMerge
    buffer.ranks[index] = rank
    return rank
  }

  /// Merges the symbol at `index` with the one behind it; false if the table has no result.
  private func merge(at index: Int, _ buffer: SymbolBuffer) -> Bool {
    let right = Int(next[index])
    guard right >= 0, let id = tables.mergeResult(buffer.ranks[index]) else { return false }
    buffer.symbols[index] = (buffer.symbols[right] & ~0xFFFF_FFFF) | UInt64(id)
    isGone[right] = true
    buffer.ranks[right] = Self.noMerge
    next[index] = next[right]
    if next[index] >= 0 { previous[Int(next[index])] = Int32(index) }
    return true
  }

  // MARK: - Ascending merges

  private func mergeByQueue(_ buffer: SymbolBuffer) {
    queue.removeAll()
    for index in 0..<buffer.count where buffer.ranks[index] != Self.noMerge {
      queue.push(rank: buffer.ranks[index], position: index)
    }
    while let (rank, position) = queue.pop() {
      // A rank that has changed since it was pushed was pushed again.
      guard buffer.ranks[position] == rank else { continue }
      mergeRun(from: startOfRun(at: position, rank, buffer), rank, buffer)
    }
  }

  /// The first of the merges of rank `rank` that overlap up to the one at `position`: in `xxxx` each pair
  /// of x has the same rank, and the leftmost is merged first.
  private func startOfRun(at position: Int, _ rank: UInt32, _ buffer: SymbolBuffer) -> Int {
    var start = position
    while previous[start] >= 0, buffer.ranks[Int(previous[start])] == rank {
      start = Int(previous[start])
    }
    return start
  }

  /// Makes the merges of rank `rank` that follow one another from `start` on. What they make possible has
  /// a higher rank, so its rank is looked up when all of them are made.
  private func mergeRun(from start: Int, _ rank: UInt32, _ buffer: SymbolBuffer) {
    var position = start
    while position >= 0, buffer.ranks[position] == rank, merge(at: position, buffer) {
      buffer.ranks[position] = Self.noMerge
      position = Int(next[position])
    }
    guard position != start else { return }
    let end = position
    position = previous[start] >= 0 ? Int(previous[start]) : start
    while position >= 0, position != end {
      let rank = updateRank(position, buffer)
      if rank != Self.noMerge { queue.push(rank: rank, position: position) }
      position = Int(next[position])
    }
  }

  // MARK: - Other merges

  private func mergeByHeap(_ buffer: SymbolBuffer) {
    heap.removeAll()
    for index in 0..<buffer.count { push(index, buffer) }
    while let (order, index) = heap.pop() {
      // An order that has changed since it was pushed was pushed again.
      guard self.order(of: index, buffer) == order, merge(at: index, buffer) else { continue }
      updateRank(index, buffer)
      push(index, buffer)
      let left = Int(previous[index])
      if left >= 0 {
        updateRank(left, buffer)
        push(left, buffer)
      }
    }
  }

  private func push(_ index: Int, _ buffer: SymbolBuffer) {
    let order = order(of: index, buffer)
    if order != Self.noMerge { heap.push(order: order, position: index) }
  }

  /// What a merge is ordered by: its rank, or the first rank of several that tie.
  private func order(of index: Int, _ buffer: SymbolBuffer) -> UInt32 {
    let rank = buffer.ranks[index]
    return rank == Self.noMerge ? rank : characters?.order(ofRank: rank) ?? rank
  }
}
