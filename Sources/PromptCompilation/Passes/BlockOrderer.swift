public import Bytes

/// What an orderer may know of a block.
public struct OrderCandidate: Sendable {
  /// The label.
  public let label: ByteString
  /// The bytes of the block in the prompt; equal frames are the same block.
  public let frame: [UInt8]
  /// The place in the order of importance, from 0.
  public let importanceRank: Int
  /// The tokens of the frame; 0 if the orderer does not ask for them.
  public let tokenCount: Int
}

/// Puts blocks in an order; what decides which prefixes are shared.
public protocol BlockOrderer: Sendable {
  /// Whether `order` reads the token counts of its candidates.
  var needsTokenCounts: Bool { get }

  /// Returns a permutation of the indices of `candidates`, which come as listed. The same candidates
  /// always give the same order.
  func order(_ candidates: [OrderCandidate]) -> [Int]
}

/// As listed.
struct GivenOrder: BlockOrderer {
  let needsTokenCounts = false

  func order(_ candidates: [OrderCandidate]) -> [Int] {
    Array(candidates.indices)
  }
}

/// Most important first.
struct ImportanceOrder: BlockOrderer {
  let needsTokenCounts = false

  func order(_ candidates: [OrderCandidate]) -> [Int] {
    candidates.indices.sorted {
      (candidates[$0].importanceRank, $0) < (candidates[$1].importanceRank, $1)
    }
  }
}

/// By label, then by content: the same for the same blocks, however they are listed.
struct CanonicalOrder: BlockOrderer {
  let needsTokenCounts = false

  func order(_ candidates: [OrderCandidate]) -> [Int] {
    candidates.indices.sorted { left, right in
      let (a, b) = (candidates[left], candidates[right])
      if a.label != b.label { return a.label < b.label }
      if a.frame != b.frame { return a.frame.lexicographicallyPrecedes(b.frame) }
      return left < right
    }
  }
}
