internal import Bytes

/// What an index knows of one key's requests.
struct IndexPartition: Sendable {
  private(set) var orderer: OnlineOrderer
  private(set) var table = BlockTable()
  /// Under which label each content was first shown.
  var labels = LabelTable()
  private let limits: IndexLimits
  /// The time of the latest change in milliseconds, or a little later so that it always grows.
  private var clock: UInt64 = 0
  /// The requests that end at each node, and the node at which each ends.
  private var requestsByNode: [UInt32: [ByteString]] = [:]
  private var nodeByRequest: [ByteString: UInt32] = [:]

  /// How many ids are kept of the requests that end at one node.
  private static let requestsPerNode = 64

  init(limits: IndexLimits) {
    self.limits = limits
    orderer = OnlineOrderer(searchWidth: limits.searchWidth)
  }

  /// What is there.
  var statistics: IndexStatistics {
    IndexStatistics(
      edges: orderer.tree.edgeCount, learnedEdges: orderer.learned.edgeCount,
      blocks: table.count, tokens: Int(orderer.tree.tokenCount),
      treeMemory: orderer.tree.memory + orderer.learned.memory,
      historyMemory: orderer.historyMemory)
  }

  /// Returns how to lay out a request. The same request and index give the same answer.
  mutating func arrange(
    _ request: ContextRequest, for cacheModel: CacheModel, at time: UInt64
  ) -> Arrangement {
    expire(at: time)
    let head = table.number(of: request.head.fingerprint)
    var seen = Set<BlockFingerprint>(minimumCapacity: request.blocks.count)
    let blocks = request.blocks.map { block -> UInt32? in
      seen.insert(block.fingerprint).inserted ? table.number(of: block.fingerprint) : nil
    }
    let start = head.map { table.tokens[Int($0)] } ?? request.head.tokens
    let measure = ReuseMeasure(
      cacheModel, start: UInt64(start), blockCount: blocks.count, at: time)
    let (places, cached) = orderer.order(
      blocks, behind: head.map { [$0] } ?? [], tokens: table.tokens, measure)
    return Arrangement(
      order: places, cachedBlocks: cached.blocks.count, cachedTokens: Int(cached.tokens),
      isHeadCached: cached.hasStart, isExact: cached.isExact)
  }

  /// Records that a request was sent with its blocks in an order.
  mutating func record(
    _ request: ContextRequest, order: [Int], id: ByteString?, at time: UInt64
  ) {
    let tick = advance(to: time)
    expire(at: time)
    let (head, sequence) = intern(request, order)
    let node = orderer.record(sequence, behind: [head], tokens: table.tokens, at: tick) {
      table.retain($0)
    }
    if let id { note(id, at: node) }
    shrink()
  }

  /// Takes a request of an earlier log for a hint.
  mutating func learn(_ request: ContextRequest, order: [Int], count: UInt32) {
    guard orderer.learned.edgeCount < limits.edges else { return }
    let (head, sequence) = intern(request, order)
    orderer.learn(sequence, behind: [head], count: count, tokens: table.tokens) {
      table.retain($0)
    }
  }

  /// The numbers of what a prompt begins with and of its blocks, each once.
  private mutating func intern(
    _ request: ContextRequest, _ order: [Int]
  ) -> (head: UInt32, blocks: [UInt32]) {
    var seen = Set<BlockFingerprint>(minimumCapacity: order.count)
    var blocks: [UInt32] = []
    for place in order where request.blocks.indices.contains(place) {
      let block = request.blocks[place]
      if seen.insert(block.fingerprint).inserted { blocks.append(table.intern(block)) }
    }
    let head = table.intern(request.head)
    return (head, blocks.filter { $0 != head })
  }

  /// What the engine calls the requests that hold something, ascending.
  var requestIDs: [ByteString] { nodeByRequest.keys.sorted() }

  /// How far a sequence is in the tree.
  func path(of blocks: [BlockFingerprint], behind head: BlockFingerprint) -> IndexPath {
    var path = IndexPath()
    let known = ([head] + blocks).prefix { table.number(of: $0) != nil }.compactMap(table.number)
    let tree = orderer.tree
    var count = 0
    var node = PrefixTree.root
    while count < known.count, let child = tree.child(of: node, known[count]) {
      let label = tree.label(of: child)
      let shared = zip(label, known[count...]).prefix { $0 == $1 }.count
      path.nodes.append(child)
      count += shared
      guard shared == label.count else { break }
      node = child
    }
    path.blocks = max(count - 1, 0)
    return path
  }

  /// The first nodes of the tree, each before those below it.
  func outline(atMost limit: Int) -> [IndexNode] {
    let tree = orderer.tree
    var outline: [IndexNode] = []
    var open = firstChildren(of: PrefixTree.root, limit, depth: 0)
    while outline.count < limit, let (node, depth) = open.popLast() {
      let found = tree.nodes[Int(node)]
      outline.append(
        IndexNode(
          depth: depth, blocks: Int(found.labelCount), tokens: Int(found.tokens),
          children: Int(found.childCount)))
      open += firstChildren(of: node, limit - outline.count, depth: depth + 1)
    }
    return outline
  }

