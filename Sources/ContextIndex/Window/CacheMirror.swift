/// What a finite cache is believed to hold, block by block: a prefix tree that gives up what was used least
/// recently as soon as there are too many tokens.
struct CacheMirror: Sendable {
  private var orderer = OnlineOrderer()
  /// The tokens of each block, by number.
  var tokens: [UInt32] = []
  private let capacity: UInt64
  private let cacheModel: CacheModel
  private var tick: UInt64 = 0

  /// Makes the mirror of an empty cache.
  ///
  /// - Parameters:
  ///   - capacity: the tokens that the cache holds.
  ///   - cacheModel: what it can reuse, and the unit in which it gives up what it holds.
  init(capacity: Int, _ cacheModel: CacheModel) {
    self.capacity = UInt64(max(capacity, 0))
    self.cacheModel = cacheModel
  }

  /// The order for blocks that stand behind those of `start`: what is cached first.
  ///
  /// - Parameter head: the tokens that stand before all blocks.
  mutating func order(
    _ blocks: [UInt32], behind start: [UInt32] = [], head: UInt32
  ) -> [UInt32] {
    let before = UInt64(head) + PrefixTree.sum(start, tokens)
    let measure = ReuseMeasure(
      cacheModel, start: before, blockCount: blocks.count)
    return orderer.order(blocks.map { $0 }, behind: start, tokens: tokens, measure).places.map {
      blocks[$0]
    }
  }

  /// What a prompt of these blocks can begin with, and how much of that can be reused.
  mutating func cachedPath(of blocks: [UInt32], head: UInt32) -> CachedPath {
    orderer.path(of: blocks, tokens: tokens, measure(head, blocks))
  }

  /// Sends a prompt, and returns how many of its tokens could be reused.
  mutating func send(_ order: [UInt32], head: UInt32) -> UInt64 {
    let hit = orderer.tree.cachedTokens(of: order, tokens: tokens, measure(head, order))
    tick += 1
    orderer.record(order, behind: [], tokens: tokens, at: tick)
    while let leaf = orderer.tree.leafToRemove(
      toTokens: capacity, page: UInt64(cacheModel.pageSize))
    {
      orderer.tree.removeLeaf(leaf)
    }
    return hit
  }

  private func measure(_ head: UInt32, _ blocks: [UInt32]) -> ReuseMeasure {
    ReuseMeasure(cacheModel, start: UInt64(head), blockCount: blocks.count)
  }

  /// Prepares for orders behind `start`, if a prompt that begins so was just sent.
  mutating func divide(behind start: [UInt32]) {
    orderer.tree.divide(behind: start, tokens: tokens)
  }
}
