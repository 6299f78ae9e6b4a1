/// Orders and schedules requests that wait in a queue, window by window, against a mirror of a finite cache.
///
/// In an unlimited cache every request is best laid out by itself. A finite one has forgotten most of what
/// could be shared by the time it is asked for again; there it is better to send at once the waiting requests
/// that share most. Several ways are tried on the mirror for each window, and the best one is taken.
public struct WindowScheduler: Sendable {
  private var mirror: CacheMirror
  /// How many tokens of blocks the mirror says could be reused, in all windows so far.
  public private(set) var cachedTokens: UInt64 = 0

  /// Makes a scheduler.
  ///
  /// - Parameters:
  ///   - cacheTokens: the tokens that the cache holds.
  ///   - cacheModel: what it can reuse, and in which unit it gives up what it holds.
  public init(cacheTokens: Int, cacheModel: CacheModel = .paged(pageSize: 16)) {
    mirror = CacheMirror(capacity: cacheTokens, cacheModel)
  }

  /// Returns the orders and the sequence of the requests of one window, which are taken to be sent then.
  ///
  /// - Parameter window: the requests. A block has the same number in all windows; later ones may have
  ///   blocks with higher numbers.
  public mutating func schedule(_ window: RequestBatch) -> Schedule {
    mirror.tokens = window.tokens
    var best = WindowTrial(window, mirror)
    best.sendAsTheyCame()
    var nearest = WindowTrial(window, mirror)
    nearest.sendNearestFirst()
    var joint = WindowTrial(window, mirror)
    joint.sendClusters()
    var others = WindowTrial(window, mirror)
    others.sendNearestForOthers()
    for trial in [nearest, joint, others] where trial.hit > best.hit { best = trial }
    mirror = best.mirror
    cachedTokens += best.hit
    return best.schedule
  }
}
