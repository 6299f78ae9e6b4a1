import ContextIndex
import ContextStore

/// The sequences of one key as a tree: an edge is a run of blocks that all sequences below have.
struct IndexTree {
  /// A run of blocks.
  struct Edge {
    /// How many edges stand before it.
    var depth: Int
    /// Its blocks; of an edge at depth 0 the head.
    var blocks: [IndexedBlock]
    /// How many sequences have it.
    var sequences: Int
    /// When one of them was last sent, in milliseconds since 1970.
    var lastUse: UInt64
    /// The tokens of its blocks.
    var tokens: Int { blocks.reduce(0) { $0 + Int($1.tokens) } }
  }

  /// A part of the sorted sequences that have the same first blocks.
  private struct Part {
    var range: Range<Int>
    var common: Int
    var depth: Int
  }

  /// The edges, each before those below it.
  private(set) var edges: [Edge] = []

  /// Sorts the sequences; what begins alike then stands together.
  init(_ sequences: [StoredSequence]) {
    let paths = sequences.map { (blocks: [$0.head] + $0.blocks, time: $0.time) }.sorted {
      $0.blocks.lazy.map(\.fingerprint).lexicographicallyPrecedes(
        $1.blocks.lazy.map(\.fingerprint))
    }
    // A stack of our own: an edge can stand below as many others as a request has blocks.
    var parts = [Part(range: paths.indices, common: 0, depth: 0)]
    while let part = parts.popLast() {
      // What ends here has no edge below.
      var start = part.range.lowerBound
      while start < part.range.upperBound, paths[start].blocks.count <= part.common { start += 1 }
      guard start < part.range.upperBound else { continue }
      let first = paths[start].blocks
      let end =
        paths[start..<part.range.upperBound].firstIndex {
          $0.blocks[part.common].fingerprint != first[part.common].fingerprint
        } ?? part.range.upperBound
      if end < part.range.upperBound {
        parts.append(
          Part(range: end..<part.range.upperBound, common: part.common, depth: part.depth))
      }
      // In sorted order the first and the last have no more in common than all; the head stands alone.
      let common =
        part.common == 0
        ? 1
        : zip(first, paths[end - 1].blocks).prefix { $0.fingerprint == $1.fingerprint }.count
      edges.append(
        Edge(
          depth: part.depth, blocks: Array(first[part.common..<common]),
          sequences: end - start, lastUse: paths[start..<end].map(\.time).max() ?? 0))
      parts.append(Part(range: start..<end, common: common, depth: part.depth + 1))
    }
  }
}
