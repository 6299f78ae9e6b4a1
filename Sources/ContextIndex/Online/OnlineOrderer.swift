/// Orders the blocks of one request after another, each against what was sent before: first the sequence of
/// blocks that is believed to be cached and has the most tokens, then what an earlier log went on with, then
/// the others, the important ones and those that earlier requests like this one also held before the rest.
struct OnlineOrderer: Sendable {
  /// What was sent, and what is believed to be cached of it.
  var tree = PrefixTree()
  /// What an earlier log had.
  private(set) var learned = LearnedTree()
  private var history = RequestHistory()
  private var marks = BlockMarks()
  /// How many branches of the tree are followed at once where not all can be.
  private let searchWidth: Int

  /// Makes an orderer that has seen nothing.
  ///
  /// - Parameter searchWidth: how many branches of the tree are followed at once where not all can be.
  init(searchWidth: Int = 8) {
    self.searchWidth = searchWidth
  }

  /// The memory of the statistics of earlier requests, in bytes.
  var historyMemory: Int { history.memory }

  /// Returns the order for a request, as places in it, and the sequence that it begins with and that is
  /// believed to be cached.
  ///
  /// - Parameters:
  ///   - blocks: the numbers of the blocks, most important first; nil for one that was never seen.
  ///   - head: the blocks that the prompt begins with in any case.
  ///   - tokens: the tokens of each block, by number.
  ///   - measure: what the cache can reuse.
  /// - Complexity: bounded by the request; the number of earlier ones does not matter.
  mutating func order(
    _ blocks: [UInt32?], behind head: [UInt32], tokens: [UInt32], _ measure: ReuseMeasure
  ) -> (places: [Int], cached: CachedPath) {
    let known = blocks.compactMap { $0 }
    marks.mark(known, blockCount: tokens.count)
    let cached = tree.longestPath(
      from: head, of: known, marks, tokens: tokens, width: searchWidth, measure)
    // Where all that can be shared completes no unit of reuse, no order gains anything.
    guard measure.gain(PrefixTree.sum(known, tokens)) > 0 else {
      return (Array(blocks.indices), cached)
    }
    let affinities = history.affinities(of: known, marks, size: blocks.count)

    var places: [Int] = []
    var placeOfKnown: [Int] = []
    for (place, block) in blocks.enumerated() where block != nil { placeOfKnown.append(place) }
    var isPlaced = Array(repeating: false, count: blocks.count)
    // Behind what is cached stands what the log went on with.
    let hinted =
      learned.edgeCount == 0
      ? []
      : learned.continuation(
        behind: head + cached.blocks, of: known, marks, tokens: tokens, width: searchWidth)
    for block in cached.blocks + hinted {
      guard let index = marks.place(of: block) else { continue }
      places.append(placeOfKnown[index])
      isPlaced[placeOfKnown[index]] = true
    }
    var scores = blocks.indices.map { place in
      Self.relevance(place, of: blocks.count, seen: 0)
    }
    for (place, affinity) in zip(placeOfKnown, affinities) {
      scores[place] =
        Self.relevance(place, of: blocks.count, seen: affinity.count) + affinity.strength
    }
    let rest = blocks.indices.filter { !isPlaced[$0] }
    places += rest.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return (places, cached)
  }

  /// The sequence of some of the blocks of which most can be reused.
  mutating func path(
    of blocks: [UInt32], tokens: [UInt32], _ measure: ReuseMeasure
  ) -> CachedPath {
    marks.mark(blocks, blockCount: tokens.count)
    return tree.longestPath(
      from: [], of: blocks, marks, tokens: tokens, width: searchWidth, measure)
  }

  /// How much a block's importance counts: less for one that was seldom seen, which nothing can share.
  private static func relevance(_ place: Int, of count: Int, seen: Int) -> Double {
    (1 - Double(place) / Double(count)) * (Double(seen) + 0.5) / (Double(seen) + 1)
  }

  /// Records that a prompt with these blocks behind `head` was sent, and returns the node where it ends. A
  /// prompt that is there already adds nothing.
  ///
  /// - Parameter added: called with the blocks that the tree did not have.
  @discardableResult
  mutating func record(
    _ blocks: [UInt32], behind head: [UInt32], tokens: [UInt32], at tick: UInt64,
    added: (ArraySlice<UInt32>) -> Void = { _ in }
  ) -> UInt32 {
    let edges = tree.edgeCount
    // The head is an edge of its own, where every search begins.
    if !head.isEmpty { tree.insert(head, tokens: tokens, at: tick, added: added) }
    let node = tree.insert(head + blocks, tokens: tokens, at: tick, added: added)
    if tree.edgeCount > edges { history.append(blocks, blockCount: tokens.count) }
    return node
  }

  /// Takes a sequence of an earlier log, which so many of its requests had, for a hint: nothing of it is
  /// believed to be cached.
  ///
  /// - Parameter added: called with the blocks that the hints did not have.
  mutating func learn(
    _ blocks: [UInt32], behind head: [UInt32], count: UInt32, tokens: [UInt32],
    added: (ArraySlice<UInt32>) -> Void
  ) {
    learned.insert(head + blocks, count: count, tokens: tokens, added: added)
    history.append(blocks, blockCount: tokens.count)
  }

  /// Forgets a block whose number is going to be another's.
  mutating func forget(_ block: UInt32) {
    history.forget(block)
    tree.forgotten[block] = nil
  }
}
