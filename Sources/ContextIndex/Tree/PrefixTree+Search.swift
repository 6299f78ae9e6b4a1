/// The sequence in a tree that a request can begin with and of which most can be reused.
struct CachedPath: Sendable, Equatable {
  /// The blocks in order.
  var blocks: [UInt32] = []
  /// How many tokens more can be reused with them than without.
  var tokens: UInt64 = 0
  /// Whether the blocks that every sequence was to begin with are there.
  var hasStart = false
  /// Whether the search looked at every sequence; if not, a longer one may have been missed.
  var isExact = true
}

extension PrefixTree {
  /// Where a search has come to: at a node, with the blocks and the tokens up to there.
  private struct Place {
    var node: UInt32
    var count = 0
    var tokens: UInt64 = 0
  }

  /// The best end that was found: so many blocks of the edge to a node.
  private struct End {
    var node = PrefixTree.root
    var count = 0
    var gain: UInt64 = 0
  }

  /// Returns the sequence in the tree of which most can be reused, of those that begin with `start` and
  /// go on with blocks of the request in any order. Blocks at its end that add nothing are not part of it.
  ///
  /// All branches that fit are followed, level by level; of a level with more than `width` only the heaviest
  /// (a beam search).
  ///
  /// - Parameters:
  ///   - start: the blocks that every sequence begins with, in this order.
  ///   - blocks: the request's other blocks.
  ///   - marks: the same blocks, marked.
  ///   - tokens: the tokens of each block, by number.
  ///   - measure: what the cache can reuse.
  /// - Complexity: at most `width` nodes a level and `blocks.count` steps a node; the size of the tree does
  ///   not matter.
  func longestPath(
    from start: [UInt32], of blocks: [UInt32], _ marks: BlockMarks, tokens: [UInt32], width: Int,
    _ measure: ReuseMeasure
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
          guard nodes[Int(child)].lastUse >= measure.earliest else { return }
          let (count, sum) = match(child, marks, tokens)
          var reached = place
          reached.node = child
          reached.count += count
          reached.tokens += min(sum, nodes[Int(child)].tokens)
          keepBetter(&best, from: place, to: reached, tokens, measure)
          if count == Int(nodes[Int(child)].labelCount), nodes[Int(child)].childCount > 0 {
            next.append(reached)
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
    result.tokens = best.gain
    return result
  }

  /// Takes the end that a search has come to if more can be reused than of the best one so far.
  @inline(__always)
  private func keepBetter(
    _ best: inout End, from place: Place, to reached: Place, _ tokens: [UInt32],
    _ measure: ReuseMeasure
  ) {
    let gain = measure.gain(reached.tokens)
    guard gain > best.gain, reached.count >= measure.leastBlocks else { return }
    let count = reached.count - place.count
    if measure.needsMark,
      !isEnd[Int(reached.node)] || count < Int(nodes[Int(reached.node)].labelCount)
    {
      return
    }
    best = End(node: reached.node, count: count, gain: gain)
    guard !measure.needsMark else { return }
    // Blocks that complete no page are left out.
    let label = label(of: reached.node)
    var left = reached.tokens
    while best.count > 1 {
      let last = UInt64(tokens[Int(label[label.startIndex + best.count - 1])])
      guard last <= left, measure.gain(left - last) == gain else { return }
      left -= last
      best.count -= 1
    }
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
    return Place(node: node)
  }

  /// How many tokens of a sequence can be reused.
  func cachedTokens(
    of blocks: [UInt32], tokens: [UInt32], _ measure: ReuseMeasure
  ) -> UInt64 {
    var node = Self.root
    var index = 0
    var sum: UInt64 = 0
    var gain: UInt64 = 0
    while index < blocks.count, let child = child(of: node, blocks[index]) {
      let common = zip(label(of: child), blocks[index...]).prefix { $0 == $1 }.count
      let held = nodes[Int(child)].tokens
      sum += min(Self.sum(label(of: child).prefix(common), tokens), held)
      index += common
      let isWhole = common == Int(nodes[Int(child)].labelCount)
      if !measure.needsMark || (isWhole && isEnd[Int(child)] && index >= measure.leastBlocks) {
        gain = measure.gain(sum)
      }
      guard isWhole else { break }
      node = child
    }
    return gain
  }

  /// Calls `body` with the children of a node whose edges begin with one of the blocks.
  @inline(__always)
  func forEachChild(
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
