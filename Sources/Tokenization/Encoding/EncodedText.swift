/// The tokens of a text, with the byte at which each ends.
public struct EncodedText: Sendable {
  /// The token ids in order.
  public internal(set) var ids: [UInt32]
  /// The end of each token in bytes of the text, never decreasing. Where normalisation changed the
  /// text, all tokens of a changed stretch end where that stretch ends.
  public internal(set) var ends: [Int]

  /// Returns the number of tokens that lie wholly before byte `offset`.
  ///
  /// - Complexity: logarithmic.
  public func tokenCount(before offset: Int) -> Int {
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The byte at which token `index` begins; the end of the text for the index behind the last.
  public func start(ofToken index: Int) -> Int {
    index > 0 && index <= ends.count ? ends[index - 1] : 0
  }
}
