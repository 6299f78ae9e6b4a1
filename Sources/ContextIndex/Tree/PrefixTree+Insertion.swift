extension PrefixTree {
  /// Records that a prompt with these blocks was sent: adds what is not there, and makes all of it the
  /// latest used. The same sequence again adds nothing.
  ///
  /// - Parameters:
  ///   - blocks: the blocks in the order of the prompt.
  ///   - tokens: the tokens of each block, by number.
  ///   - tick: the index's clock.
  ///   - added: called with the blocks that were added.
  /// - Returns: the node at which the sequence ends.
  /// - Complexity: in proportion to the number of blocks.
  @discardableResult
  mutating func insert(
    _ blocks: [UInt32], tokens: [UInt32], at tick: UInt64,
    added: (ArraySlice<UInt32>) -> Void = { _ in }
  ) -> UInt32 {
    var node = Self.root
    var path: [UInt32] = []
    var index = 0
    while index < blocks.count {
      guard let child = child(of: node, blocks[index]) else {
        let rest = blocks[index...]
        node = addChild(of: node, rest, tokens: Self.sum(rest, tokens))
        path.append(node)
        added(rest)
        break
      }
      let label = label(of: child)
      let common = zip(label, blocks[index...]).prefix { $0 == $1 }.count
      let upper = Self.sum(label.prefix(common), tokens)
      if common < label.count {
        node = split(child, after: common, tokens: upper)
      } else {
        node = child
      }
      // What was given up at the end of the edge is cached again.
      let missing = upper - min(nodes[Int(node)].tokens, upper)
      nodes[Int(node)].tokens += missing
      tokenCount += missing
      path.append(node)
      index += common
    }
    for node in path.reversed() { touch(node, at: tick) }
    isEnd[Int(node)] = true
    return node
  }

  /// Lets an edge end behind `blocks`, if the tree has them in this order; nothing else changes.
  mutating func divide(behind blocks: [UInt32], tokens: [UInt32]) {
    var node = Self.root
    var index = 0
    while index < blocks.count, let child = child(of: node, blocks[index]) {
      let label = label(of: child)
      let common = zip(label, blocks[index...]).prefix { $0 == $1 }.count
      index += common
      if common < label.count {
        // What was given up at the end of an edge cannot be divided.
        let upper = Self.sum(label.prefix(common), tokens)
        if index == blocks.count, nodes[Int(child)].tokens > upper {
          _ = split(child, after: common, tokens: upper)
        }
        return
      }
      node = child
    }
  }

  /// Lets an edge begin with the last of `blocks`, if the tree has them in this order. Returns its node; nil
  /// if it has not.
  mutating func cut(beforeLastOf blocks: [UInt32], tokens: [UInt32]) -> UInt32? {
    guard let (node, matched) = place(behind: blocks), node != Self.root else { return nil }
    let kept = label(of: node).prefix(matched - 1)
    if !kept.isEmpty { _ = split(node, after: kept.count, tokens: Self.sum(kept, tokens)) }
    return node
  }

  static func sum(_ blocks: some Sequence<UInt32>, _ tokens: [UInt32]) -> UInt64 {
    blocks.reduce(0) { $0 + UInt64(tokens[Int($1)]) }
  }
}
