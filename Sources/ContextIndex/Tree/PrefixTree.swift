/// A radix tree (Morrison 1968) over the block sequences of prompts that are believed to be cached.
///
/// An edge is labelled with one block or more; the first one tells it from its siblings. All nodes stand in a
/// list from the least to the most recently used one, a node always behind those below it, so that what is
/// given up first is always a leaf. Operations take time in proportion to the sequence that they are about,
/// but for growing and for compacting the labels, which is paid for by the insertions before.
struct PrefixTree: Sendable {
  /// A node and the edge that leads to it: 56 bytes.
  struct Node {
    var parent: UInt32 = 0
    var firstChild: UInt32 = 0
    var nextSibling: UInt32 = 0
    var previousSibling: UInt32 = 0
    var childCount: UInt32 = 0
    /// The first of the edge's blocks.
    var firstBlock: UInt32 = 0
    /// The edge's blocks in `labels`.
    var labelStart: UInt32 = 0
    var labelCount: UInt32 = 0
    /// The next node that was used later, and earlier.
    var newer: UInt32 = 0
    var older: UInt32 = 0
    /// The clock when it was last used, in the index's own ticks.
    var lastUse: UInt64 = 0
    /// The tokens of the edge that are believed to be cached; less than all of them only in a leaf.
    var tokens: UInt64 = 0
  }

  /// The node that all sequences begin at.
  static let root: UInt32 = 0

  var nodes: [Node] = [Node()]
  var labels: [UInt32] = []
  var children = ChildTable()
  /// Whether a sequence that was sent ends at a node, by node.
  var isEnd: [Bool] = [false]
  /// Nodes that are free to be used again.
  private var free: [UInt32] = []
  /// Blocks in `labels` that no node has.
  private var deadLabels = 0

  /// The least and the most recently used node; the root if there is no other.
  var oldest: UInt32 = root
  var newest: UInt32 = root
  /// The tokens of all edges.
  var tokenCount: UInt64 = 0

  /// When a block was said to be gone from the cache, by block: sequences that were last used before
  /// hold it no longer.
  var forgotten: [UInt32: UInt64] = [:]

  /// Makes an empty tree.
  init() {}

  /// The number of edges.
  var edgeCount: Int { nodes.count - 1 - free.count }

  /// The memory of the tree in bytes.
  var memory: Int {
    nodes.capacity * MemoryLayout<Node>.stride + labels.capacity * 4 + free.capacity * 4
      + isEnd.capacity + children.memory
  }
}

// MARK: - Nodes and labels

extension PrefixTree {
  /// Whether the block was gone from the cache after the node was last used.
  @inline(__always)
  func isForgotten(_ block: UInt32, at node: UInt32) -> Bool {
    guard !forgotten.isEmpty, let tick = forgotten[block] else { return false }
    return tick > nodes[Int(node)].lastUse
  }

  /// The blocks of the edge that leads to `node`.
  func label(of node: UInt32) -> ArraySlice<UInt32> {
    let start = Int(nodes[Int(node)].labelStart)
    return labels[start..<(start + Int(nodes[Int(node)].labelCount))]
  }

  /// The child of `parent` whose edge begins with `block`.
  @inline(__always)
  func child(of parent: UInt32, _ block: UInt32) -> UInt32? {
    children.child(of: parent, block) { node in
      nodes[Int(node)].parent == parent && nodes[Int(node)].firstBlock == block
    }
  }

  /// Makes a child of `parent` for `label`, the most recently used node of all.
  mutating func addChild(of parent: UInt32, _ label: ArraySlice<UInt32>, tokens: UInt64) -> UInt32 {
    guard let first = label.first else { return parent }
    var node = Node()
    node.parent = parent
    node.tokens = tokens
    tokenCount += tokens
    node.firstBlock = first
    node.labelStart = append(label)
    node.labelCount = UInt32(label.count)
    let number = store(node)
    attach(number, to: parent)
    children.insert(number, of: parent, first)
    enqueue(number)
    return number
  }

  /// Removes a leaf. Returns the blocks of its edge.
  @discardableResult
  mutating func removeLeaf(_ number: UInt32) -> [UInt32] {
    let node = nodes[Int(number)]
    let label = Array(label(of: number))
    guard number != Self.root, node.childCount == 0, let first = label.first else { return [] }
    children.remove(number, of: node.parent, first)
    detach(number)
    dequeue(number)
    tokenCount -= node.tokens
    deadLabels += label.count
    nodes[Int(number)] = Node()
    free.append(number)
    compactLabels()
    return label
  }

