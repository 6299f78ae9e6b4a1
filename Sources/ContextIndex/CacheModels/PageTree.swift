/// A radix tree (Morrison 1968) over sequences of pages, a page being a fixed number of 32-bit words.
///
/// All nodes stand in a list from the least to the most recently used one, a node always behind those below
/// it, so that the first is always a leaf: the list is that of an LRU over pages in which the end of a
/// sequence is older than its start.
struct PageTree: Sendable {
  /// A node and the edge that leads to it.
  struct Node {
    var parent: UInt32 = 0
    /// The next node that was used later, and earlier.
    var newer: UInt32 = 0
    var older: UInt32 = 0
    var childCount: UInt32 = 0
    /// The hash of the edge's first page.
    var key: UInt32 = 0
    /// The words of the edge's pages.
    var label: [UInt32] = []
    /// The place in the order of use, where that is counted.
    var position = 0
    /// For a cache with breakpoints: when the prefix up to here was last used; nil if it is not kept.
    var entryTime: Double?
  }

  /// A node on the way of a sequence.
  struct Place {
    var node: UInt32
    /// The pages of the sequence up to its end.
    var end: Int
    /// The pages of the tree that were used later before the sequence was inserted; 0 where that is not
    /// counted.
    var newerPages = 0
  }

  static let root: UInt32 = 0

  let width: Int
  private(set) var pageCount = 0
  /// The least recently used node, a leaf; the root if there is no other.
  private(set) var oldest: UInt32 = root
  private var newest: UInt32 = root
  private var nodes: [Node] = [Node()]
  private var free: [UInt32] = []
  private var children = ChildTable()
  /// The pages of the nodes in the order of the list, if they are counted.
  private var order: UseOrder?

  /// Makes an empty tree.
  ///
  /// - Parameters:
  ///   - width: the words of a page, 1 or more.
  ///   - countsUse: whether `insert` says how many pages were used later.
  init(width: Int, countsUse: Bool = false) {
    self.width = width
    if countsUse { order = UseOrder(room: 1024) }
  }

  subscript(node: UInt32) -> Node { nodes[Int(node)] }

  /// Says when the prefix up to a node was last used; nil that it is not kept.
  mutating func setEntryTime(_ time: Double?, of node: UInt32) {
    nodes[Int(node)].entryTime = time
  }

  /// Inserts the pages of a sequence and makes them the most recently used ones.
  ///
  /// - Parameters:
  ///   - words: the words of at least as many pages as the last of `ends` says.
  ///   - ends: ascending numbers of pages at which nodes are to end; no more is inserted than up to the
  ///     last.
  /// - Returns: how many pages were there before, and the nodes on the way.
  /// - Complexity: linear in the words.
  mutating func insert(_ words: [UInt32], ends: [Int]) -> (known: Int, way: [Place]) {
    var node = Self.root
    var page = 0
    var known: Int?
    var way: [Place] = []
    for end in ends {
      while page < end {
        let start = page * width
        var newerPages = 0
        let key = hash(words, at: start)
        if let child = child(of: node, key, words, at: start) {
          let common = commonPages(child, words, from: start, to: end * width)
          newerPages = pagesNewer(than: child)
          node =
            common * width < nodes[Int(child)].label.count ? split(child, after: common) : child
          page += common
        } else {
          known = known ?? page
          node = addChild(of: node, key, words[start..<(end * width)])
          page = end
        }
        way.append(Place(node: node, end: page, newerPages: newerPages))
      }
    }
    for place in way.reversed() { touch(place.node) }
    return (known ?? page, way)
  }

  /// Gives up the least recently used pages until there are at most `limit`.
  mutating func giveUp(toPages limit: Int) {
    while pageCount > limit, oldest != Self.root {
      let leaf = Int(oldest)
      let excess = (pageCount - limit) * width
      guard excess < nodes[leaf].label.count else {
        removeLeaf(oldest)
        continue
      }
      // A new array: the old one would keep its memory.
      nodes[leaf].label = Array(nodes[leaf].label.dropLast(excess))
      order?.add(limit - pageCount, at: nodes[leaf].position)
      pageCount = limit
    }
  }

  /// Removes a leaf. Returns its parent.
  @discardableResult
  mutating func removeLeaf(_ node: UInt32) -> UInt32 {
    let leaf = nodes[Int(node)]
    guard node != Self.root, leaf.childCount == 0 else { return leaf.parent }
    children.remove(node, of: leaf.parent, leaf.key)
    nodes[Int(leaf.parent)].childCount -= 1
    dequeue(node)
    pageCount -= leaf.label.count / width
    nodes[Int(node)] = Node()
    free.append(node)
    return leaf.parent
  }
}

// MARK: - Nodes

extension PageTree {
  private func child(
    of parent: UInt32, _ key: UInt32, _ words: [UInt32], at start: Int
  ) -> UInt32? {
    children.child(of: parent, key) { node in
      nodes[Int(node)].parent == parent && nodes[Int(node)].key == key
        && commonPages(node, words, from: start, to: start + width) == 1
    }
  }

