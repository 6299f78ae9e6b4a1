extension PrefixTree {
  /// The leaf that was used least recently; nil if the tree is empty.
  var oldestLeaf: UInt32? { oldest == Self.root ? nil : oldest }

  /// Gives up pages at the end of a leaf's edge until the tree has at most `limit` tokens, if the leaf has
  /// more tokens than that takes. Returns whether it had.
  mutating func trim(_ leaf: UInt32, toTotal limit: UInt64, page: UInt64) -> Bool {
    let excess = tokenCount - min(tokenCount, limit)
    let given = (excess + page - 1) / page * page
    guard given < nodes[Int(leaf)].tokens else { return false }
    nodes[Int(leaf)].tokens -= given
    tokenCount -= given
    return true
  }
}
