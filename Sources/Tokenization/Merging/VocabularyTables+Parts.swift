internal import Bytes

/// A character of a piece, as merging sees it.
struct PieceCharacter {
  /// Where it begins and ends in the piece, in bytes.
  let start: Int
  let end: Int
  /// The code point.
  let code: UInt32
  /// The table's entry for it; `CharacterSymbol.none` if it has none.
  fileprivate(set) var symbol: CharacterSymbol

  /// Whether merging may begin with it as one symbol; ASCII is one byte in any case.
  @inline(__always)
  var isSymbol: Bool { code < 0x80 || symbol.rawValue != CharacterSymbol.none }
}

extension VocabularyTables {
  /// Whether pieces can be cut into parts.
  var canCut: Bool { crossings.set != nil && disturbances.set != nil }

  /// Calls `body` with the characters of a piece in order; those that merging may not begin with where
  /// they stand have no symbol.
  ///
  /// - Parameter piece: UTF-8 that is not empty. What is not is passed over from there on.
  /// - Returns: where the last character ends.
  @inline(__always)
  @discardableResult
  func forEachCharacter(
    of piece: UnsafeRawBufferPointer, _ body: (PieceCharacter) -> Void
  ) -> Int {
    guard var current = character(of: piece, at: 0) else { return 0 }
    var isDisturbed = false
    while let next = character(of: piece, at: current.end) {
      let isNextDisturbed = mayDisturb(current, next)
      if isDisturbed || isNextDisturbed {
        current.symbol = CharacterSymbol(rawValue: CharacterSymbol.none)
      }
      body(current)
      isDisturbed = isNextDisturbed
      current = next
    }
    if isDisturbed { current.symbol = CharacterSymbol(rawValue: CharacterSymbol.none) }
    body(current)
    return current.end
  }

  @inline(__always)
  private func character(of piece: UnsafeRawBufferPointer, at start: Int) -> PieceCharacter? {
    guard start < piece.count else { return nil }
    let lead = piece[start]
    if lead < 0x80 {
      let none = CharacterSymbol(rawValue: CharacterSymbol.none)
      return PieceCharacter(start: start, end: start &+ 1, code: UInt32(lead), symbol: none)
    }
    let width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard lead >= 0xC2, start &+ width <= piece.count else { return nil }
    func tail(_ index: Int) -> UInt32 { UInt32(piece[start &+ index] & 0x3F) }
    let code =
      switch width {
      case 2: UInt32(lead & 0x1F) << 6 | tail(1)
      case 3: UInt32(lead & 0x0F) << 12 | tail(1) << 6 | tail(2)
      default: UInt32(lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3)
      }
    return PieceCharacter(
      start: start, end: start &+ width, code: code, symbol: characterSymbols[code])
  }

  /// Whether, where `right` follows `left`, a merge may take a part of one together with the other.
  @inline(__always)
  private func mayDisturb(_ left: PieceCharacter, _ right: PieceCharacter) -> Bool {
    if left.code < 0x80 { return right.code >= 0x80 && !right.symbol.canFollowASCII }
    if right.code < 0x80 { return !left.symbol.canPrecedeASCII }
    return !left.symbol.canPrecedeOthers || !right.symbol.canFollowOthers
      || disturbances.mayHold(left.code, right.code)
  }

  /// Calls `body` with the parts of a piece that no merge joins, in order.
  ///
  /// Between two characters that are symbols to merging no merge takes place if no token holds the two
  /// side by side. The table of such pairs says "perhaps" a little too often, which only makes fewer cuts.
  @inline(__always)
  func forEachPart(
    of text: UnsafeRawBufferPointer, _ piece: ByteRange, _ body: (ByteRange) -> Void
  ) {
    let bytes = UnsafeRawBufferPointer(rebasing: text[piece.start..<piece.end])
    var start = 0
    var previous: UInt32 = 0
    var canCut = false
    forEachCharacter(of: bytes) { character in
      let isSymbol = character.isSymbol
      if canCut, isSymbol, previous | character.code >= 0x80,
        !crossings.mayHold(previous, character.code)
      {
        body(ByteRange(start, character.start).shifted(by: piece.start))
        start = character.start
      }
      previous = character.code
      canCut = isSymbol
    }
    body(ByteRange(start, bytes.count).shifted(by: piece.start))
  }
}
