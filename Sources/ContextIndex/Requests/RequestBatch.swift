/// Requests that are known at the same time: for each the blocks that it asks for, and for each block how
/// many tokens it has in the prompt.
public struct RequestBatch: Sendable {
  /// The tokens of each block, by block number.
  public let tokens: [UInt32]
  /// The blocks of each request, most important first, none twice.
  public private(set) var requests = BlockLists()
  /// The tokens that stand before the blocks of each request.
  public private(set) var heads: [UInt32] = []

  /// Makes a batch without requests.
  ///
  /// - Parameter tokens: the tokens of each block, by block number.
  public init(tokens: [UInt32]) {
    self.tokens = tokens
  }

  /// The number of requests.
  public var count: Int { requests.count }

  /// Adds a request.
  ///
  /// - Parameters:
  ///   - blocks: numbers below `tokens.count`, most important first. A number that comes again and one that
  ///     is not of a block are left out.
  ///   - head: the tokens that stand before them; requests that share blocks have as many.
  public mutating func append(_ blocks: [UInt32], head: UInt32 = 0) {
    heads.append(head)
    var seen = Set<UInt32>(minimumCapacity: blocks.count)
    requests.append(blocks.filter { Int($0) < tokens.count && seen.insert($0).inserted })
  }

  /// Makes room for `requests` requests of `blocks` blocks together.
  public mutating func reserve(requests count: Int, blocks: Int) {
    requests.reserve(lists: count, blocks: blocks)
  }
}
