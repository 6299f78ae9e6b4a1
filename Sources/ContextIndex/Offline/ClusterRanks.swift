/// How important the blocks of a cluster are to the requests below it.
struct ClusterRanks {
  /// For each cluster, parallel to its blocks: the sum of their places in the requests.
  private var sums: [[UInt64]] = []

  /// Adds up places for all clusters.
  ///
  /// - Parameter places: for each given set, parallel to its blocks, the sum of their places in the
  ///   requests that have this set.
  init(_ hierarchy: Agglomeration, places: [[UInt64]]) {
    sums.reserveCapacity(hierarchy.clusters.count)
    sums += places
    for cluster in hierarchy.clusters.dropFirst(places.count) {
      guard let (left, right) = cluster.parts else { continue }
      var sum = [UInt64](repeating: 0, count: cluster.blocks.count)
      for part in [Int(left), Int(right)] {
        var index = 0
        for (place, block) in hierarchy.clusters[part].blocks.enumerated()
        where index < cluster.blocks.count && cluster.blocks[index] == block {
          sum[index] += sums[part][place]
          index += 1
        }
      }
      sums.append(sum)
    }
  }

  /// The blocks of a cluster, most important first.
  func sorted(_ cluster: Agglomeration.Cluster, number: UInt32) -> [UInt32] {
    zip(sums[Int(number)], cluster.blocks).sorted { $0 < $1 }.map(\.1)
  }
}