  /// Cuts the edge to `number` behind `count` of its blocks: a new node takes the upper part, whose tokens
  /// are `tokens`, and `number` stays below it.
  mutating func split(_ number: UInt32, after count: Int, tokens: UInt64) -> UInt32 {
    let lower = nodes[Int(number)]
    let label = label(of: number)
    guard count > 0, count < label.count, let first = label.first else { return number }
    var upper = Node()
    upper.parent = lower.parent
    upper.firstBlock = first
    upper.labelStart = lower.labelStart
    upper.labelCount = UInt32(count)
    upper.lastUse = lower.lastUse
    upper.tokens = min(tokens, lower.tokens)
    detach(number)
    let middle = store(upper)
    children.replace(number, by: middle, of: lower.parent, first)
    attach(middle, to: lower.parent)
    nodes[Int(number)].parent = middle
    nodes[Int(number)].labelStart += UInt32(count)
    nodes[Int(number)].labelCount -= UInt32(count)
    nodes[Int(number)].tokens -= upper.tokens
    let next = labels[Int(nodes[Int(number)].labelStart)]
    nodes[Int(number)].firstBlock = next
    attach(number, to: middle)
    children.insert(number, of: middle, next)
    enqueue(middle, behind: number)
    return middle
  }

  private mutating func store(_ node: Node) -> UInt32 {
    if let number = free.popLast() {
      nodes[Int(number)] = node
      isEnd[Int(number)] = false
      return number
    }
    nodes.reserveQuarter()
    isEnd.reserveQuarter()
    nodes.append(node)
    isEnd.append(false)
    return UInt32(nodes.count - 1)
  }

  private mutating func append(_ label: ArraySlice<UInt32>) -> UInt32 {
    let start = UInt32(labels.count)
    for block in label {
      labels.reserveQuarter()
      labels.append(block)
    }
    return start
  }

  /// Makes the labels anew when most of them are dead.
  private mutating func compactLabels() {
    guard deadLabels > 4096, deadLabels > labels.count / 2 else { return }
    var compacted: [UInt32] = []
    compacted.reserveCapacity(labels.count - deadLabels)
    for number in nodes.indices where nodes[number].labelCount > 0 {
      let label = label(of: UInt32(number))
      nodes[number].labelStart = UInt32(compacted.count)
      compacted.append(contentsOf: label)
    }
    labels = compacted
    deadLabels = 0
  }

  private mutating func attach(_ number: UInt32, to parent: UInt32) {
    let first = nodes[Int(parent)].firstChild
    nodes[Int(number)].nextSibling = first
    nodes[Int(number)].previousSibling = 0
    if first != 0 { nodes[Int(first)].previousSibling = number }
    nodes[Int(parent)].firstChild = number
    nodes[Int(parent)].childCount += 1
  }

  private mutating func detach(_ number: UInt32) {
    let node = nodes[Int(number)]
    if node.nextSibling != 0 {
      nodes[Int(node.nextSibling)].previousSibling = node.previousSibling
    }
    if node.previousSibling != 0 {
      nodes[Int(node.previousSibling)].nextSibling = node.nextSibling
    } else {
      nodes[Int(node.parent)].firstChild = node.nextSibling
    }
    nodes[Int(node.parent)].childCount -= 1
  }
}

// MARK: - The order of use

extension PrefixTree {
  /// Makes a node the most recently used one.
  mutating func touch(_ number: UInt32, at tick: UInt64) {
    nodes[Int(number)].lastUse = tick
    guard newest != number else { return }
    dequeue(number)
    enqueue(number)
  }

  private mutating func enqueue(_ number: UInt32) {
    nodes[Int(number)].newer = 0
    nodes[Int(number)].older = newest
    if newest != Self.root { nodes[Int(newest)].newer = number } else { oldest = number }
    newest = number
  }

  /// Puts a node right behind `other`, as used a little later.
  private mutating func enqueue(_ number: UInt32, behind other: UInt32) {
    let next = nodes[Int(other)].newer
    guard next != 0 else { return enqueue(number) }
    nodes[Int(number)].newer = next
    nodes[Int(number)].older = other
    nodes[Int(next)].older = number
    nodes[Int(other)].newer = number
  }

  private mutating func dequeue(_ number: UInt32) {
    let node = nodes[Int(number)]
    if node.newer != 0 { nodes[Int(node.newer)].older = node.older } else { newest = node.older }
    if node.older != 0 { nodes[Int(node.older)].newer = node.newer } else { oldest = node.newer }
    nodes[Int(number)].newer = 0
    nodes[Int(number)].older = 0
  }
}

extension Array {
  /// Makes room for a quarter more elements when there is none for one more: an array that doubles leaves
  /// half of its memory empty.
  fileprivate mutating func reserveQuarter() {
    if count == capacity { reserveCapacity(count + count / 4 + 16) }
  }
}
