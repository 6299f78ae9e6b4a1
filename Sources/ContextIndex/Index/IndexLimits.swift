/// How much an index keeps for each key.
public struct IndexLimits: Sendable {
  /// The most edges of the tree; the least recently used ends of sequences are given up first.
  public var edges: Int
  /// The most tokens that are believed to be cached, as the engine's own cache holds; nil for any number.
  public var tokens: Int?
  /// The unit in tokens in which the engine gives up what it holds.
  public var page: Int
  /// After how many milliseconds without use a sequence is believed to be gone; nil for never.
  public var lifetime: UInt64?

  /// How many branches of the tree are followed at once by a search where not all can be.
  public var searchWidth: Int

  /// Makes limits; without arguments for a million edges, of up to 200 bytes each.
  public init(
    edges: Int = 1 << 20, tokens: Int? = nil, page: Int = 1, lifetime: UInt64? = nil,
    searchWidth: Int = 8
  ) {
    self.searchWidth = max(searchWidth, 1)
    self.edges = max(edges, 1)
    self.tokens = tokens.map { max($0, 0) }
    self.page = max(page, 1)
    self.lifetime = lifetime
  }
}
