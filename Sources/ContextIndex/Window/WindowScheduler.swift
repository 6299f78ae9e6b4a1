/// Orders and schedules requests that wait in a queue, window by window, against a mirror of a finite cache.
///
/// In an unlimited cache every request is best laid out by itself. A finite one has forgotten most of what
/// could be shared by the time it is asked for again; there it is better to send at once the waiting requests
/// that share most. Several ways are tried on the mirror for each window, and the best one is taken.
public struct WindowScheduler: Sendable {
  private var mirror: CacheMirror
  private let tokens: [UInt32]
  /// How many tokens of blocks the mirror says were cached, in all windows so far.
  public private(set) var cachedTokens: UInt64 = 0

  /// Makes a scheduler.
  ///
  /// - Parameters:
  ///   - tokens: the tokens of each block, by number.
  ///   - cacheTokens: the tokens that the cache holds.
  ///   - page: the unit in tokens in which it gives up what it holds.
  public init(tokens: [UInt32], cacheTokens: Int, page: Int = 16) {
    self.tokens = tokens
    mirror = CacheMirror(tokens: tokens, capacity: cacheTokens, page: page)
  }

  /// Returns the orders and the sequence of the requests of one window, which are taken to be sent then.
  public mutating func schedule(_ window: RequestBatch) -> Schedule {
    var best = WindowTrial(window, mirror)
    best.sendAsTheyCame()
    var nearest = WindowTrial(window, mirror)
    nearest.sendNearestFirst()
    var joint = WindowTrial(window, mirror)
    joint.sendClusters(tokens: tokens)
    var others = WindowTrial(window, mirror)
    others.sendNearestForOthers(tokens: tokens)
    for trial in [nearest, joint, others] where trial.hit > best.hit { best = trial }
    mirror = best.mirror
    cachedTokens += best.hit
    return best.schedule
  }
}
