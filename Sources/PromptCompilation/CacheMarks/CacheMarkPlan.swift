internal import Bytes
internal import Deduplication
internal import OrderedJSON

/// Where marks are put: at the ends of what later requests begin with, the most useful first, as many as the
/// service takes beside the caller's own.
struct CacheMarkPlan {
  /// A mark, and the number of the block that it stands at.
  struct Place {
    var boundary: CacheMark.Boundary
    var block: Int
    var lifetime: ByteString?
    var tokens: Int
  }

  private let blocks: [CacheBlock]
  private let service: CacheService
  private let settings: CacheMarkSettings
  private let minimum: Int
  private let estimate: TokenEstimate
  /// The caller's mark of the whole request, which stands behind all blocks.
  private let endMark: JSONNode?
  /// The tokens up to the end of each block.
  private let ends: [Int]

  init(
    _ blocks: [CacheBlock], _ service: CacheService, _ settings: CacheMarkSettings, minimum: Int,
    _ estimate: TokenEstimate, endMark: JSONNode?
  ) {
    self.endMark = endMark
    self.blocks = blocks
    self.service = service
    self.settings = settings
    self.minimum = minimum
    self.estimate = estimate
    var end = 0
    ends = blocks.map {
      end += $0.tokens
      return end
    }
  }

  /// The places of the marks in the order of the blocks.
  ///
  /// - Parameters:
  ///   - free: how many marks may be put in.
  ///   - earlierItemCount: how many messages, from the first on, were sent before.
  ///   - documentEnd: the block that documents end with.
  func places(free: Int, earlierItemCount: Int, documentEnd: Int?) -> [Place] {
    let conversation = lastMarkable { $0.item != nil }
    let earlier = lastMarkable { block in
      block.item.map { $0 < earlierItemCount } ?? false
    }
    var wanted: [(CacheMark.Boundary, Int?)] =
      endMark == nil ? [(.conversation, conversation)] : []
    if let end = conversation, let earlier, end - earlier >= service.lookBackBlocks ?? 1 {
      wanted.append((.earlierTurns, earlier))
    }
    wanted += [
      (.system, lastMarkable { if case .system = $0.section { true } else { false } }),
      (.documents, documentEnd),
      (.tools, lastMarkable { if case .tools = $0.section { true } else { false } }),
    ]
    var places: [Place] = []
    for case (let boundary, let block?) in wanted where places.count < free {
      guard !places.contains(where: { $0.block == block }), !blocks[block].ownMark.isSet,
        estimate.reaches(minimum, ends[block]),
        let lifetime = lifetime(for: boundary, at: block)
      else { continue }
      places.append(
        Place(
          boundary: boundary, block: block, lifetime: lifetime.ttl, tokens: ends[block]))
    }
    return places.sorted { $0.block < $1.block }
  }

  private func lastMarkable(_ isWanted: (CacheBlock) -> Bool) -> Int? {
    blocks.lastIndex { $0.isMarkable && isWanted($0) }
  }

  /// The lifetime of a mark; nil if none pays, or the caller's marks allow none.
  ///
  /// Entries that live longer stand before those that live shorter (Anthropic's rule).
  private func lifetime(for boundary: CacheMark.Boundary, at block: Int) -> Choice? {
    let isShared = boundary != .conversation && boundary != .earlierTurns
    let reads = isShared ? settings.sharedReads : settings.conversationReads
    let isShorterBefore = blocks[..<block].contains {
      $0.ownMark.isSet && !isLong($0.ownMark.lifetime)
    }
    let isLongerBehind =
      blocks[block...].contains { $0.ownMark.isSet && isLong($0.ownMark.lifetime) }
      || isLong(endMark?["ttl"]?.string)
    if isShorterBefore && isLongerBehind { return nil }
    let isLonger =
      isLongerBehind || isShared && settings.lifetime != nil && !isShorterBefore
    let ttl = isLonger ? settings.lifetime ?? longest?.ttl : nil
    let lifetime = ttl.flatMap { ttl in service.lifetimes.first { $0.ttl == ttl } }
    guard service.isWorth(lifetime ?? service.lifetimes.first, reads: reads) else { return nil }
    return Choice(ttl: ttl == service.lifetimes.first?.ttl ? nil : ttl)
  }

  private struct Choice {
    var ttl: ByteString?
  }

  private var longest: CacheService.Lifetime? {
    service.lifetimes.max { $0.seconds < $1.seconds }
  }

  /// Whether a lifetime is longer than the usual one.
  private func isLong(_ lifetime: ByteString?) -> Bool {
    lifetime.map { $0 != service.lifetimes.first?.ttl } ?? false
  }
}
