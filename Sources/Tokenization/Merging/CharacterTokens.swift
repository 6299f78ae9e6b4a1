/// The symbols that the merges of a character-level vocabulary begin with: the token of each
/// character; the tokens of its bytes where it has none; the unknown token where those are missing.
///
/// Invariant: the memory behind the table is that of a `Vocabulary`, which whoever keeps this keeps too.
struct CharacterTokens: Sendable {
  private let table: VocabularyTable<UInt64>
  private let mask: Int
  private let tables: VocabularyTables
  private let model: CharacterModel

  /// Takes the table out of the sections of a file.
  init(
    _ sections: VocabularySections, _ tables: VocabularyTables, _ model: CharacterModel,
    source: String
  ) throws(VocabularyError) {
    table = try sections.table(.characterTokens)
    guard let mask = table.mask else {
      throw VocabularyError(source: source, message: "the character table has a wrong length")
    }
    self.mask = mask
    self.tables = tables
    self.model = model
  }

  /// Calls `body` with the id and the end, in bytes of `piece`, of each symbol. A character that has no
  /// token of any kind gives none.
  @inline(__always)
  func forEachSymbol(
    of piece: UnsafeRawBufferPointer, _ body: (_ id: UInt32, _ end: Int) -> Void
  ) {
    var unknownEnd: Int?
    var lastEnd = 0
    func flush() {
      guard let end = unknownEnd, let unknown = model.unknownToken else { return }
      lastEnd = max(lastEnd, end)
      body(unknown, lastEnd)
      unknownEnd = nil
    }
    var offset = 0
    while offset < piece.count {
      let (code, width) = Self.character(in: piece, at: offset)
      let start = offset
      offset += width
      if let id = token(of: code) {
        flush()
        lastEnd = offset
        body(id, offset)
      } else if hasBytes(piece, start..<offset) {
        // An unknown token that waits for its run to end is not brought out here: so does the reference.
        for index in start..<offset {
          if let id = byteToken(piece[index]) { body(id, index + 1) }
        }
        lastEnd = offset
      } else if model.unknownToken != nil {
        if !model.fusesUnknown { flush() }
        unknownEnd = offset
      }
    }
    flush()
  }

  /// Whether there are merges of different ranks of which none comes before another.
  var hasTies: Bool { !model.ties.isEmpty }

  /// Whether one of `ids` stands for characters that are not known, so that its text is not theirs.
  func holdUnknown(_ ids: UnsafeBufferPointer<UInt32>) -> Bool {
    model.unknownToken.map(ids.contains) ?? false
  }

  /// What merges of `rank` are ordered by: the first rank of those that none of them comes before.
  ///
  /// - Complexity: logarithmic in the number of ties.
  func order(ofRank rank: UInt32) -> UInt32 {
    var low = 0
    var high = model.ties.count
    while low < high {
      let middle = (low + high) / 2
      if model.ties[middle].upperBound < rank { low = middle + 1 } else { high = middle }
    }
    guard low < model.ties.count, model.ties[low].contains(rank) else { return rank }
    return model.ties[low].lowerBound
  }

  /// The token of a character.
  private func token(of code: UInt32) -> UInt32? {
    var index = CharacterSlot.home(of: code, mask: mask)
    for _ in 0...mask {
      guard let slot = table[index], slot != CharacterSlot.empty else { return nil }
      if slot >> 32 == UInt64(code) { return UInt32(truncatingIfNeeded: slot) }
      index = (index + 1) & mask
    }
    return nil
  }

  private func byteToken(_ byte: UInt8) -> UInt32? {
    tables.token(ofByte: byte).flatMap { $0 == CharacterSlot.noToken ? nil : $0 }
  }

  private func hasBytes(_ piece: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    range.allSatisfy { byteToken(piece[$0]) != nil }
  }

  /// The character at `offset` and its length; a byte that begins none is one that has no token.
  @inline(__always)
  private static func character(
    in piece: UnsafeRawBufferPointer, at offset: Int
  ) -> (code: UInt32, width: Int) {
    let lead = piece[offset]
    if lead < 0x80 { return (UInt32(lead), 1) }
    let width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard lead >= 0xC0, offset + width <= piece.count else { return (.max, 1) }
    var code = UInt32(lead) & (0x7F >> UInt32(width))
    for index in (offset + 1)..<(offset + width) { code = code << 6 | UInt32(piece[index] & 0x3F) }
    return (code, width)
  }
}

/// A slot of the character table: code point (upper 32 bits), token id (lower 32 bits).
enum CharacterSlot {
  static let empty = UInt64.max
  /// What stands in the table of byte tokens for a byte that has none.
  static let noToken = UInt32.max

  /// The slot that a search for a code point begins with in a table of `mask + 1` slots.
  static func home(of code: UInt32, mask: Int) -> Int {
    Int(truncatingIfNeeded: (UInt64(code) &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
  }
}