  /// The first children of a node, the first one last.
  private func firstChildren(
    of node: UInt32, _ limit: Int, depth: Int
  ) -> [(node: UInt32, depth: Int)] {
    let tree = orderer.tree
    var children: [(node: UInt32, depth: Int)] = []
    var child = tree.nodes[Int(node)].firstChild
    while child != PrefixTree.root, children.count < limit {
      children.append((child, depth))
      child = tree.nodes[Int(child)].nextSibling
    }
    return children.reversed()
  }

  /// Whether the tree has a node with this number.
  func hasNode(_ number: UInt32) -> Bool {
    let nodes = orderer.tree.nodes
    return nodes.indices.contains(Int(number)) && nodes[Int(number)].labelCount > 0
  }

  /// The form of the tree.
  var shape: IndexShape {
    let tree = orderer.tree
    var shape = IndexShape()
    var open: [(node: UInt32, depth: Int)] = [(PrefixTree.root, 0)]
    while let (node, depth) = open.popLast() {
      shape.nodes += 1
      let found = tree.nodes[Int(node)]
      let depth = depth + Int(found.labelCount)
      shape.depth = max(shape.depth, depth)
      if found.childCount == 0 { shape.leaves += 1 }
      var child = found.firstChild
      while child != PrefixTree.root {
        open.append((child, depth))
        child = tree.nodes[Int(child)].nextSibling
      }
    }
    return shape
  }

  private mutating func note(_ id: ByteString, at node: UInt32) {
    if let old = nodeByRequest[id] { requestsByNode[old]?.removeAll { $0 == id } }
    nodeByRequest[id] = node
    requestsByNode[node, default: []].append(id)
    if let count = requestsByNode[node]?.count, count > Self.requestsPerNode,
      let oldest = requestsByNode[node]?.removeFirst()
    {
      nodeByRequest[oldest] = nil
    }
  }

  private mutating func advance(to time: UInt64) -> UInt64 {
    clock = max(clock + 1, time)
    return clock
  }
}

// MARK: - Giving up

extension IndexPartition {
  /// Gives up what only the request called `id` holds.
  ///
  /// - Returns: the numbers of the nodes that are given up; nil if there is no such request.
  mutating func evict(request id: ByteString) -> [UInt32]? {
    guard let node = nodeByRequest.removeValue(forKey: id) else { return nil }
    requestsByNode[node]?.removeAll { $0 == id }
    var current = node
    var removed: [UInt32] = []
    while current != PrefixTree.root, requestsByNode[current]?.isEmpty ?? true {
      let found = orderer.tree.nodes[Int(current)]
      guard found.childCount == 0 else { break }
      remove(current)
      removed.append(current)
      current = found.parent
    }
    return removed
  }

  /// Gives up all sequences from the given block on.
  mutating func evict(block: BlockFingerprint) -> Bool {
    guard let number = table.number(of: block) else { return false }
    orderer.tree.forgotten[number] = advance(to: clock)
    return true
  }

  /// Gives up the last block of a sequence and all that stands behind it. Returns whether there is such a
  /// sequence.
  mutating func evict(node blocks: [BlockFingerprint], behind head: BlockFingerprint) -> Bool {
    let numbers = ([head] + blocks).compactMap(table.number)
    guard numbers.count == blocks.count + 1,
      let top = orderer.tree.cut(beforeLastOf: numbers, tokens: table.tokens)
    else { return false }
    var node = top
    while true {
      while orderer.tree.nodes[Int(node)].firstChild != PrefixTree.root {
        node = orderer.tree.nodes[Int(node)].firstChild
      }
      let parent = orderer.tree.nodes[Int(node)].parent
      remove(node)
      if node == top { return true }
      node = parent
    }
  }

  /// Gives up what was last used before `time`, in milliseconds.
  mutating func evict(usedBefore time: UInt64) {
    while let oldest = orderer.tree.oldestLeaf, orderer.tree.nodes[Int(oldest)].lastUse < time {
      remove(oldest)
    }
  }

  /// Gives up everything.
  mutating func removeAll() {
    self = IndexPartition(limits: limits)
  }

  private mutating func expire(at time: UInt64) {
    guard let lifetime = limits.lifetime, time > lifetime else { return }
    evict(usedBefore: time - lifetime)
  }

  private mutating func shrink() {
    while orderer.tree.edgeCount > limits.edges, let oldest = orderer.tree.oldestLeaf {
      remove(oldest)
    }
    guard let tokens = limits.tokens else { return }
    while let leaf = orderer.tree.leafToRemove(
      toTokens: UInt64(tokens), page: UInt64(limits.page))
    {
      remove(leaf)
    }
  }

  private mutating func remove(_ node: UInt32) {
    let blocks = orderer.tree.removeLeaf(node)
    for id in requestsByNode.removeValue(forKey: node) ?? [] { nodeByRequest[id] = nil }
    var gone: [UInt32] = []
    table.release(blocks) { gone.append($0) }
    for block in gone { orderer.forget(block) }
  }
}

/// How much an index holds.
public struct IndexStatistics: Sendable, Equatable {
  /// The edges of the tree.
  public var edges = 0
  /// The edges of the tree of what was learned.
  public var learnedEdges = 0
  /// The different blocks.
  public var blocks = 0
  /// The tokens that are believed to be cached.
  public var tokens = 0
  /// The memory of the tree in bytes.
  public var treeMemory = 0
  /// The memory of the statistics of earlier requests in bytes.
  public var historyMemory = 0
}
