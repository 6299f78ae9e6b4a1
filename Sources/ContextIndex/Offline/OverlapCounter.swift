/// Finds the set that has the most tokens in common with a given one, over sets that come and go.
///
/// Each block knows the sets that hold it; a search adds up the tokens of the blocks over those, the rarest
/// blocks first, until it has made as many steps as it may. What the popular blocks that are left would add
/// is counted only for the sets that look best by then. A search that needs fewer steps is exact.
struct OverlapCounter {
  /// The given sets by number, ascending each.
  private(set) var sets: [[UInt32]]
  private let tokens: [UInt32]
  private let limit: Int

  private var holders: [[UInt32]]
  private var isAlive: [Bool]
  /// How many of the holders of a block are still alive.
  private var aliveCounts: [Int]

  // What a search works with, all zero between searches.
  private var sums = OverlapSums()
  private var isPopular: [Bool]

  /// How many sets are compared in full where blocks were too popular to look at all that hold them.
  private static let finalists = 48

  /// Makes a counter over `sets`.
  ///
  /// - Parameters:
  ///   - sets: blocks with numbers below `tokens.count`, ascending in each set.
  ///   - limit: the most steps that a search makes.
  init(_ sets: [[UInt32]], tokens: [UInt32], limit: Int) {
    self.sets = []
    self.tokens = tokens
    self.limit = limit
    holders = Array(repeating: [], count: tokens.count)
    aliveCounts = Array(repeating: 0, count: tokens.count)
    isPopular = Array(repeating: false, count: tokens.count)
    isAlive = []
    self.sets.reserveCapacity(2 * sets.count)
    for set in sets { insert(set) }
  }

  /// Whether the set with this number is there.
  func contains(_ number: UInt32) -> Bool { isAlive[Int(number)] }

  /// Adds a set, with the next number.
  mutating func insert(_ set: [UInt32]) {
    let number = UInt32(sets.count)
    sets.append(set)
    isAlive.append(true)
    sums.makeRoom()
    for block in set {
      holders[Int(block)].append(number)
      aliveCounts[Int(block)] += 1
    }
  }

  /// Removes a set.
  mutating func remove(_ number: UInt32) {
    isAlive[Int(number)] = false
    for block in sets[Int(number)] {
      let index = Int(block)
      aliveCounts[index] -= 1
      if holders[index].count > 8, holders[index].count > 2 * aliveCounts[index] {
        holders[index].removeAll { !isAlive[Int($0)] }
      }
    }
  }

  /// The set that has the most tokens in common with the set called `number`, and these tokens, a block of
  /// none counting as one; the lowest number of several; nil if no set has any.
  mutating func nearest(to number: UInt32) -> (set: UInt32, tokens: UInt64)? {
    let shared = sharedBlocks(of: number)
    let popular = shared[countRareBlocks(of: shared, but: number)...]
    let best = popular.isEmpty ? bestTouched() : bestFinalist(popular)
    sums.removeAll()
    return best
  }

  /// The blocks of a set that others hold too, the rarest first.
  private func sharedBlocks(of number: UInt32) -> [UInt32] {
    var blocks = sets[Int(number)].filter { aliveCounts[Int($0)] > 1 }
    blocks.sort { (aliveCounts[Int($0)], $0) < (aliveCounts[Int($1)], $1) }
    return blocks
  }

  /// Adds up the tokens of the rarest blocks over their holders, and returns for how many blocks.
  private mutating func countRareBlocks(of shared: [UInt32], but number: UInt32) -> Int {
    var steps = 0
    for (index, block) in shared.enumerated() {
      let count = holders[Int(block)].count
      if index > 0, steps + count > limit { return index }
      steps += count
      sums.add(weight(of: block), to: holders[Int(block)], isAlive, but: number, limit: limit)
    }
    return shared.count
  }

  private func bestTouched() -> (set: UInt32, tokens: UInt64)? {
    var best: (set: UInt32, tokens: UInt64)?
    for set in sums.touched { Self.keepBetter(&best, (set, sums[set])) }
    return best
  }

  /// The best of the sets that have the most tokens of rare blocks, when the popular ones are counted too.
  private mutating func bestFinalist(_ popular: ArraySlice<UInt32>) -> (
    set: UInt32, tokens: UInt64
  )? {
    let most = popular.reduce(0) { $0 + weight(of: $1) }
    let highest = sums.touched.reduce(0) { max($0, sums[$1]) }
    var finalists = sums.touched.filter { sums[$0] + most >= highest }
    if finalists.count > Self.finalists {
      finalists.sort { (sums[$1], $0) < (sums[$0], $1) }
    }
    for block in popular { isPopular[Int(block)] = true }
    var best: (set: UInt32, tokens: UInt64)?
    for set in finalists.prefix(Self.finalists) {
      var total = sums[set]
      for block in sets[Int(set)] where isPopular[Int(block)] { total += weight(of: block) }
      Self.keepBetter(&best, (set, total))
    }
    for block in popular { isPopular[Int(block)] = false }
    return best
  }

  private static func keepBetter(
    _ best: inout (set: UInt32, tokens: UInt64)?, _ other: (set: UInt32, tokens: UInt64)
  ) {
    if let known = best,
      known.tokens > other.tokens || (known.tokens == other.tokens && known.set < other.set)
    {
      return
    }
    best = other
  }

  private func weight(of block: UInt32) -> UInt64 { UInt64(max(tokens[Int(block)], 1)) }
}

/// Sums by set number, most of which are zero.
private struct OverlapSums {
  /// The sets whose sums are not zero.
  private(set) var touched: [UInt32] = []
  private var sums: [UInt64] = []

  subscript(set: UInt32) -> UInt64 { sums[Int(set)] }

  /// Adds a set, whose sum is zero.
  mutating func makeRoom() { sums.append(0) }

  /// Adds `weight` to the sums of the first `limit` of `sets` that are alive, but for one.
  mutating func add(
    _ weight: UInt64, to sets: [UInt32], _ isAlive: [Bool], but number: UInt32, limit: Int
  ) {
    var found: [UInt32] = []
    swap(&found, &touched)
    var values = sums.mutableSpan
    let (sets, isAlive) = (sets.span, isAlive.span)
    for index in 0..<min(sets.count, limit) {
      let set = sets[index]
      guard isAlive[Int(set)], set != number else { continue }
      let sum = values[Int(set)]
      if sum == 0 { found.append(set) }
      values[Int(set)] = sum &+ weight
    }
    swap(&found, &touched)
  }

  /// Makes all sums zero.
  mutating func removeAll() {
    for set in touched { sums[Int(set)] = 0 }
    touched.removeAll(keepingCapacity: true)
  }
}
