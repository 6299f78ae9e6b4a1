/// Orders the blocks of requests that are all known, and the requests themselves, so that as many tokens as
/// possible are prefixes of earlier prompts.
///
/// Requests are clustered by what they have in common (`Agglomeration`); the blocks of a cluster stand before
/// those that only one of its parts has, and within a cluster the more important ones first. The requests are
/// sent in the sequence of the hierarchy, so that a cache that keeps the latest prompts has what the next one
/// needs.
///
/// Where clustering all requests exactly would take too long, two bounded ways are tried on a sample of them,
/// and the one that shares more tokens is taken for all.
public struct OfflineScheduler: Sendable {
  private let cacheModel: CacheModel

  /// Makes a scheduler.
  ///
  /// - Parameter cacheModel: what the cache can reuse. Blocks that several requests share stand first only
  ///   where they complete a page; marks are taken to stand where they are of use.
  public init(cacheModel: CacheModel = .radix) {
    self.cacheModel = cacheModel
  }

  /// Up to this much work, see `BlockCounts`, all requests are clustered exactly.
  private static let exactWork = 1 << 27
  /// The work of one part of many.
  private static let partWork = 1 << 24
  /// The steps of one bounded search for a partner.
  private static let searchLimit = 300
  /// How many requests the ways are compared on.
  private static let sampleCount = 8192

  /// Returns the orders and the sequence for a batch. Every order is a permutation of its request's blocks,
  /// the sequence one of the requests; the same batch gives the same schedule.
  ///
  /// - Complexity: a bounded number of steps for each request and block, besides sorting.
  public func schedule(_ batch: RequestBatch) -> Schedule {
    let work = Self.work(of: batch)
    if work <= Self.exactWork { return schedule(batch, .exact) }
    // The sample is cut into as many parts, and searched as far in proportion, as the whole would be.
    let sample = Self.sample(of: batch)
    let scale = Scale(
      work: Double(Self.work(of: sample)) / Double(work),
      search: Double(sample.count) / Double(batch.count))
    let clustered = schedule(sample, .boundedSearch, scale).sharedTokens(batch.tokens)
    let split = schedule(sample, .parts, scale).sharedTokens(batch.tokens)
    return schedule(batch, clustered > split ? .boundedSearch : .parts)
  }

  private enum Way {
    case exact
    /// Split by popular blocks first: good where the same blocks are popular with all.
    case parts
    /// Look for partners among those that share rare blocks: good where there are many topics.
    case boundedSearch
  }

  /// What a sample's bounds are multiplied with.
  private struct Scale {
    var work = 1.0
    var search = 1.0
  }

  private func schedule(
    _ batch: RequestBatch, _ way: Way, _ scale: Scale = Scale()
  ) -> Schedule {
    var (partWork, searchLimit) = (Int.max, Int.max)
    switch way {
    case .exact: break
    case .parts: partWork = Int(Double(Self.partWork) * scale.work)
    case .boundedSearch: searchLimit = max(Int(Double(Self.searchLimit) * scale.search), 1)
    }
    return HierarchicalLayout(
      batch, cacheModel, partWork: partWork, searchLimit: searchLimit
    ).schedule()
  }

  private static func work(of batch: RequestBatch) -> Int {
    var counts = BlockCounts()
    for request in 0..<batch.count { counts.add(Array(batch.requests[request])) }
    return counts.work
  }

  private static func sample(of batch: RequestBatch) -> RequestBatch {
    let stride = max(batch.count / sampleCount, 1)
    var sample = RequestBatch(tokens: batch.tokens)
    for request in Swift.stride(from: 0, to: batch.count, by: stride) {
      sample.append(Array(batch.requests[request]), head: batch.heads[request])
    }
    return sample
  }
}
