internal import CVector

/// Merges pieces of up to 15 symbols in turns, one merge of each a turn: while memory answers for one piece,
/// the processor works on the others.
///
/// A piece is a row of 16 places. A symbol that has become part of the one before it leaves its place empty;
/// a bit for each place says whether a symbol is there. The last place belongs to no symbol: it stands for the
/// neighbour that the first and the last symbol lack, and never merges.
///
/// Invariant: `ids`, `orders` and `ends` point to `limit` rows of 16 initialised elements, `rows`, `active` and `lowest` to
/// `limit` elements; the first `count` rows belong to pieces. `waiting` has room for as many pairs as there are places,
/// since none waits twice; the first `waitingCount` are initialised.
final class InterleavedMerger {
  /// The most pieces.
  static let limit = 256

  /// Where the search for the merges of a new symbol with its neighbours goes on.
  private struct Search {
    var present: UInt32 = 0
    /// How many merges there may be.
    var remaining: Int32 = 0
    var best = 0
    var left = 0
    var next = 0
    var leftPlace = MergePlace.none
    var rightPlace = MergePlace.none
  }

  /// A pair whose rank is asked for, by the places of its symbols.
  private struct Waiting {
    var index = 0
    var next = 0
    var place = MergePlace.none
  }

  let tables: VocabularyTables
  let pairs: ASCIIPairs
  let ids: UnsafeMutablePointer<UInt32>
  /// The order of the merge of each symbol with the next: the rank in the upper 28 bits, the place in the lower 4,
  /// so that the lowest is that of the leftmost of the lowest rank. From `never` on there is no merge.
  let orders: UnsafeMutablePointer<UInt32>
  let ends: UnsafeMutablePointer<UInt8>
  private let rows: UnsafeMutablePointer<Search>
  private let active: UnsafeMutablePointer<Int>
  /// The lowest order of each row of `active`.
  private let lowest: UnsafeMutablePointer<UInt32>
  /// The pairs whose ranks are not known when merging begins.
  private let waiting: UnsafeMutablePointer<Waiting>
  private var waitingCount = 0
  private(set) var count = 0

  static let width = 16
  static let last = width - 1
  /// Higher than all orders of merges, and positive as a signed number.
  static let never: UInt32 = 0x7FFF_FFF0
  /// An id that no merge has.
  static let noToken: UInt32 = 1 << 21 - 1

  /// Makes a merger without pieces; nil for a vocabulary whose merges begin with characters.
  init?(_ tables: VocabularyTables) {
    guard let pairs = tables.asciiPairs else { return nil }
    self.tables = tables
    self.pairs = pairs
    let places = Self.limit * Self.width
    ids = .allocate(capacity: places)
    ids.initialize(repeating: Self.noToken, count: places)
    orders = .allocate(capacity: places)
    orders.initialize(repeating: Self.never, count: places)
    ends = .allocate(capacity: places)
    ends.initialize(repeating: 0, count: places)
    rows = .allocate(capacity: Self.limit)
    rows.initialize(repeating: Search(), count: Self.limit)
    active = .allocate(capacity: Self.limit)
    active.initialize(repeating: 0, count: Self.limit)
    lowest = .allocate(capacity: Self.limit)
    lowest.initialize(repeating: 0, count: Self.limit)
    waiting = .allocate(capacity: places)
  }

  deinit {
    ids.deallocate()
    orders.deallocate()
    ends.deallocate()
    rows.deallocate()
    active.deallocate()
    lowest.deallocate()
    waiting.deallocate()
  }

  /// Forgets all pieces.
  func removeAll() {
    count = 0
    waitingCount = 0
  }

  /// Adds a piece of up to 255 bytes, and returns its row; nil if it has more than 15 symbols or there is no room for it.
  ///
  /// - Parameter isNoToken: whether it is known that the symbols do not merge into one; then the last two are left as
  ///   they are without looking.
  func add(_ piece: UnsafeRawBufferPointer, isASCII: Bool, isNoToken: Bool) -> Int? {
    guard count < Self.limit, piece.count <= UInt8.max else { return nil }
    let fewest = isNoToken ? 2 : 1
    if isASCII { return addASCII(piece, fewest) }
    let first = count &* Self.width
    let number = addCharacters(piece, at: first)
    guard number <= Self.last else { return nil }
    clearOrders(at: first)
    askForRanks(number, at: first)
    return addRow(number, fewest)
  }

