internal import HeapModule

/// Builds a hierarchy over sets of blocks, from the bottom up: again and again it joins the two clusters
/// whose common blocks have the most tokens, and the joint cluster has those blocks.
///
/// What a hierarchy saves is the sum over its joint clusters of the tokens of the common blocks. A cluster's
/// nearest partner can only lose tokens as clusters are joined, so that a partner that was found earlier is
/// an upper bound and is looked for again only when its turn comes.
struct Agglomeration {
  /// A cluster: a set that was given, or two clusters that were joined.
  struct Cluster {
    /// The blocks that all sets below have in common, ascending.
    var blocks: [UInt32]
    /// The two clusters that were joined; nil for a given set.
    var parts: (UInt32, UInt32)?
  }

  /// The given sets by number, then the joint clusters, each behind its parts.
  private(set) var clusters: [Cluster]
  /// The clusters that were not joined with others, ascending.
  private(set) var roots: [UInt32] = []

  /// Joins sets until no two clusters have a block in common.
  ///
  /// - Parameters:
  ///   - sets: the blocks of each set, ascending.
  ///   - tokens: the tokens of each block, by number.
  ///   - searchLimit: the most steps of the search for one partner.
  /// - Complexity: without a limit of searches in the worst case the square of the number of sets, times
  ///   their size.
  init(_ sets: [[UInt32]], tokens: [UInt32], searchLimit: Int = .max) {
    clusters = sets.map { Cluster(blocks: $0, parts: nil) }
    clusters.reserveCapacity(2 * sets.count)
    var counter = OverlapCounter(sets, tokens: tokens, limit: searchLimit)
    var queue = Heap<Candidate>()
    for number in sets.indices {
      if let candidate = Candidate(UInt32(number), &counter) { queue.insert(candidate) }
    }
    while let candidate = queue.popMax() {
      let (left, right) = (candidate.cluster, candidate.partner)
      guard counter.contains(left) else { continue }
      guard counter.contains(right) else {
        if let again = Candidate(left, &counter) { queue.insert(again) }
        continue
      }
      let joint = join(left, right, &counter)
      if let next = Candidate(joint, &counter) { queue.insert(next) }
    }
    roots = clusters.indices.map { UInt32($0) }.filter { counter.contains($0) }
  }

  private mutating func join(
    _ left: UInt32, _ right: UInt32, _ counter: inout OverlapCounter
  ) -> UInt32 {
    let common = Self.intersection(clusters[Int(left)].blocks, clusters[Int(right)].blocks)
    counter.remove(left)
    counter.remove(right)
    counter.insert(common)
    clusters.append(Cluster(blocks: common, parts: (min(left, right), max(left, right))))
    return UInt32(clusters.count - 1)
  }

  private static func intersection(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(min(left.count, right.count))
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
      if left[i] < right[j] {
        i += 1
      } else if left[i] > right[j] {
        j += 1
      } else {
        result.append(left[i])
        i += 1
        j += 1
      }
    }
    return result
  }
}

/// A cluster with the partner that is nearest to it, as far as is known.
private struct Candidate: Comparable {
  let overlap: UInt64
  let cluster: UInt32
  let partner: UInt32

  init?(_ cluster: UInt32, _ counter: inout OverlapCounter) {
    guard let nearest = counter.nearest(to: cluster) else { return nil }
    overlap = nearest.tokens
    self.cluster = cluster
    partner = nearest.set
  }

  /// More tokens come first, then lower numbers.
  static func < (left: Candidate, right: Candidate) -> Bool {
    if left.overlap != right.overlap { return left.overlap < right.overlap }
    return (left.cluster, left.partner) > (right.cluster, right.partner)
  }
}
