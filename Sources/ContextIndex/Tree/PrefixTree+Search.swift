/// The longest sequence in a tree that a request can begin with.
struct CachedPath: Sendable, Equatable {
  /// The blocks in order.
  var blocks: [UInt32] = []
  /// The tokens of them that are believed to be cached.
  var tokens: UInt64 = 0
  /// Whether the blocks that every sequence was to begin with are there.
  var hasStart = false
  /// Whether the search looked at every sequence; if not, a longer one may have been missed.
  var isExact = true
}

extension PrefixTree {
  /// Where a search has come to: at a node, with the tokens up to there.
  private struct Place {
    var node: UInt32
    var tokens: UInt64
  }

  /// The best end that was found: so many blocks of the edge to a node.
  private struct End {
    var node = PrefixTree.root
    var count = 0
    var tokens: UInt64 = 0
  }

  /// Returns the sequence in the tree that has the most cached tokens, of those that begin with `start` and
  /// go on with blocks of the request in any order.
  ///
  /// All branches that fit are followed, level by level; of a level with more than `width` only the heaviest
  /// (a beam search).
  ///
  /// - Parameters:
  ///   - start: the blocks that every sequence begins with, in this order.
  ///   - blocks: the request's other blocks.
  ///   - marks: the same blocks, marked.
  ///   - tokens: the tokens of each block, by number.
  /// - Complexity: at most `width` nodes a level and `blocks.count` steps a node; the size of the tree does
  ///   not matter.
  func longestPath(
    from start: [UInt32], of blocks: [UInt32], _ marks: BlockMarks, tokens: [UInt32], width: Int
  ) -> CachedPath {
    guard let first = descend(start) else { return CachedPath() }
    var result = CachedPath()
    result.hasStart = !start.isEmpty
    var best = End()
    var level = [first]
    while !level.isEmpty {
      var next: [Place] = []
      for place in level {
        forEachChild(of: place.node, blocks, marks) { child in
          let (count, sum) = match(child, marks, tokens)
          let reached = place.tokens + min(sum, nodes[Int(child)].tokens)
          if reached > best.tokens { best = End(node: child, count: count, tokens: reached) }
          if count == Int(nodes[Int(child)].labelCount), nodes[Int(child)].childCount > 0 {
            next.append(Place(node: child, tokens: reached))
          }
        }
      }
      if next.count > width {
        result.isExact = false
        next.sort { ($1.tokens, $0.node) < ($0.tokens, $1.node) }
        next.removeLast(next.count - width)
      }
      level = next
    }
    result.blocks = sequence(to: best, dropping: start.count)
    result.tokens = best.tokens
    return result
  }

  /// The node behind the blocks of `start`, in this order; nil if no edge ends there.
  private func descend(_ start: [UInt32]) -> Place? {
    var node = Self.root
    var index = 0
    while index < start.count {
      guard let child = child(of: node, start[index]) else { return nil }
      let label = label(of: child)
      guard label.count <= start.count - index,
        label.elementsEqual(start[index..<(index + label.count)])
      else { return nil }
      node = child
      index += label.count
    }
    return Place(node: node, tokens: 0)
  }

  /// How many tokens of a sequence are believed to be cached.
  func cachedTokens(of blocks: [UInt32], tokens: [UInt32]) -> UInt64 {
    var node = Self.root
    var index = 0
    var sum: UInt64 = 0
    while index < blocks.count, let child = child(of: node, blocks[index]) {
      let common = zip(label(of: child), blocks[index...]).prefix { $0 == $1 }.count
      let held = nodes[Int(child)].tokens
      sum += min(Self.sum(label(of: child).prefix(common), tokens), held)
      guard common == Int(nodes[Int(child)].labelCount) else { break }
      node = child
      index += common
    }
    return sum
  }

  @inline(__always)
  private func forEachChild(
    of node: UInt32, _ blocks: [UInt32], _ marks: BlockMarks, _ body: (UInt32) -> Void
  ) {
    if nodes[Int(node)].childCount > blocks.count {
      for block in blocks { if let child = child(of: node, block) { body(child) } }
      return
    }
    var child = nodes[Int(node)].firstChild
    while child != 0 {
      if marks.contains(nodes[Int(child)].firstBlock) { body(child) }
      child = nodes[Int(child)].nextSibling
    }
  }

  /// How many blocks of the edge to `node` belong to the request, from the first on, and their tokens.
  @inline(__always)
  private func match(
    _ node: UInt32, _ marks: BlockMarks, _ tokens: [UInt32]
  ) -> (count: Int, tokens: UInt64) {
    let start = Int(nodes[Int(node)].labelStart)
    let end = start + Int(nodes[Int(node)].labelCount)
    var index = start
    var sum: UInt64 = 0
    while index < end {
      let block = labels[index]
      guard marks.contains(block), !isForgotten(block, at: node) else { break }
      // The end of the edge may have been given up.
      let blockTokens = UInt64(tokens[Int(block)])
      if sum >= nodes[Int(node)].tokens, blockTokens > 0 { break }
      sum += blockTokens
      index += 1
    }
    return (index - start, sum)
  }

  private func sequence(to end: End, dropping count: Int) -> [UInt32] {
    guard end.node != Self.root else { return [] }
    var edges = [Array(label(of: end.node).prefix(end.count))]
    var node = nodes[Int(end.node)].parent
    while node != Self.root {
      edges.append(Array(label(of: node)))
      node = nodes[Int(node)].parent
    }
    return Array(edges.reversed().joined().dropFirst(count))
  }
}
