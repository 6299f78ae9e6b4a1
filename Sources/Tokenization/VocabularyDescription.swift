public import Bytes

/// A vocabulary as it is read from a model's own files, before it is compiled.
public struct VocabularyDescription: Sendable {
  /// Two tokens that merge into a third.
  public struct Merge: Hashable, Sendable {
    /// The id of the left token.
    public var left: UInt32
    /// The id of the right token.
    public var right: UInt32
    /// The id of the token that they make.
    public var result: UInt32

    /// Makes a merge of token ids.
    public init(left: UInt32, right: UInt32, result: UInt32) {
      self.left = left
      self.right = right
      self.result = result
    }
  }

  /// The name, such as `qwen3`.
  public var name: ByteString
  /// The bytes of the tokens that merges lead to, by id; empty for an id that has none, such as that
  /// of an added token.
  public var tokens: [ByteString]
  /// The merges by rank: the first is made first.
  public var merges: [Merge]
  /// The rank of each merge, where several that make one token share theirs; empty if the rank of a
  /// merge is its index. Ranks are dense, and all merges of one rank have one result.
  public var mergeRanks: [UInt32] = []
  /// The tokens that stand for single bytes in a character-level vocabulary, by byte, 256 of them;
  /// empty if it has none. A token of one byte is that byte in a vocabulary of another kind.
  public var byteTokens: [UInt32?] = []
  /// What is done with text before and beside the merges.
  public var configuration: VocabularyConfiguration

  /// Makes a description.
  public init(
    name: ByteString, tokens: [ByteString], merges: [Merge],
    configuration: VocabularyConfiguration
  ) {
    self.name = name
    self.tokens = tokens
    self.merges = merges
    self.configuration = configuration
  }

  /// The rank of the merge at an index of `merges`.
  func rank(ofMerge index: Int) -> UInt32 {
    mergeRanks.isEmpty ? UInt32(index) : mergeRanks[index]
  }
}

extension VocabularyDescription {
  /// Derives the merges that a rank file implies: the bytes of each token are merged by rank until
  /// two parts are left, and those two are what makes the token.
  ///
  /// - Parameters:
  ///   - tokens: the tokens in the order of their ranks; an empty one is a rank that nothing has.
  ///   - firstID: the id of the token of rank 0.
  /// - Returns: the merges in the order of the tokens that they make. A token that the ranks do not
  ///   lead to has none.
  public static func merges(
    ofRanked tokens: [ByteString], firstID: UInt32 = 0
  ) -> [Merge] {
    var ranks: [ByteString: UInt32] = [:]
    ranks.reserveCapacity(tokens.count)
    for (rank, token) in tokens.enumerated() where !token.isEmpty { ranks[token] = UInt32(rank) }
    var merges: [Merge] = []
    merges.reserveCapacity(tokens.count)
    for (id, token) in tokens.enumerated() where token.count > 1 {
      guard let (left, right) = lastMerge(of: token.bytes, ranks: ranks) else { continue }
      merges.append(
        Merge(left: firstID + left, right: firstID + right, result: firstID + UInt32(id)))
    }
    return merges
  }

  private static func lastMerge(
    of bytes: [UInt8], ranks: [ByteString: UInt32]
  ) -> (UInt32, UInt32)? {
    var bounds = Array(0...bytes.count)
    func rank(_ first: Int, _ last: Int) -> UInt32? {
      bounds.indices.contains(last)
        ? ranks[ByteString(bytes[bounds[first]..<bounds[last]])] : nil
    }
    // The rank of each part with the part behind it; a merge changes those beside it only.
    var pairs = bounds.indices.dropLast().map { rank($0, $0 + 2) }
    while bounds.count > 3 {
      var best: (index: Int, rank: UInt32)?
      for (index, candidate) in pairs.enumerated() {
        guard let candidate else { continue }
        if best.map({ candidate < $0.rank }) ?? true { best = (index, candidate) }
      }
      guard let best else { return nil }
      bounds.remove(at: best.index + 1)
      pairs.remove(at: best.index + 1)
      pairs[best.index] = rank(best.index, best.index + 2)
      if best.index > 0 { pairs[best.index - 1] = rank(best.index - 1, best.index + 1) }
    }
    guard bounds.count == 3, let left = rank(0, 1), let right = rank(1, 2) else { return nil }
    return (left, right)
  }
}
