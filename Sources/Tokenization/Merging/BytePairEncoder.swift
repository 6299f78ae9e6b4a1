/// Byte-pair encoding (Sennrich, Haddow, Birch 2016) of one piece: of all adjacent pairs the one with
/// the lowest merge rank is merged, the leftmost first, until no pair merges.
final class BytePairEncoder {
  private let vocabulary: Vocabulary
  /// The tables of `vocabulary`, which keeps them alive.
  private let tables: VocabularyTables
  /// What makes the first symbols of a vocabulary whose merges begin with characters.
  private let characters: CharacterTokens?
  /// Whether a piece that is not in the table of whole tokens does not merge into one: a token that its own
  /// bytes merge into is in the table.
  private let knowsTokens: Bool
  private let symbols = SymbolBuffer()
  private let shortMerger: ShortPieceMerger
  private let longMerger: LongPieceMerger
  /// Merges pieces that are longer than a window; nil if they can be merged as a whole only.
  private let windows: MergeWindows?

  /// Makes an encoder.
  ///
  /// - Parameter knowsTokens: whether the vocabulary has its table of whole tokens, so that what is not
  ///   there is no token.
  init(_ vocabulary: Vocabulary, knowsTokens: Bool = true) {
    self.vocabulary = vocabulary
    tables = vocabulary.tables
    characters = vocabulary.characters
    self.knowsTokens = knowsTokens && vocabulary.characters == nil
    shortMerger = ShortPieceMerger(vocabulary.tables)
    longMerger = LongPieceMerger(vocabulary)
    windows = MergeWindows(longMerger)
  }

  /// Appends the tokens of `piece` to `buffer`; their ends count from `base`.
  func encode(_ piece: UnsafeRawBufferPointer, base: Int = 0, into buffer: inout TokenBuffer) {
    guard !piece.isEmpty, !appendWhole(piece, hash: nil, base: base, into: &buffer) else { return }
    merge(piece, base: base, into: &buffer)
  }

  /// Appends the token that all of `piece` is, and returns whether there is one.
  ///
  /// - Parameter hash: `PieceSlot.hash` of the piece, if it is known.
  @inline(__always)
  func appendWhole(
    _ piece: UnsafeRawBufferPointer, hash: UInt64?, base: Int, into buffer: inout TokenBuffer
  ) -> Bool {
    guard piece.count > 1 || characters != nil else {
      guard let byte = piece.first, let id = tables.token(ofByte: byte) else { return false }
      buffer.append(id, endingAt: base + 1)
      return true
    }
    guard piece.count <= tables.longestToken,
      let id = tables.token(ofPiece: piece, hash: hash ?? PieceSlot.hash(piece))
    else { return false }
    buffer.append(id, endingAt: base + piece.count)
    return true
  }

  /// The same for a short piece.
  @inline(__always)
  func appendWhole(
    _ key: PieceKey, hash: UInt64, base: Int, into buffer: inout TokenBuffer
  ) -> Bool {
    let isByte = key.count == 1 && characters == nil
    let id =
      isByte ? tables.token(ofByte: key.first) : tables.token(ofPiece: key, hash: hash)
    guard let id else { return false }
    buffer.append(id, endingAt: base + key.count)
    return true
  }

  /// Where the first and the second symbol end in the piece that was merged last, if it has them.
  var firstEnds: (UInt8, UInt8) {
    func end(_ index: Int) -> UInt8 {
      index < symbols.count ? UInt8(truncatingIfNeeded: symbols.end(at: index)) : 0
    }
    return (end(0), end(1))
  }

  /// Merges `piece`, which is no token as a whole, and appends the tokens.
  func merge(_ piece: UnsafeRawBufferPointer, base: Int, into buffer: inout TokenBuffer) {
    if piece.count > MergeWindows.step, let windows {
      mergeInWindows(piece, windows, base: base, into: &buffer)
      return
    }
    let symbols = symbols
    symbols.removeAll(reserving: piece.count)
    forEachInitialSymbol(of: piece) { symbols.append($0, endingAt: $1) }
    if symbols.count <= ShortPieceMerger.limit, characters?.hasTies != true {
      shortMerger.merge(symbols, isNoToken: knowsTokens)
    } else {
      longMerger.merge(symbols)
    }
    buffer.reserve(symbols.count)
    for index in 0..<symbols.count {
      buffer.append(symbols.id(at: index), endingAt: base + symbols.end(at: index))
    }
  }

  @inline(never)
  private func mergeInWindows(
    _ piece: UnsafeRawBufferPointer, _ windows: MergeWindows, base: Int,
    into buffer: inout TokenBuffer
  ) {
    forEachInitialSymbol(of: piece) {
      windows.append($0, endingAt: $1, base: base, into: &buffer)
    }
    windows.finish(base: base, into: &buffer)
  }

  /// Calls `body` with the id and the end, in bytes of `piece`, of each symbol that merging begins with: bytes, and
  /// characters that are tokens where it is certain that their bytes merge before anything else takes a part of them
  /// (`CharacterSymbol`).
  @inline(__always)
  private func forEachInitialSymbol(
    of piece: UnsafeRawBufferPointer, _ body: (_ id: UInt32, _ end: Int) -> Void
  ) {
    if let characters {
      characters.forEachSymbol(of: piece, body)
      return
    }
    let tables = tables
    let end = tables.forEachCharacter(of: piece) { character in
      if character.code >= 0x80, character.isSymbol {
        body(character.symbol.id, character.end)
      } else {
        Self.forEachByte(of: piece, character.start, character.end, tables, body)
      }
    }
    // Tokens that are compiled need not be UTF-8.
    Self.forEachByte(of: piece, end, piece.count, tables, body)
  }

  @inline(__always)
  private static func forEachByte(
    of piece: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ tables: VocabularyTables,
    _ body: (_ id: UInt32, _ end: Int) -> Void
  ) {
    for offset in start..<end { body(tables.token(ofByte: piece[offset]) ?? 0, offset &+ 1) }
  }
}