  /// How many pages of a node's edge are those of `words` from `start` on.
  private func commonPages(
    _ node: UInt32, _ words: [UInt32], from start: Int, to end: Int
  ) -> Int {
    let common = nodes[Int(node)].label.withUnsafeBufferPointer { label in
      words.withUnsafeBufferPointer { words in
        let count = min(label.count, end - start)
        var index = 0
        while index < count, label[index] == words[start + index] { index += 1 }
        return index
      }
    }
    return common / width
  }

  /// The node that a sequence goes on to from `node`, how many of its pages the sequence has, and whether that is
  /// all of them; nil if there is none.
  func step(
    from node: UInt32, _ words: [UInt32], at page: Int
  ) -> (child: UInt32, common: Int, isWhole: Bool)? {
    let start = page * width
    guard let child = child(of: node, hash(words, at: start), words, at: start) else { return nil }
    let common = commonPages(child, words, from: start, to: words.count / width * width)
    return (child, common, common * width == nodes[Int(child)].label.count)
  }

  /// Leaves a leaf the first pages of its edge; removes it for 0.
  mutating func shorten(_ leaf: UInt32, to count: Int) {
    guard count > 0 else {
      removeLeaf(leaf)
      return
    }
    let excess = pages(of: leaf) - count
    guard excess > 0 else { return }
    nodes[Int(leaf)].label = Array(nodes[Int(leaf)].label.prefix(count * width))
    nodes[Int(leaf)].entryTime = nil
    order?.add(-excess, at: nodes[Int(leaf)].position)
    pageCount -= excess
  }

  private mutating func addChild(
    of parent: UInt32, _ key: UInt32, _ label: ArraySlice<UInt32>
  ) -> UInt32 {
    pageCount += label.count / width
    let node = store(Node(parent: parent, key: key, label: Array(label)))
    nodes[Int(parent)].childCount += 1
    children.insert(node, of: parent, key)
    enqueue(node)
    return node
  }

  /// Cuts the edge to `lower` behind `count` of its pages. Returns the new node that ends there.
  private mutating func split(_ lower: UInt32, after count: Int) -> UInt32 {
    let node = nodes[Int(lower)]
    let upper = store(
      Node(
        parent: node.parent, childCount: 1, key: node.key,
        label: Array(node.label.prefix(count * width))))
    children.replace(lower, by: upper, of: node.parent, node.key)
    let label = Array(node.label.dropFirst(count * width))
    nodes[Int(lower)].parent = upper
    nodes[Int(lower)].label = label
    nodes[Int(lower)].key = hash(label, at: 0)
    order?.add(-count, at: node.position)
    children.insert(lower, of: upper, nodes[Int(lower)].key)
    enqueue(upper)
    return upper
  }

  private mutating func store(_ node: Node) -> UInt32 {
    if let number = free.popLast() {
      nodes[Int(number)] = node
      return number
    }
    nodes.append(node)
    return UInt32(nodes.count - 1)
  }

  /// A hash of the page that begins at word `start`, by multiplying and shifting.
  private func hash(_ words: [UInt32], at start: Int) -> UInt32 {
    var hash: UInt64 = 0
    for index in start..<(start + width) {
      hash = (hash ^ UInt64(words[index])) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
    }
    return UInt32(truncatingIfNeeded: hash)
  }
}

// MARK: - The order of use

extension PageTree {
  /// Makes a node the most recently used one.
  private mutating func touch(_ node: UInt32) {
    guard newest != node else { return }
    dequeue(node)
    enqueue(node)
  }

  private mutating func enqueue(_ node: UInt32) {
    nodes[Int(node)].newer = Self.root
    nodes[Int(node)].older = newest
    if newest == Self.root { oldest = node } else { nodes[Int(newest)].newer = node }
    newest = node
    take(position: node)
  }

  private mutating func dequeue(_ node: UInt32) {
    let (newer, older) = (nodes[Int(node)].newer, nodes[Int(node)].older)
    if newer == Self.root { newest = older } else { nodes[Int(newer)].older = older }
    if older == Self.root { oldest = newer } else { nodes[Int(older)].newer = newer }
    let pages = pages(of: node)
    order?.add(-pages, at: nodes[Int(node)].position)
  }

  private func pages(of node: UInt32) -> Int { nodes[Int(node)].label.count / width }

  /// The pages of the nodes that were used later than `node`.
  private func pagesNewer(than node: UInt32) -> Int {
    guard let order else { return 0 }
    return pageCount - order.sum(through: nodes[Int(node)].position)
  }

  /// Takes the next position for the newest node; numbers all nodes anew where there is none left.
  private mutating func take(position node: UInt32) {
    guard order?.isFull == true else {
      let pages = pages(of: node)
      nodes[Int(node)].position = order?.append(pages) ?? 0
      return
    }
    var counts: [Int] = []
    var each = oldest
    while each != Self.root {
      nodes[Int(each)].position = counts.count
      counts.append(pages(of: each))
      each = nodes[Int(each)].newer
    }
    order = UseOrder(room: 2 * counts.count + 1024, counts: counts)
  }
}
