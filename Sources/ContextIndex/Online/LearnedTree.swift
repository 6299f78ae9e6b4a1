/// The sequences of an earlier log: hints how to lay out blocks where nothing of them is cached.
///
/// Requests that follow the same hints share what nothing but the hints tells them to share. What is asked
/// for often counts more than what is long.
struct LearnedTree: Sendable {
  private var tree = PrefixTree()
  /// How many requests of the log pass a node, by node.
  private var counts: [UInt32] = [0]

  /// The number of edges.
  var edgeCount: Int { tree.edgeCount }

  /// The memory of the tree in bytes.
  var memory: Int { tree.memory + counts.capacity * 4 }

  /// Adds a sequence that so many requests of the log had.
  ///
  /// - Parameter added: called with the blocks that were added.
  mutating func insert(
    _ blocks: [UInt32], count: UInt32, tokens: [UInt32], added: (ArraySlice<UInt32>) -> Void
  ) {
    let known = counts.count
    var node = tree.insert(blocks, tokens: tokens, at: 0, added: added)
    counts += repeatElement(0, count: tree.nodes.count - known)
    while node != PrefixTree.root {
      if node >= known, let below = lowerPart(of: node, known) { counts[Int(node)] = counts[below] }
      let (sum, isOver) = counts[Int(node)].addingReportingOverflow(count)
      counts[Int(node)] = isOver ? .max : sum
      node = tree.nodes[Int(node)].parent
    }
  }

  /// The older child of a node that was made by cutting an edge, which all that passed the edge pass.
  private func lowerPart(of node: UInt32, _ known: Int) -> Int? {
    var child = tree.nodes[Int(node)].firstChild
    while child != PrefixTree.root, child >= known { child = tree.nodes[Int(child)].nextSibling }
    return child == PrefixTree.root ? nil : Int(child)
  }

  /// A way down the tree.
  private struct Way {
    var node = PrefixTree.root
    var blocks: [UInt32] = []
    /// The tokens of each block times the requests that had it there.
    var value: UInt64 = 0
    /// Whether the whole edge to the node belongs to the request.
    var isWhole = true
  }

  /// The blocks of a request with which the sequences of the log go on behind `start`, those first that most
  /// tokens of most requests went on with; none if no sequence begins with `start`.
  ///
  /// - Parameters:
  ///   - start: what the prompt begins with in any case.
  ///   - blocks: the request's blocks, of which `start` may have some.
  ///   - marks: the same blocks, marked.
  ///   - tokens: the tokens of each block, by number.
  ///   - width: how many branches are followed at once.
  func continuation(
    behind start: [UInt32], of blocks: [UInt32], _ marks: BlockMarks, tokens: [UInt32], width: Int
  ) -> [UInt32] {
    guard let (node, matched) = tree.place(behind: start) else { return [] }
    var best = extended(Way(), by: node, dropping: matched, marks, tokens)
    var level = best.isWhole ? [best] : []
    while !level.isEmpty {
      var next: [Way] = []
      for way in level {
        tree.forEachChild(of: way.node, blocks, marks) { child in
          let longer = extended(way, by: child, dropping: 0, marks, tokens)
          if longer.value > best.value { best = longer }
          if longer.isWhole { next.append(longer) }
        }
      }
      if next.count > width {
        next.sort { ($1.value, $0.node) < ($0.value, $1.node) }
        next.removeLast(next.count - width)
      }
      level = next
    }
    return best.blocks
  }

  private func extended(
    _ way: Way, by node: UInt32, dropping matched: Int, _ marks: BlockMarks, _ tokens: [UInt32]
  ) -> Way {
    var way = way
    way.node = node
    for block in tree.label(of: node).dropFirst(matched) {
      guard marks.contains(block) else {
        way.isWhole = false
        break
      }
      way.blocks.append(block)
      way.value += UInt64(tokens[Int(block)]) * UInt64(counts[Int(node)])
    }
    return way
  }
}

extension PrefixTree {
  /// The node to which, or into whose edge, a sequence leads, and how many blocks of that edge it has; nil if
  /// the tree does not have it.
  func place(behind blocks: [UInt32]) -> (node: UInt32, matched: Int)? {
    var place = (node: Self.root, matched: 0)
    var index = 0
    while index < blocks.count {
      guard let child = child(of: place.node, blocks[index]) else { return nil }
      let label = label(of: child)
      let common = zip(label, blocks[index...]).prefix { $0 == $1 }.count
      index += common
      guard index == blocks.count || common == label.count else { return nil }
      place = (child, common)
    }
    return place
  }
}
