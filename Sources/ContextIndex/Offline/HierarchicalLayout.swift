/// Lays out a batch by a hierarchy of its requests: what many have in common stands first.
struct HierarchicalLayout {
  private let batch: RequestBatch
  private let cacheModel: CacheModel
  private let partWork: Int
  private let searchLimit: Int
  /// The different sets of blocks, ascending, and the requests that ask for each.
  private var sets: [[UInt32]] = []
  private var askers: [[Int]] = []
  private var sequence: [Int] = []
  private var orders: [[UInt32]]

  /// Takes a batch.
  ///
  /// - Parameters:
  ///   - cacheModel: what the cache can reuse.
  ///   - partWork: the most work of clustering one part, see `PopularitySplit`.
  ///   - searchLimit: the most steps of the search for a partner, see `Agglomeration`.
  init(_ batch: RequestBatch, _ cacheModel: CacheModel, partWork: Int, searchLimit: Int) {
    self.batch = batch
    self.cacheModel = cacheModel
    self.partWork = partWork
    self.searchLimit = searchLimit
    orders = Array(repeating: [], count: batch.count)
    sequence.reserveCapacity(batch.count)
    var numbers: [[UInt32]: Int] = [:]
    for request in 0..<batch.count {
      let set = batch.requests[request].sorted()
      if let number = numbers[set] {
        askers[number].append(request)
      } else {
        numbers[set] = sets.count
        sets.append(set)
        askers.append([request])
      }
    }
  }

  /// Returns the schedule.
  consuming func schedule() -> Schedule {
    for part in PopularitySplit(sets, tokens: batch.tokens, workLimit: partWork).parts {
      arrange(part)
    }
    var schedule = Schedule()
    schedule.sequence = sequence
    schedule.orders.reserve(lists: batch.count, blocks: batch.requests.blockCount)
    for order in orders { schedule.orders.append(order) }
    return schedule
  }

  /// Clusters a part and lays out its requests.
  private mutating func arrange(_ part: PopularitySplit.Part) {
    let prefix = Set(part.prefix)
    let numbering = LocalNumbering(
      part.requests.map { set in sets[set].filter { !prefix.contains($0) } })
    let hierarchy = Agglomeration(
      numbering.sets, tokens: numbering.blocks.map { batch.tokens[Int($0)] },
      searchLimit: searchLimit)
    let ranks = ClusterRanks(hierarchy, places: places(of: part, numbering))
    var walk = hierarchy.roots.reversed().map { root in
      let measure = measure(root, hierarchy, part)
      return (cluster: root, shared: gaining(part.prefix, behind: [], measure), measure: measure)
    }
    while let (cluster, shared, measure) = walk.popLast() {
      let node = hierarchy.clusters[Int(cluster)]
      guard let (left, right) = node.parts else {
        emit(part.requests[Int(cluster)], shared)
        continue
      }
      let known = Set(shared)
      let own = ranks.sorted(node, number: cluster).map { numbering.blocks[Int($0)] }
      let order = gaining(shared + own.filter { !known.contains($0) }, behind: shared, measure)
      walk.append((right, order, measure))
      walk.append((left, order, measure))
    }
  }

  /// `order` if requests that begin with it share more that the cache can reuse than if they begin with
  /// `shared`; else `shared`: what completes no page is no reason to change an order.
  private func gaining(
    _ order: [UInt32], behind shared: [UInt32], _ measure: ReuseMeasure
  ) -> [UInt32] {
    let gain = measure.gain(PrefixTree.sum(order, batch.tokens))
    return gain > measure.gain(PrefixTree.sum(shared, batch.tokens)) ? order : shared
  }

  /// What the cache can reuse of the requests of a cluster, which begin alike if they share blocks.
  private func measure(
    _ cluster: UInt32, _ hierarchy: Agglomeration, _ part: PopularitySplit.Part
  ) -> ReuseMeasure {
    var first = cluster
    while let parts = hierarchy.clusters[Int(first)].parts { first = parts.0 }
    let head = askers[part.requests[Int(first)]].first.map { batch.heads[$0] } ?? 0
    // Marks are set where they are of use.
    let model = CacheModel.paged(pageSize: cacheModel.pageSize)
    return ReuseMeasure(model, start: UInt64(head))
  }

  /// For each set of a part, parallel to its numbered blocks: the sum of their places in its requests.
  private func places(
    of part: PopularitySplit.Part, _ numbering: LocalNumbering
  ) -> [[UInt64]] {
    zip(part.requests, numbering.sets).map { set, blocks in
      var sums = [UInt64](repeating: 0, count: blocks.count)
      for request in askers[set] {
        var place: [UInt32: UInt64] = [:]
        for (index, block) in batch.requests[request].enumerated() { place[block] = UInt64(index) }
        for (index, block) in blocks.enumerated() {
          sums[index] += place[numbering.blocks[Int(block)]] ?? 0
        }
      }
      return sums
    }
  }

  /// Lays out the requests for a set: what it shares first, then its own blocks, most important first.
  private mutating func emit(_ set: Int, _ shared: [UInt32]) {
    guard let first = askers[set].first else { return }
    // All that ask for these blocks get the first one's order, so that they share all of it.
    let known = Set(shared)
    let order = shared + batch.requests[first].filter { !known.contains($0) }
    for request in askers[set] {
      orders[request] = order
      sequence.append(request)
    }
  }
}
