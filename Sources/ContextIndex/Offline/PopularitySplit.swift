/// Cuts many requests into parts of those that are alike, from the top down: by the block that saves the
/// most tokens if all that ask for it begin with it, into those requests and the others.
///
/// It takes time for counting the blocks of every request once a level, not for the square of the requests,
/// and leaves parts that `Agglomeration` is quick with.
struct PopularitySplit {
  /// Requests that begin with the same blocks.
  struct Part {
    /// The blocks that they begin with, and all of them have.
    var prefix: [UInt32]
    /// Their numbers, ascending.
    var requests: [Int]
  }

  private let sets: [[UInt32]]
  private let tokens: [UInt32]
  private let workLimit: Int
  private(set) var parts: [Part] = []

  /// Splits requests.
  ///
  /// - Parameters:
  ///   - sets: the blocks of each request.
  ///   - tokens: the tokens of each block, by number.
  ///   - workLimit: the most that the work of clustering a part is to be, see `BlockCounts`.
  init(_ sets: [[UInt32]], tokens: [UInt32], workLimit: Int) {
    self.sets = sets
    self.tokens = tokens
    self.workLimit = workLimit
    var open = [Part(prefix: [], requests: Array(sets.indices))]
    while let part = open.popLast() { open += split(part).reversed() }
  }

  /// Splits a part: returns the requests that begin with one block more, and keeps the others as a part.
  private mutating func split(_ part: Part) -> [Part] {
    var rest = part
    var cut: [Part] = []
    var counts = BlockCounts()
    for request in part.requests { counts.add(sets[request], but: part.prefix) }
    while counts.work > workLimit, let block = best(counts) {
      var having = Part(prefix: part.prefix + [block], requests: [])
      var others: [Int] = []
      for request in rest.requests {
        if sets[request].contains(block) {
          having.requests.append(request)
          counts.remove(sets[request], but: part.prefix)
        } else {
          others.append(request)
        }
      }
      rest.requests = others
      cut.append(having)
    }
    if !rest.requests.isEmpty { parts.append(rest) }
    return cut
  }

  private func best(_ counts: BlockCounts) -> UInt32? {
    var best: (value: UInt64, block: UInt32)?
    for (block, count) in counts.counts where count > 1 {
      let value = UInt64(count - 1) * UInt64(max(tokens[Int(block)], 1))
      if let known = best, known.value > value || (known.value == value && known.block < block) {
        continue
      }
      best = (value, block)
    }
    return best?.block
  }
}

/// How many sets hold each block.
struct BlockCounts {
  private(set) var counts: [UInt32: Int] = [:]
  /// How many steps it takes to look, for each set and each of its blocks, at all sets that hold the
  /// block: the sum of the squares of the counts.
  private(set) var work = 0

  /// Counts the blocks of a set, but for some.
  mutating func add(_ set: [UInt32], but excluded: [UInt32] = []) {
    for block in set where !excluded.contains(block) {
      let count = counts[block, default: 0]
      counts[block] = count + 1
      work += 2 * count + 1
    }
  }

  /// Takes back a set that was counted.
  mutating func remove(_ set: [UInt32], but excluded: [UInt32]) {
    for block in set where !excluded.contains(block) {
      guard let count = counts[block], count > 0 else { continue }
      counts[block] = count - 1
      work -= 2 * count - 1
    }
  }
}
