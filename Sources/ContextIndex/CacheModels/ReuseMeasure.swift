/// Counts how much of the blocks at the start of a prompt a cache model can reuse.
///
/// What does not complete a page, or does not end where an earlier prompt was marked, is worth nothing: no
/// order is changed for its sake.
struct ReuseMeasure: Sendable {
  /// The tokens that stand before the blocks.
  let start: UInt64
  /// The unit of reuse in tokens.
  private let page: UInt64
  /// Whether a prefix is of use only where an earlier prompt's blocks ended: prompts are marked there, and
  /// a shorter prefix is not found.
  let needsMark: Bool
  /// How many blocks a prefix needs at least so that the mark behind the last block looks back to it.
  let leastBlocks: Int
  /// What was last used before this time is gone.
  let earliest: UInt64

  /// Makes the measure of one request.
  ///
  /// - Parameters:
  ///   - start: the tokens before the blocks.
  ///   - blockCount: how many blocks the request has.
  ///   - time: now, in milliseconds.
  init(_ model: CacheModel = .radix, start: UInt64 = 0, blockCount: Int = 0, at time: UInt64 = 0) {
    self.start = start
    page = UInt64(max(model.pageSize, 1))
    guard case .breakpoints(let count, let lookback, let timeToLive) = model else {
      (needsMark, leastBlocks, earliest) = (false, 0, 0)
      return
    }
    needsMark = true
    // With a second mark the prefix that is reused has one of its own.
    leastBlocks = count > 1 ? 0 : max(blockCount - (lookback ?? 1) + 1, 0)
    let age = UInt64(timeToLive ?? 0) * 1000
    earliest = timeToLive == nil || time <= age ? 0 : time - age
  }

  /// How many tokens more than without the blocks can be reused if `tokens` of theirs are cached.
  func gain(_ tokens: UInt64) -> UInt64 {
    page == 1 ? tokens : (start + tokens) / page * page - start / page * page
  }
}

extension CacheModel {
  /// How many of the first `tokens` tokens of a prompt can be reused if all of them are cached: whole
  /// pages where the model has pages.
  public func reusableTokens(_ tokens: Int) -> Int {
    max(tokens, 0) / pageSize * pageSize
  }
}
