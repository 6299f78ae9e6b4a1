internal import Bytes

/// Cuts text before the words of SentencePiece, where `▁` (U+2581) stands behind another character,
/// so that a document is many small pieces and not one.
enum WordStart {
  /// Matches a piece: a run of `▁` and what follows it, or what stands before the first.
  static let pattern: ByteString = "\u{2581}+[^\u{2581}]*|[^\u{2581}]+"

  private static let mark: [UInt8] = [0xE2, 0x96, 0x81]

  /// Whether the tokens are the same with and without the cuts: `▁` is a token, so that none of
  /// its bytes and no unknown token reaches over a cut, and no merge joins what ends in another
  /// character with what begins with `▁`.
  static func isSafe(
    spellings: [ByteString], merges: [VocabularyDescription.Merge]
  ) -> Bool {
    guard spellings.contains(ByteString(mark)) else { return false }
    return merges.allSatisfy { merge in
      guard spellings.indices.contains(Int(merge.left)),
        spellings.indices.contains(Int(merge.right))
      else { return false }
      return !spellings[Int(merge.right)].bytes.starts(with: mark)
        || spellings[Int(merge.left)].bytes.suffix(mark.count).elementsEqual(mark)
    }
  }
}
