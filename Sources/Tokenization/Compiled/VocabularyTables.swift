internal import CVector
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
  /// The pairs of token ids that merge. Most pairs that merging asks for do not; the set stays in the processor's cache,
  /// where the merge table does not.
  private let mergeFilter: KeySet
  private let mergeResults: MergeResults
  private let pieceTable: VocabularyTable<UInt32>
  private let pieceMask: Int
  private let byteTokens: VocabularyTable<UInt32>
  /// The symbols that merging may begin with in place of the bytes of characters.
  let characterSymbols: CharacterSymbols
  /// What merging knows of two ASCII characters side by side; nil in character-level vocabularies.
  let asciiPairs: ASCIIPairs?
  /// The pairs of characters that stand side by side in tokens.
  let crossings: CharacterPairs
  /// The pairs of characters of which a merge may take a part of one together with the other.
  let disturbances: CharacterPairs
  /// Whether a merge never makes possible another of lower rank.
  let mergesAscend: Bool
  /// The length of the longest token that a whole piece may be, in bytes.
  let longestToken: Int

  /// What stands for the rank of two tokens that do not merge.
  static let noMerge = UInt32.max

  /// Takes the tables out of the sections of a file.
  init(_ sections: VocabularySections, source: String) throws(VocabularyError) {
    tokenOffsets = try sections.table(.tokenOffsets)
    tokenBytes = try sections.bytes(of: .tokenBytes)
    mergeTable = try sections.table(.mergeTable)
    pieceTable = try sections.table(.pieceTable)
    byteTokens = try sections.table(.byteTokens)
    characterSymbols = CharacterSymbols(try sections.bytes(of: .characterSymbols))
    let properties: VocabularyTable<UInt32> = try sections.table(.properties)
    mergesAscend = properties[0] == 1
    longestToken = Int(properties[1] ?? 0)
    asciiPairs = ASCIIPairs(try sections.bytes(of: .asciiPairs))
    guard let crossings = CharacterPairs(try sections.bytes(of: .characterCrossings)),
      let disturbances = CharacterPairs(try sections.bytes(of: .characterDisturbances)),
      let mergeResults = MergeResults(
        try sections.table(.mergeResults), first: properties[2] ?? MergeResults.noFirst,
        count: sections.mergeCount, tokenCount: sections.tokenCount),
      let mergeFilter = KeySet(try sections.bytes(of: .mergeFilter)),
      let mergeMask = mergeTable.mask, let pieceMask = pieceTable.mask,
      tokenOffsets.count == sections.tokenCount + 1, byteTokens.count == 256,
      properties.count == 3
    else { throw VocabularyError(source: source, message: "sections do not fit the header") }
    self.crossings = crossings
    self.disturbances = disturbances
    self.mergeFilter = mergeFilter
    self.mergeResults = mergeResults
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
  ///
  /// - Parameter hash: `PieceSlot.hash` of the piece.
  func token(ofPiece piece: UnsafeRawBufferPointer, hash: UInt64) -> UInt32? {
    token(ofHash: hash) { id in
      bytes(of: id).map { Self.areEqual($0, piece) } ?? false
    }
  }

  /// The same for a short piece.
  @inline(__always)
  func token(ofPiece key: PieceKey, hash: UInt64) -> UInt32? {
    token(ofHash: hash) { id in
      guard let start = tokenOffsets[Int(id)], let end = tokenOffsets[Int(id) &+ 1],
        end &- start == UInt32(truncatingIfNeeded: key.count), Int(end) <= tokenBytes.count
      else { return false }
      return PieceKey(tokenBytes, at: Int(start), count: key.count) == key
    }
  }

  /// The first token in the piece table with the tag of `hash` that is the piece.
  @inline(__always)
  private func token(ofHash hash: UInt64, _ isPiece: (UInt32) -> Bool) -> UInt32? {
    let tag = PieceSlot.tag(of: hash)
    var index = PieceSlot.home(of: hash, mask: pieceMask)
    for _ in 0...pieceMask {
      guard let slot = pieceTable[index], slot != PieceSlot.empty else { return nil }
      let id = slot & PieceSlot.idMask
      if slot & ~PieceSlot.idMask == tag, isPiece(id) { return id }
      index = (index &+ 1) & pieceMask
    }
    return nil
  }

  /// Asks for the slot where the search for a piece with this hash begins.
  @inline(__always)
  func prefetchSlot(ofPieceHash hash: UInt64) {
    pieceTable.prefetch(PieceSlot.home(of: hash, mask: pieceMask))
  }

  /// Asks for the place of the bytes of the token that the piece may be.
  @inline(__always)
  func prefetchOffset(ofPieceHash hash: UInt64) {
    if let id = candidate(ofPieceHash: hash) { tokenOffsets.prefetch(Int(id)) }
  }

  /// Asks for the bytes of the token that the piece may be.
  @inline(__always)
  func prefetchBytes(ofPieceHash hash: UInt64) {
    guard let id = candidate(ofPieceHash: hash), let start = tokenOffsets[Int(id)],
      Int(start) < tokenBytes.count
    else { return }
    cvector_prefetch(tokenBytes.baseAddress.map { $0 + Int(start) })
  }

  /// The token in the first slot for a hash, if it has the tag of the hash.
  @inline(__always)
  private func candidate(ofPieceHash hash: UInt64) -> UInt32? {
    let slot = pieceTable.element(at: PieceSlot.home(of: hash, mask: pieceMask), mask: pieceMask)
    return slot & ~PieceSlot.idMask == PieceSlot.tag(of: hash) ? slot & PieceSlot.idMask : nil
  }

  private static func areEqual(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
    return memcmp(first, second, left.count) == 0
  }

  /// The rank of the merge of `left` and `right`; `noMerge` if they do not merge.
  @inline(__always)
  func mergeRank(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let key = MergeSlot.key(left, right)
    var index = MergeSlot.home(of: key, mask: mergeMask)
    for _ in 0...mergeMask {
      let slot = mergeTable.element(at: index, mask: mergeMask)
      if slot >> 22 == key, slot != MergeSlot.empty {
        let rank = UInt32(truncatingIfNeeded: slot & (1 << 22 - 1))
        // If the merge is made, its result is wanted soon.
        mergeResults.prefetch(rank)
        return rank
      }
      if slot == MergeSlot.empty { return Self.noMerge }
      index = (index &+ 1) & mergeMask
    }
    return Self.noMerge
  }

  /// Whether `left` and `right` may merge; then the slot where the search for their rank begins is fetched
  /// while other things are done.
  @inline(__always)
  func mayMerge(_ left: UInt32, _ right: UInt32) -> Bool {
    let key = MergeSlot.key(left, right)
    guard mergeFilter.mayHold(MergeSlot.hash(of: key)) else { return false }
    mergeTable.prefetch(MergeSlot.home(of: key, mask: mergeMask))
    return true
  }

  /// Asks for what `mergePlace` reads.
  @inline(__always)
  func prefetchMergePlace(_ left: UInt32, _ right: UInt32) {
    mergeFilter.prefetch(MergeSlot.hash(of: MergeSlot.key(left, right)))
  }

  /// Where the search for the rank of the merge of `left` and `right` begins, which is fetched while other
  /// things are done; `none` if they do not merge.
  @inline(__always)
  func mergePlace(_ left: UInt32, _ right: UInt32) -> MergePlace {
    let key = MergeSlot.key(left, right)
    let home = MergeSlot.home(of: key, mask: mergeMask)
    let place = mergeFilter.mayHold(MergeSlot.hash(of: key)) ? home : MergePlace.none.index
    mergeTable.prefetch(place & mergeMask)
    return MergePlace(index: place)
  }

  /// The rank of the merge of `left` and `right`, whose search begins at `place`; `noMerge` if they do not
  /// merge.
  @inline(__always)
  func mergeRank(_ left: UInt32, _ right: UInt32, from place: MergePlace) -> UInt32 {
    let key = MergeSlot.key(left, right)
    // Which merge cannot be foreseen: no branch for it. Where nothing is to be found the last slot is looked at.
    let slot = mergeTable.element(at: place.index & mergeMask, mask: mergeMask)
    let isFound = (slot >> 22 == key ? 1 : 0) & (slot == MergeSlot.empty ? 0 : 1)
    let isElsewhere = isFound | (slot == MergeSlot.empty ? 1 : 0) | (place.isNone ? 1 : 0) == 0
    if isElsewhere { return rareMergeRank(left, right) }
    let rank = UInt32(truncatingIfNeeded: slot & (1 << 22 - 1))
    mergeResults.prefetch(isFound == 1 ? rank : 0)
    return isFound == 1 ? rank : Self.noMerge
  }

  /// `mergeRank`, not in line where it is seldom asked.
  @inline(never)
  private func rareMergeRank(_ left: UInt32, _ right: UInt32) -> UInt32 {
    mergeRank(left, right)
  }

  /// The id of the token that the merge of rank `rank` makes.
  @inline(__always)
  func mergeResult(_ rank: UInt32) -> UInt32? {
    mergeResults[rank]
  }
}

/// Where the search for a merge begins in the merge table.
struct MergePlace {
  fileprivate let index: Int

  /// That of two tokens that do not merge.
  static var none: MergePlace { MergePlace(index: -1) }

  @inline(__always)
  var isNone: Bool { index < 0 }
}
