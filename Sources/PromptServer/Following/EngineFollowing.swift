internal import Bytes
internal import EngineEvents
internal import Logging
internal import Synchronization

/// Follows the engine behind the upstream by what it tells of its cache, each data-parallel rank by itself.
///
/// Nobody outside knows to which rank the engine sends a request: what is believed of a prompt is the most that any
/// of them has. Nothing waits for an engine: where it is not known what one holds, nothing is said.
final class EngineFollowing: Sendable {
  private let connections: [EngineConnection]
  private let logger: Logger
  private let followers: Mutex<[EngineFollower]> = Mutex([])
  private let pending = PendingPrompts()
  let counts = FollowingCounts()

  /// Makes what follows the configuration's engines; nil if there are none.
  init?(_ configuration: ServerConfiguration, logger: Logger) {
    guard !configuration.engines.isEmpty else { return nil }
    connections = configuration.engines
    self.logger = logger
  }

  /// Begins to follow. An engine that is not there is waited for, beside.
  ///
  /// - Throws: `ConfigurationError` if an endpoint cannot be used; then none is followed.
  func start() throws(ConfigurationError) {
    var started: [EngineFollower] = []
    for (rank, connection) in connections.enumerated() {
      let lines = FollowerLog(rank: rank, connection, logger)
      do {
        started.append(
          try EngineFollower(connection) { [counts] in
            if case .batch = $0 { counts.countBatch() }
            lines.take($0)
          })
      } catch {
        for follower in started { follower.stop() }
        throw ConfigurationError("kv-events: \(error)")
      }
    }
    followers.withLock { $0 = started }
  }

  /// Ends all subscriptions.
  func stop() {
    for follower in all { follower.stop() }
  }

  private var all: [EngineFollower] { followers.withLock { $0 } }

  /// How each rank is followed, in the order of the endpoints, and how many blocks it holds.
  var statuses: [(status: EngineFollower.Status, blocks: Int)] {
    all.map { follower in (follower.status, follower.withCache { $0.blockCount }) }
  }

  /// Now; nil if no rank's cache is known.
  var moment: EngineMoment? {
    let ranks = all.map(\.moment)
    return ranks.contains { $0 != nil } ? EngineMoment(ranks: ranks) : nil
  }

  /// How many batches all ranks told.
  var batches: Int { counts.batches }

  /// Notes that a prompt is being made that will be sent.
  ///
  /// - Parameter prompt: nil as long as its tokens are not known.
  func expect(_ request: PromptRequest, _ prompt: EnginePrompt? = nil) {
    pending.insert(request, prompt, batches: batches)
  }

  /// How many of a prompt's tokens the engine should find; nil if that is not known.
  ///
  /// It is what the engine held when the request was passed on, whatever it told since of the request itself,
  /// or will hold by prompts of the tenant's that were on their way.
  ///
  /// - Parameter page: the tokens of a block where the engine did not tell.
  func cachedPrefix(
    of prompt: EnginePrompt, _ request: PromptRequest, page: Int
  ) -> Int? {
    let shared = pending.sharedPrefix(with: prompt, of: request, batches: batches) ?? 0
    expect(request, prompt)
    guard let moment = request.flight.moment else { return nil }
    let known = zip(all, moment.ranks).compactMap { follower, moment in
      moment.flatMap { Self.cachedPrefix(of: prompt, shared, page, follower, since: $0) }
    }
    return known.max()
  }

  private static func cachedPrefix(
    of prompt: EnginePrompt, _ shared: Int, _ page: Int, _ follower: EngineFollower,
    since moment: EngineFollower.Moment
  ) -> Int? {
    follower.withCache(since: moment) { cache, clock in
      guard prompt.names.salt == nil || cache.tellsSalts else { return nil }
      let held = cache.cachedPrefix(
        of: prompt.tokens, salt: prompt.names.salt, adapter: prompt.names.adapter(in: cache),
        since: clock)
      let size = max(cache.blockSize ?? page, 1)
      return max(held, min(shared, prompt.tokens.count - 1) / size * size)
    } ?? nil
  }

  /// Whether it is known of all ranks what they hold, and what not.
  var isComplete: Bool {
    let followers = all
    return !followers.isEmpty
      && followers.allSatisfy { follower in
        let status = follower.status
        return status.isUsable && status.isComplete
      }
  }

  /// How many of some ends all ranks together hold a prompt up to, or will by prompts of the tenant's that are on
  /// their way; nil if that is not known, as where a mirror does not go back to the first message.
  func heldEnds(
    of prompt: EnginePrompt, _ ends: [Int], _ request: PromptRequest
  ) -> Int? {
    guard let shared = pending.sharedPrefix(with: prompt, of: request, batches: batches)
    else { return nil }
    var most = ends.prefix { $0 <= shared }.count
    for follower in all {
      guard let moment = follower.moment, follower.status.isComplete,
        let held = follower.withCache(
          since: moment,
          { cache, _ -> Int? in
            let isTold = prompt.names.salt == nil || cache.tellsSalts
            guard isTold, cache.ignoredCount == 0 else { return nil }
            return cache.heldEnds(
              of: prompt.tokens, ends: ends, salt: prompt.names.salt,
              adapter: prompt.names.adapter(in: cache))
          }) ?? nil
      else { return nil }
      most = max(most, held)
    }
    return most
  }
}

/// A moment in the life of each rank; nil of one of which it is not known what it holds.
struct EngineMoment: Sendable {
  let ranks: [EngineFollower.Moment?]
}

extension EngineNames {
  /// The adapter that the engine calls as the body calls its model; nil if it never told of one.
  fileprivate func adapter(in cache: EngineCache) -> ByteString? {
    model.flatMap { cache.knows(adapter: $0) ? $0 : nil }
  }
}
