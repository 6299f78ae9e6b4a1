/// A way to send the requests of a window, and what comes of it.
struct WindowTrial {
  private let window: RequestBatch
  /// The cache behind the window.
  private(set) var mirror: CacheMirror
  /// How many tokens were cached.
  private(set) var hit: UInt64 = 0
  private var sequence: [Int] = []
  private var orders: [[UInt32]]

  /// Begins a trial in which nothing is sent yet.
  init(_ window: RequestBatch, _ mirror: CacheMirror) {
    self.window = window
    self.mirror = mirror
    orders = Array(repeating: [], count: window.count)
  }

  /// What was sent.
  var schedule: Schedule {
    var schedule = Schedule()
    schedule.sequence = sequence
    for order in orders { schedule.orders.append(order) }
    return schedule
  }

  private mutating func send(_ request: Int, _ order: [UInt32]) {
    hit += mirror.send(order)
    sequence.append(request)
    orders[request] = order
  }

  /// Each request by itself, in the sequence in which they came.
  mutating func sendAsTheyCame() {
    for request in 0..<window.count {
      send(request, mirror.order(Array(window.requests[request])))
    }
  }

  /// Each request by itself, always the one next of which most is cached.
  mutating func sendNearestFirst() {
    var waiting = Array(0..<window.count)
    while !waiting.isEmpty {
      var best: (tokens: UInt64, place: Int) = (0, 0)
      for (place, request) in waiting.enumerated() {
        let tokens = mirror.cachedTokens(of: Array(window.requests[request]))
        if tokens > best.tokens { best = (tokens, place) }
      }
      let request = waiting.remove(at: best.place)
      send(request, mirror.order(Array(window.requests[request])))
    }
  }

  /// Together by a hierarchy of what they have in common, each cluster beginning with what the cache holds
  /// of it; always the cluster next of which most is cached.
  mutating func sendClusters(tokens: [UInt32]) {
    let numbering = LocalNumbering((0..<window.count).map { window.requests[$0].sorted() })
    let hierarchy = Agglomeration(
      numbering.sets, tokens: numbering.blocks.map { tokens[Int($0)] })
    var waiting = hierarchy.roots
    while !waiting.isEmpty {
      var best: (tokens: UInt64, place: Int) = (0, 0)
      for (place, root) in waiting.enumerated() {
        let tokens = mirror.cachedTokens(of: blocks(of: root, hierarchy, numbering))
        if tokens > best.tokens { best = (tokens, place) }
      }
      sendCluster(waiting.remove(at: best.place), hierarchy, numbering)
    }
  }

  private mutating func sendCluster(
    _ root: UInt32, _ hierarchy: Agglomeration, _ numbering: LocalNumbering
  ) {
    var walk: [(cluster: UInt32, shared: [UInt32])] = [(root, [])]
    while let (cluster, shared) = walk.popLast() {
      mirror.divide(behind: shared)
      let known = Set(shared)
      let own = blocks(of: cluster, hierarchy, numbering).filter { !known.contains($0) }
      let order = shared + mirror.order(own, behind: shared)
      guard let (left, right) = hierarchy.clusters[Int(cluster)].parts else {
        send(Int(cluster), order)
        continue
      }
      walk.append((right, order))
      walk.append((left, order))
    }
  }

  private func blocks(
    of cluster: UInt32, _ hierarchy: Agglomeration, _ numbering: LocalNumbering
  ) -> [UInt32] {
    let node = hierarchy.clusters[Int(cluster)]
    if node.parts == nil { return Array(window.requests[Int(cluster)]) }
    return node.blocks.map { numbering.blocks[Int($0)] }
  }
}
