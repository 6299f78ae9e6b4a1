/// What a finite cache is believed to hold, block by block: a prefix tree that gives up what was used least
/// recently as soon as there are too many tokens.
struct CacheMirror: Sendable {
  private var orderer = OnlineOrderer()
  /// The tokens of each block, by number.
  var tokens: [UInt32] = []
  private let capacity: UInt64
  private let page: UInt64
  private var tick: UInt64 = 0

  /// Makes the mirror of an empty cache.
  ///
  /// - Parameters:
  ///   - capacity: the tokens that the cache holds.
  ///   - page: the unit in tokens in which it gives up what it holds.
  init(capacity: Int, page: Int) {
    self.capacity = UInt64(max(capacity, 0))
    self.page = UInt64(max(page, 1))
  }

  /// The order for blocks that stand behind those of `start`: what is cached first.
  mutating func order(_ blocks: [UInt32], behind start: [UInt32] = []) -> [UInt32] {
    orderer.order(blocks.map { $0 }, behind: start, tokens: tokens).places.map { blocks[$0] }
  }

  /// How many tokens of a prompt of these blocks can be cached.
  mutating func cachedTokens(of blocks: [UInt32]) -> UInt64 {
    orderer.path(from: [], of: blocks, tokens: tokens).tokens
  }

  /// The blocks that a prompt of these can begin with and that are cached.
  mutating func cachedBlocks(of blocks: [UInt32]) -> [UInt32] {
    orderer.path(from: [], of: blocks, tokens: tokens).blocks
  }

  /// Sends a prompt, and returns how many of its tokens were there.
  mutating func send(_ order: [UInt32]) -> UInt64 {
    let hit = orderer.tree.cachedTokens(of: order, tokens: tokens)
    tick += 1
    orderer.record(order, behind: [], tokens: tokens, at: tick)
    while let leaf = orderer.tree.leafToRemove(toTokens: capacity, page: page) {
      orderer.tree.removeLeaf(leaf)
    }
    return hit
  }

  /// Prepares for orders behind `start`, if a prompt that begins so was just sent.
  mutating func divide(behind start: [UInt32]) {
    orderer.tree.divide(behind: start, tokens: tokens)
  }
}
