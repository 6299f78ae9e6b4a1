/// Merges that wait, lowest rank first.
///
/// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan 1990): bucket i holds the ranks that differ from the last
/// one taken in bit i - 1 and no higher bit. Where no rank is pushed that is lower than the last one taken,
/// an entry moves to a lower bucket each time it is looked at, at most once a bit: n entries take O(n).
struct RankQueue {
  private var buckets = [[UInt64]](repeating: [], count: 33)
  private var last: UInt32 = 0

  mutating func removeAll() {
    for index in buckets.indices { buckets[index].removeAll(keepingCapacity: true) }
    last = 0
  }

  /// Adds the merge of rank `rank` at `position`.
  mutating func push(rank: UInt32, position: Int) {
    buckets[bucket(of: rank)].append(
      UInt64(rank) << 32 | UInt64(UInt32(truncatingIfNeeded: position)))
  }

  /// Takes a merge of the lowest rank; those of one rank come in any order.
  mutating func pop() -> (rank: UInt32, position: Int)? {
    if buckets[0].isEmpty, !refill() { return nil }
    guard let key = buckets[0].popLast() else { return nil }
    return (UInt32(key >> 32), Int(key & 0xFFFF_FFFF))
  }

  /// Moves the lowest ranks of the first bucket that is not empty to bucket 0.
  private mutating func refill() -> Bool {
    guard let index = buckets.firstIndex(where: { !$0.isEmpty }) else { return false }
    var entries: [UInt64] = []
    swap(&entries, &buckets[index])
    last = entries.reduce(UInt32.max) { min($0, UInt32($1 >> 32)) }
    for key in entries { buckets[bucket(of: UInt32(key >> 32))].append(key) }
    entries.removeAll(keepingCapacity: true)
    if buckets[index].isEmpty { swap(&entries, &buckets[index]) }
    return true
  }

  private func bucket(of rank: UInt32) -> Int {
    UInt32.bitWidth - (rank ^ last).leadingZeroBitCount
  }
}
