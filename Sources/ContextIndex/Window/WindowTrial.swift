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
    hit += mirror.send(order, head: window.heads[request])
    sequence.append(request)
    orders[request] = order
  }

  /// Each request by itself, in the sequence in which they came.
  mutating func sendAsTheyCame() {
    for request in 0..<window.count {
      send(
        request,
        mirror.order(Array(window.requests[request]), head: window.heads[request]))
    }
  }

  /// Each request by itself, always the one next of which most is cached.
  mutating func sendNearestFirst() {
    sendNearestFirst { request, _, trial in
      trial.mirror.order(
        Array(trial.window.requests[request]), head: trial.window.heads[request])
    }
  }

  /// Each request by itself, always the one next of which most is cached; behind what is cached stand the
  /// blocks that it has in common with those that wait.
  mutating func sendNearestForOthers() {
    let sets = (0..<window.count).map { Set(window.requests[$0]) }
    sendNearestFirst { request, waiting, trial in
      let blocks = Array(trial.window.requests[request])
      let head = trial.window.heads[request]
      let cached = trial.mirror.cachedPath(of: blocks, head: head).blocks
      let rest = trial.mirror.order(blocks, head: head).filter { !cached.contains($0) }
      let alike = waiting.map { sets[$0] }.filter { $0.isSuperset(of: cached) }
      return cached + Self.commonFirst(rest, with: alike, tokens: trial.window.tokens)
    }
  }

  private mutating func sendNearestFirst(
    _ order: (_ request: Int, _ waiting: [Int], _ trial: inout WindowTrial) -> [UInt32]
  ) {
    var waiting = Array(0..<window.count)
    while !waiting.isEmpty {
      let window = window
      let request = waiting.remove(
        at: placeOfNearest(
          waiting.map { (Array(window.requests[$0]), window.heads[$0]) }))
      send(request, order(request, waiting, &self))
    }
  }

  /// The place of the list of which most is cached.
  private mutating func placeOfNearest(_ lists: [(blocks: [UInt32], head: UInt32)]) -> Int {
    var best: (tokens: UInt64, place: Int) = (0, 0)
    for (place, list) in lists.enumerated() {
      let tokens = mirror.cachedPath(of: list.blocks, head: list.head).tokens
      if tokens > best.tokens { best = (tokens, place) }
    }
    return best.place
  }

  /// The blocks with those first that most sets go on with: at each place, of the blocks that the nearest
  /// set has too, the one whose tokens times the sets that have it are most.
  private static func commonFirst(
    _ blocks: [UInt32], with sets: [Set<UInt32>], tokens: [UInt32]
  ) -> [UInt32] {
    var (rest, alike) = (blocks, sets)
    var result: [UInt32] = []
    func overlap(_ set: Set<UInt32>) -> UInt64 {
      rest.reduce(0) { $0 + (set.contains($1) ? UInt64(tokens[Int($1)]) : 0) }
    }
    while let nearest = alike.max(by: { overlap($0) < overlap($1) }) {
      var best: (value: UInt64, place: Int)?
      for (place, block) in rest.enumerated() where nearest.contains(block) {
        let count = alike.reduce(0) { $0 + ($1.contains(block) ? 1 : 0) }
        let value = UInt64(count) * UInt64(tokens[Int(block)])
        if value > best?.value ?? 0 { best = (value, place) }
      }
      guard let place = best?.place else { break }
      let block = rest.remove(at: place)
      result.append(block)
      alike.removeAll { !$0.contains(block) }
    }
    return result + rest
  }

  /// Together by a hierarchy of what they have in common, each cluster beginning with what the cache holds
  /// of it; always the cluster next of which most is cached.
  mutating func sendClusters() {
    let numbering = LocalNumbering((0..<window.count).map { window.requests[$0].sorted() })
    let hierarchy = Agglomeration(
      numbering.sets, tokens: numbering.blocks.map { window.tokens[Int($0)] })
    var waiting = hierarchy.roots
    while !waiting.isEmpty {
      let lists = waiting.map {
        (blocks(of: $0, hierarchy, numbering), head(of: $0, hierarchy))
      }
      sendCluster(waiting.remove(at: placeOfNearest(lists)), hierarchy, numbering)
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
      let order =
        shared + mirror.order(own, behind: shared, head: head(of: cluster, hierarchy))
      guard let (left, right) = hierarchy.clusters[Int(cluster)].parts else {
        send(Int(cluster), order)
        continue
      }
      walk.append((right, order))
      walk.append((left, order))
    }
  }

  /// The tokens before the blocks of a cluster: requests that share blocks begin alike.
  private func head(of cluster: UInt32, _ hierarchy: Agglomeration) -> UInt32 {
    var first = cluster
    while let parts = hierarchy.clusters[Int(first)].parts { first = parts.0 }
    return window.heads[Int(first)]
  }

  private func blocks(
    of cluster: UInt32, _ hierarchy: Agglomeration, _ numbering: LocalNumbering
  ) -> [UInt32] {
    let node = hierarchy.clusters[Int(cluster)]
    if node.parts == nil { return Array(window.requests[Int(cluster)]) }
    return node.blocks.map { numbering.blocks[Int($0)] }
  }
}