  /// Adds a part whose symbols were found, and returns its row; nil if that cannot be done.
  @inline(__always)
  func add(_ finder: PartFinder, _ characters: Range<Int>) -> Int? {
    let (row, number) = (count, characters.count)
    let start = finder.starts[characters.lowerBound]
    guard row < Self.limit, number <= Self.last,
      finder.starts[characters.upperBound] &- start <= UInt8.max
    else { return nil }
    let first = row &* Self.width
    var highest: UInt32 = 0
    for place in 0..<number {
      let character = characters.lowerBound &+ place
      let id = finder.symbols[character]
      highest |= id
      ids[first &+ place] = id
      ends[first &+ place] = UInt8(truncatingIfNeeded: finder.starts[character &+ 1] &- start)
    }
    guard highest != PartFinder.noSymbol else { return nil }
    clearOrders(at: first)
    askForRanks(number, at: first)
    return addRow(number, 1)
  }

  @inline(__always)
  func clearOrders(at first: Int) {
    for place in 0..<Self.width { clearOrder(first &+ place) }
  }

  /// Sets the order of a symbol to that of no merge.
  @inline(__always)
  func clearOrder(_ index: Int) {
    orders[index] = Self.never | UInt32(truncatingIfNeeded: index & Self.last)
  }

  @inline(__always)
  func addRow(_ number: Int, _ fewest: Int) -> Int {
    let row = count
    ids[row &* Self.width &+ Self.last] = Self.noToken
    rows[row].present = (1 &<< UInt32(truncatingIfNeeded: number)) &- 1 | 1 << UInt32(Self.last)
    rows[row].remaining = Int32(truncatingIfNeeded: number &- fewest)
    count = row &+ 1
    return row
  }

  /// Removes symbols from a row that were merged with those before them.
  ///
  /// - Parameter places: a mask.
  @inline(__always)
  func remove(_ places: UInt32, ofRow row: Int) {
    rows[row].present &= ~places
    rows[row].remaining &-= Int32(truncatingIfNeeded: places.nonzeroBitCount)
  }

  /// Calls `body` with the tokens of a piece in order, and where they end in it.
  @inline(__always)
  func forEachToken(inRow row: Int, _ body: (UInt32, UInt8) -> Void) {
    let first = row &* Self.width
    var rest = rows[row].present & (1 << UInt32(Self.last) - 1)
    while rest != 0 {
      let place = first &+ rest.trailingZeroBitCount
      body(ids[place], ends[place])
      rest &= rest &- 1
    }
  }

  /// Where the first and the second token end in a piece, if it has them.
  func firstEnds(inRow row: Int) -> (UInt8, UInt8) {
    let first = row &* Self.width
    let tokens = rows[row].present
    return (
      ends[first &+ tokens.trailingZeroBitCount],
      ends[first &+ ((tokens & (tokens &- 1)).trailingZeroBitCount & Self.last)]
    )
  }

  // MARK: - First symbols

  private func addCharacters(_ piece: UnsafeRawBufferPointer, at first: Int) -> Int {
    var number = 0
    let (ids, ends, tables) = (ids, ends, tables)
    @inline(__always) func append(_ id: UInt32, _ end: Int) {
      if number < Self.last {
        ids[first &+ number] = id
        ends[first &+ number] = UInt8(truncatingIfNeeded: end)
      }
      number &+= 1
    }
    func appendBytes(_ start: Int, _ end: Int) {
      for offset in start..<end {
        append(tables.token(ofByte: piece[offset]) ?? Self.noToken, offset &+ 1)
      }
    }
    let end = tables.forEachCharacter(of: piece) { character in
      if character.code >= 0x80, character.isSymbol {
        append(character.symbol.id, character.end)
      } else {
        appendBytes(character.start, character.end)
      }
    }
    appendBytes(end, piece.count)
    return number
  }

  @inline(__always)
  private func askForRanks(_ number: Int, at first: Int) {
    for place in 0..<(number &- 1) { askForRank(first &+ place, first &+ place &+ 1) }
  }

