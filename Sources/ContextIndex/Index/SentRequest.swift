public import Bytes

/// A request that was sent.
public struct SentRequest: Sendable {
  /// The request, its blocks in the order in which they stood.
  public var request: ContextRequest
  /// What the engine calls it when it says that it is gone; nil if it has no name.
  public var id: ByteString?
  /// When it was sent, in milliseconds since any fixed moment.
  public var time: UInt64
  /// Whether what stands before the blocks was believed to be cached.
  public var isHeadCached = false
  /// How many of the blocks, from the first on, were believed to be cached.
  public var cachedBlocks = 0

  /// Makes a request of which nothing was believed to be cached.
  public init(_ request: ContextRequest, id: ByteString? = nil, at time: UInt64) {
    self.request = request
    self.id = id
    self.time = time
  }
}

extension IndexPartition {
  /// Fills in what is believed to be cached of a request.
  func measure(_ sent: inout SentRequest) {
    guard let head = table.number(of: sent.request.head.fingerprint) else { return }
    var seen: Set<BlockFingerprint> = [sent.request.head.fingerprint]
    let known = sent.request.blocks.lazy.filter { seen.insert($0.fingerprint).inserted }
      .map { table.number(of: $0.fingerprint) }.prefix { $0 != nil }
    let count = orderer.tree.cachedCount(
      of: [head] + known.compactMap { $0 }, tokens: table.tokens)
    sent.isHeadCached = count > 0
    sent.cachedBlocks = max(count - 1, 0)
  }
}
