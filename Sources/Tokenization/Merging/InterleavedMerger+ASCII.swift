// MARK: - Pieces of ASCII characters

extension InterleavedMerger {
  /// Adds a piece of ASCII characters, and returns its row; nil if it has more than 15. Merges that are sure to be made are
  /// made at once (`ASCIIPairs`): half of all in English words.
  ///
  /// - Parameter fewest: how many symbols are left in any case.
  func addASCII(_ piece: UnsafeRawBufferPointer, _ fewest: Int) -> Int? {
    let number = piece.count
    guard number > 0, number <= Self.last else { return nil }
    let first = count &* Self.width
    clearOrders(at: first)
    let sure = setCharacters(piece, at: first)
    let row = addRow(number, fewest)
    guard sure != 0 else { return row }
    makeMerges(sure, piece, at: first)
    remove(sure &<< 1, ofRow: row)
    askForNeighbours(of: sure, (1 &<< UInt32(truncatingIfNeeded: number)) &- 1, at: first)
    return row
  }

  /// Sets the symbols of a row to the characters of a piece, with the orders of their merges, and returns which of them, by
  /// their places, are sure to merge with the next: a mask.
  @inline(__always)
  private func setCharacters(_ piece: UnsafeRawBufferPointer, at first: Int) -> UInt32 {
    let (ids, orders, ends) = (ids + first, orders + first, ends + first)
    var sure: UInt32 = 0
    var (lastRank, leftLimit) = (VocabularyTables.noMerge, VocabularyTables.noMerge)
    var bit: UInt32 = 1
    for place in 0..<(piece.count &- 1) {
      ids[place] = tables.token(ofByte: piece[place]) ?? Self.noToken
      ends[place] = UInt8(truncatingIfNeeded: place &+ 1)
      let pair = pairs[piece[place], piece[place &+ 1]]
      orders[place] = Self.order(pair.rank, place)
      // Which are sure cannot be foreseen: no branch. That of the pair before ends with this one's limit.
      sure &= ~(lastRank < pair.rightLimit ? 0 : bit &>> 1)
      sure |= pair.rank < leftLimit ? bit : 0
      (lastRank, leftLimit) = (pair.rank, pair.leftLimit)
      bit &<<= 1
    }
    let last = piece.count &- 1
    ids[last] = tables.token(ofByte: piece[last]) ?? Self.noToken
    ends[last] = UInt8(truncatingIfNeeded: last &+ 1)
    return sure
  }

  /// Makes the merges of the characters at some places with the next, no two of them side by side.
  @inline(__always)
  private func makeMerges(_ places: UInt32, _ piece: UnsafeRawBufferPointer, at first: Int) {
    var rest = places
    while rest != 0 {
      let place = rest.trailingZeroBitCount
      rest &= rest &- 1
      ids[first &+ place] = pairs[piece[place], piece[place &+ 1]].result
      ends[first &+ place] = UInt8(truncatingIfNeeded: place &+ 2)
      clearOrder(first &+ place)
      clearOrder(first &+ place &+ 1)
    }
  }

  /// Asks for the ranks of the merges of new symbols, each of two characters, with their neighbours.
  ///
  /// - Parameter all: the places of all characters.
  @inline(__always)
  private func askForNeighbours(of places: UInt32, _ all: UInt32, at first: Int) {
    var rest = places & all &>> 2
    while rest != 0 {
      let place = first &+ rest.trailingZeroBitCount
      rest &= rest &- 1
      askForRank(place, place &+ 2)
    }
    // Characters that were not merged, each before one that was.
    rest = places &>> 1 & ~(places &<< 1)
    while rest != 0 {
      let place = first &+ rest.trailingZeroBitCount
      rest &= rest &- 1
      clearOrder(place)
      askForRank(place, place &+ 1)
    }
  }
}
