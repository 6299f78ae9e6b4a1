public import Bytes

/// Whose cache a request meets: nothing of one key's requests changes what another's look like.
public struct IndexKey: Hashable, Sendable {
  /// The tenant; empty if there is but one.
  public var tenant: ByteString
  /// The model, as the profile names it.
  public var model: ByteString

  /// Makes a key.
  public init(tenant: ByteString = "", model: ByteString) {
    self.tenant = tenant
    self.model = model
  }
}

/// A request as the index sees it: what the prompt begins with, and the blocks that may stand in any order.
public struct ContextRequest: Sendable {
  /// Whose request it is.
  public var key: IndexKey
  /// All that stands before the blocks, as one block: system text, tools, earlier turns.
  public var head: IndexedBlock
  /// The blocks, most important first. One that comes again is left out of the answer's cached part.
  public var blocks: [IndexedBlock]

  /// Makes a request.
  public init(key: IndexKey, head: IndexedBlock, blocks: [IndexedBlock]) {
    self.key = key
    self.head = head
    self.blocks = blocks
  }
}

/// How to lay out a request.
public struct Arrangement: Sendable, Equatable {
  /// The places in the request, in the order in which the blocks are to stand.
  public var order: [Int]
  /// How many of them, from the first on, are believed to be cached and of use: behind them nothing
  /// completes a further unit of the cache model.
  public var cachedBlocks: Int
  /// How many tokens more than of the head alone the cache model can reuse with them.
  public var cachedTokens: Int
  /// Whether the head is believed to be cached.
  public var isHeadCached: Bool
  /// Whether every sequence that the request can begin with was looked at.
  public var isExact: Bool
}