  /// Begins to look for the rank of a pair, by the places of its symbols.
  @inline(__always)
  func askForRank(_ index: Int, _ next: Int) {
    let place = tables.mergePlace(ids[index], ids[next])
    (waiting + waitingCount).initialize(to: Waiting(index: index, next: next, place: place))
    // Which merge cannot be foreseen: no branch.
    waitingCount &+= place.isNone ? 0 : 1
  }

  // MARK: - Merging

  /// Merges the pieces that were added until no pair merges or two symbols are left.
  func merge() {
    for number in 0..<waitingCount {
      let (index, next) = (waiting[number].index, waiting[number].next)
      let rank = tables.mergeRank(ids[index], ids[next], from: waiting[number].place)
      orders[index] = Self.order(rank, index & Self.last)
    }
    waitingCount = 0
    var activeCount = 0
    for row in 0..<count where rows[row].remaining > 0 {
      active[activeCount] = row
      activeCount &+= 1
    }
    while activeCount > 0 {
      var kept = 0
      cvector_lowest_of_rows(orders, active, activeCount, lowest)
      for index in 0..<activeCount {
        let row = active[index]
        active[kept] = row
        if mergeLowest(row, lowest[index]) { kept &+= 1 }
      }
      for index in 0..<kept { findPlaces(active[index]) }
      for index in 0..<kept { setOrders(active[index]) }
      activeCount = kept
    }
  }

  /// Makes the next merge of a piece and asks for what the new symbol merges with; false if there is nothing
  /// more to merge.
  @inline(__always)
  private func mergeLowest(_ row: Int, _ lowest: UInt32) -> Bool {
    let first = row &* Self.width
    let (ids, orders, ends) = (ids + first, orders + first, ends + first)
    let search = rows + row
    guard lowest < Self.never, let merged = tables.mergeResult(lowest &>> 4) else { return false }
    let best = Int(lowest & 15)
    let present = search.pointee.present
    let behind = present & ~((2 &<< UInt32(truncatingIfNeeded: best)) &- 1)
    let right = behind.trailingZeroBitCount & Self.last
    ids[best] = merged
    ends[best] = ends[right]
    orders[right] = Self.never | UInt32(truncatingIfNeeded: right)
    search.pointee.present = present & ~(1 &<< UInt32(truncatingIfNeeded: right))
    search.pointee.remaining &-= 1
    guard search.pointee.remaining > 0 else { return false }
    let before = present & ((1 &<< UInt32(truncatingIfNeeded: best)) &- 1)
    let left = before == 0 ? Self.last : 31 &- before.leadingZeroBitCount
    let next = (behind & (behind &- 1)).trailingZeroBitCount & Self.last
    search.pointee.best = best
    search.pointee.left = left
    search.pointee.next = next
    tables.prefetchMergePlace(ids[left], merged)
    tables.prefetchMergePlace(merged, ids[next])
    return true
  }

  /// Finds where the ranks are that a new symbol needs.
  @inline(__always)
  private func findPlaces(_ row: Int) {
    let ids = ids + row &* Self.width
    let search = rows + row
    let merged = ids[search.pointee.best]
    search.pointee.leftPlace = tables.mergePlace(ids[search.pointee.left], merged)
    search.pointee.rightPlace = tables.mergePlace(merged, ids[search.pointee.next])
  }

  @inline(__always)
  private func setOrders(_ row: Int) {
    let first = row &* Self.width
    let (ids, orders) = (ids + first, orders + first)
    let search = rows + row
    let (left, best) = (search.pointee.left, search.pointee.best)
    let merged = ids[best]
    let leftRank = tables.mergeRank(ids[left], merged, from: search.pointee.leftPlace)
    orders[left] = Self.order(leftRank, left)
    let rightRank = tables.mergeRank(
      merged, ids[search.pointee.next], from: search.pointee.rightPlace)
    orders[best] = Self.order(rightRank, best)
    orders[Self.last] = Self.never | UInt32(Self.last)
  }

  @inline(__always)
  static func order(_ rank: UInt32, _ place: Int) -> UInt32 {
    // The rank of no merge becomes `never`.
    min(rank, never &>> 4) &<< 4 | UInt32(truncatingIfNeeded: place)
  }
}
