internal import Glibc

/// The tables of a compiled vocabulary file, for the inner loops: a value without references.
///
/// Invariant: the memory behind it is that of a `Vocabulary`, which whoever keeps the tables keeps too.
/// Whatever the memory holds, no access leaves it.
struct VocabularyTables: @unchecked Sendable {
  // @unchecked: the memory is never written.
  private let tokenOffsets: VocabularyTable<UInt32>
  private let tokenBytes: UnsafeRawBufferPointer
  private let mergeTable: VocabularyTable<UInt64>
  private let mergeMask: Int
  private let mergeResults: VocabularyTable<UInt32>
  private let pieceTable: VocabularyTable<UInt32>
  private let pieceMask: Int
  private let byteTokens: VocabularyTable<UInt32>

  /// Takes the tables out of the sections of a file.
  init(_ sections: VocabularySections, source: String) throws(VocabularyError) {
    tokenOffsets = try sections.table(.tokenOffsets)
    tokenBytes = try sections.bytes(of: .tokenBytes)
    mergeTable = try sections.table(.mergeTable)
    mergeResults = try sections.table(.mergeResults)
    pieceTable = try sections.table(.pieceTable)
    byteTokens = try sections.table(.byteTokens)
    guard let mergeMask = mergeTable.mask, let pieceMask = pieceTable.mask,
      tokenOffsets.count == sections.tokenCount + 1, mergeResults.count == sections.mergeCount,
      byteTokens.count == 256
    else { throw VocabularyError(source: source, message: "sections do not fit the header") }
    self.mergeMask = mergeMask
    self.pieceMask = pieceMask
  }

  /// The bytes of token `id`, or nil if the file has no such token.
  func bytes(of id: UInt32) -> UnsafeRawBufferPointer? {
    guard let start = tokenOffsets[Int(id)], let end = tokenOffsets[Int(id) + 1],
      start <= end, Int(end) <= tokenBytes.count
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: tokenBytes[Int(start)..<Int(end)])
  }

  /// The id of the token that is `byte` alone.
  func token(ofByte byte: UInt8) -> UInt32? {
    byteTokens[Int(byte)]
  }

  /// The id of the token that all of `piece` is, where a whole piece may be that token.
  func token(ofPiece piece: UnsafeRawBufferPointer) -> UInt32? {
    let hash = PieceSlot.hash(piece)
    let tag = PieceSlot.tag(of: hash)
    var index = PieceSlot.home(of: hash, mask: pieceMask)
    for _ in 0...pieceMask {
      guard let slot = pieceTable[index], slot != PieceSlot.empty else { return nil }
      if slot & ~PieceSlot.idMask == tag {
        let id = slot & PieceSlot.idMask
        if let candidate = bytes(of: id), Self.areEqual(candidate, piece) { return id }
      }
      index = (index + 1) & pieceMask
    }
    return nil
  }

  private static func areEqual(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
    return memcmp(first, second, left.count) == 0
  }

  /// The rank of the merge of `left` and `right`, or nil if they do not merge.
  @inline(__always)
  func mergeRank(_ left: UInt32, _ right: UInt32) -> UInt32? {
    let key = MergeSlot.key(left, right)
    var index = MergeSlot.home(of: key, mask: mergeMask)
    for _ in 0...mergeMask {
      guard let slot = mergeTable[index], slot != MergeSlot.empty else { return nil }
      if slot >> 22 == key { return UInt32(truncatingIfNeeded: slot & (1 << 22 - 1)) }
      index = (index + 1) & mergeMask
    }
    return nil
  }

  /// The id of the token that the merge of rank `rank` makes.
  func mergeResult(_ rank: UInt32) -> UInt32? {
    mergeResults[Int(rank)]
  }
}
