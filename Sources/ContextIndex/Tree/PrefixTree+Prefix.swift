extension PrefixTree {
  /// How many blocks of a sequence, from the first on, are believed to be cached.
  ///
  /// - Parameter tokens: the tokens of each block, by number.
  func cachedCount(of blocks: [UInt32], tokens: [UInt32]) -> Int {
    var node = Self.root
    var count = 0
    while count < blocks.count, let child = child(of: node, blocks[count]) {
      var held = nodes[Int(child)].tokens
      for block in label(of: child) {
        // The end of the edge may have been given up.
        let needed = UInt64(tokens[Int(block)])
        guard count < blocks.count, blocks[count] == block, !isForgotten(block, at: child),
          needed <= held
        else { return count }
        held -= needed
        count += 1
      }
      node = child
    }
    return count
  }
}
