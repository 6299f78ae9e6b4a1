/// The answer to a batch: in which order each request's blocks stand, and in which sequence the requests are
/// sent.
public struct Schedule: Sendable, Equatable {
  /// The numbers of the requests, in the sequence in which to send them.
  public var sequence: [Int] = []
  /// For each request, by number, its blocks in the order in which they stand.
  public var orders = BlockLists()

  /// Makes an empty schedule.
  public init() {}

  /// Returns how many tokens of blocks are prefixes of other prompts, each but once, if nothing is ever
  /// removed from the cache.
  ///
  /// - Parameter tokens: the tokens of each block, by number.
  public func sharedTokens(_ tokens: [UInt32]) -> Int {
    let sorted = (0..<orders.count).sorted { orders[$0].lexicographicallyPrecedes(orders[$1]) }
    var shared = 0
    for (previous, next) in zip(sorted, sorted.dropFirst()) {
      for (left, right) in zip(orders[previous], orders[next]) {
        guard left == right, Int(left) < tokens.count else { break }
        shared += Int(tokens[Int(left)])
      }
    }
    return shared
  }
}
