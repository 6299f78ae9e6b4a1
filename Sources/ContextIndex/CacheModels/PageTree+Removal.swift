extension PageTree {
  /// Removes what there is of a sequence behind its first pages, and all that stands behind that.
  ///
  /// - Complexity: linear in the words; where something else stands behind the sequence, in the nodes that were
  ///   used less recently as well.
  mutating func remove(_ words: [UInt32], behind pages: Int) {
    var node = Self.root
    var page = 0
    while (page + 1) * width <= words.count, let step = step(from: node, words, at: page) {
      if page + step.common > pages {
        removeDescendants(of: step.child)
        shorten(step.child, to: max(pages - page, 0))
        return
      }
      guard step.isWhole else { return }
      page += step.common
      node = step.child
    }
  }

  /// Removes all that stands behind a node.
  private mutating func removeDescendants(of top: UInt32) {
    // A node is older than what it stands behind, so one walk finds all of them.
    var branch: [UInt32] = [top]
    var members: Set<UInt32> = [top]
    var missing = Int(self[top].childCount)
    var node = self[top].older
    while missing > 0, node != Self.root {
      if members.contains(self[node].parent) {
        branch.append(node)
        members.insert(node)
        missing += Int(self[node].childCount) - 1
      }
      node = self[node].older
    }
    for node in branch.dropFirst().reversed() { removeLeaf(node) }
  }
}
