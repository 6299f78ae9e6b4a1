extension PrefixTree {
  /// The leaf that was used least recently; nil if the tree is empty.
  var oldestLeaf: UInt32? { oldest == Self.root ? nil : oldest }

  /// Gives up pages at the end of the leaf that was used least recently until the tree has at most `limit`
  /// tokens. If the leaf has too few, nothing is given up, and it is returned: all of it has to go.
  mutating func leafToRemove(toTokens limit: UInt64, page: UInt64) -> UInt32? {
    guard tokenCount > limit, let leaf = oldestLeaf, !trim(leaf, toTotal: limit, page: page) else {
      return nil
    }
    return leaf
  }

  /// Gives up pages at the end of a leaf's edge until the tree has at most `limit` tokens, if the leaf has
  /// more tokens than that takes. Returns whether it had.
  private mutating func trim(_ leaf: UInt32, toTotal limit: UInt64, page: UInt64) -> Bool {
    let excess = tokenCount - min(tokenCount, limit)
    let given = (excess + page - 1) / page * page
    guard given < nodes[Int(leaf)].tokens else { return false }
    nodes[Int(leaf)].tokens -= given
    tokenCount -= given
    return true
  }
}
