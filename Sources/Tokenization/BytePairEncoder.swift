/// Byte-pair encoding (Sennrich, Haddow, Birch 2016) of one piece: of all adjacent pairs the one with
/// the lowest merge rank is merged, the leftmost first, until no pair merges.
///
/// A piece of up to `shortPiece` bytes is merged by scanning for the lowest rank, a longer one with
/// a heap, in O(n log n).
struct BytePairEncoder {
  /// The longest piece in bytes for which scanning is faster than a heap.
  static let shortPiece = 64

  private let vocabulary: Vocabulary
  /// The tables of `vocabulary`, which keeps them alive.
  private let tables: VocabularyTables
  /// What makes the first symbols of a vocabulary whose merges begin with characters.
  private let characters: CharacterSymbols?
  private var symbols: [Symbol] = []
  private var heap = MergeHeap()

  /// A token of the piece so far; symbols are linked so that merging moves nothing.
  private struct Symbol {
    var id: UInt32
    /// The rank of the merge with the next symbol; `noMerge` if there is none.
    var rank: UInt32
    /// What the merge is ordered by: its rank, or the first rank of several that tie.
    var order: UInt32
    var previous: Int
    var next: Int
    /// Where the symbol ends, in bytes from the start of the piece.
    var end: Int
  }

  private static let noMerge = UInt32.max

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    tables = vocabulary.tables
    characters = vocabulary.characters
  }

  /// Appends the tokens of `piece` to `buffer`; their ends count from `base`.
  ///
  /// - Returns: where the first and the second token end in the piece, where there are several.
  @discardableResult
  mutating func encode(
    _ piece: UnsafeRawBufferPointer, base: Int = 0, into buffer: inout TokenBuffer
  ) -> (first: Int, second: Int) {
    if piece.count == 1, characters == nil {
      if let id = tables.token(ofByte: piece[0]) { buffer.append(id, endingAt: base + 1) }
      return (1, 1)
    }
    if let id = tables.token(ofPiece: piece) {
      buffer.append(id, endingAt: base + piece.count)
      return (piece.count, piece.count)
    }
    start(piece)
    guard !symbols.isEmpty else { return (0, 0) }
    if piece.count <= Self.shortPiece { mergeByScanning() } else { mergeByHeap() }
    var index = symbols.isEmpty ? -1 : 0
    while index >= 0 {
      buffer.append(symbols[index].id, endingAt: base + symbols[index].end)
      index = symbols[index].next
    }
    let second = symbols[0].next
    return (symbols[0].end, second >= 0 ? symbols[second].end : symbols[0].end)
  }

  private mutating func start(_ piece: UnsafeRawBufferPointer) {
    symbols.removeAll(keepingCapacity: true)
    if let characters {
      startWithCharacters(piece, characters)
      return
    }
    for (index, byte) in piece.enumerated() {
      let isLast = index == piece.count - 1
      symbols.append(
        Symbol(
          id: tables.token(ofByte: byte) ?? 0, rank: Self.noMerge, order: Self.noMerge,
          previous: index - 1,
          next: isLast ? -1 : index + 1, end: index + 1))
    }
    for index in symbols.indices { updateRank(index) }
  }

  private mutating func startWithCharacters(
    _ piece: UnsafeRawBufferPointer, _ characters: CharacterSymbols
  ) {
    var symbols = self.symbols
    characters.forEachSymbol(of: piece) { id, end in
      let index = symbols.count
      symbols.append(
        Symbol(
          id: id, rank: Self.noMerge, order: Self.noMerge, previous: index - 1, next: index + 1,
          end: end))
    }
    if !symbols.isEmpty { symbols[symbols.count - 1].next = -1 }
    self.symbols = symbols
    for index in symbols.indices { updateRank(index) }
  }

  private mutating func updateRank(_ index: Int) {
    let next = symbols[index].next
    symbols[index].rank =
      next < 0
      ? Self.noMerge
      : tables.mergeRank(symbols[index].id, symbols[next].id) ?? Self.noMerge
    let rank = symbols[index].rank
    symbols[index].order = characters?.order(ofRank: rank) ?? rank
  }

  /// Merges the symbol at `index` with the one behind it; false if the table has no result.
  private mutating func merge(at index: Int) -> Bool {
    let next = symbols[index].next
    guard next >= 0, let id = tables.mergeResult(symbols[index].rank) else { return false }
    symbols[index].id = id
    symbols[index].end = symbols[next].end
    symbols[index].next = symbols[next].next
    symbols[next].rank = Self.noMerge
    symbols[next].order = Self.noMerge
    if symbols[index].next >= 0 { symbols[symbols[index].next].previous = index }
    updateRank(index)
    if symbols[index].previous >= 0 { updateRank(symbols[index].previous) }
    return true
  }

  private mutating func mergeByScanning() {
    while true {
      var best = -1
      var lowest = Self.noMerge
      var index = 0
      while index >= 0 {
        if symbols[index].order < lowest {
          best = index
          lowest = symbols[index].order
        }
        index = symbols[index].next
      }
      guard best >= 0, merge(at: best) else { return }
    }
  }

  private mutating func mergeByHeap() {
    heap.removeAll()
    for index in symbols.indices where symbols[index].order != Self.noMerge {
      heap.push(order: symbols[index].order, position: index)
    }
    while let (order, index) = heap.pop() {
      // An order that has changed since it was pushed was pushed again.
      guard symbols[index].order == order, merge(at: index) else { continue }
      push(index)
      if symbols[index].previous >= 0 { push(symbols[index].previous) }
    }
  }

  private mutating func push(_ index: Int) {
    let order = symbols[index].order
    if order != Self.noMerge { heap.push(order: order, position: index) }
  }
}

/// A binary heap of merges, lowest order first, leftmost first among equals.
private struct MergeHeap {
  private var keys: [UInt64] = []

  mutating func removeAll() {
    keys.removeAll(keepingCapacity: true)
  }

  mutating func push(order: UInt32, position: Int) {
    keys.append(UInt64(order) << 32 | UInt64(UInt32(truncatingIfNeeded: position)))
    var child = keys.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard keys[child] < keys[parent] else { return }
      keys.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (order: UInt32, position: Int)? {
    guard let first = keys.first, let last = keys.popLast() else { return nil }
    if !keys.isEmpty {
      keys[0] = last
      siftDown()
    }
    return (UInt32(first >> 32), Int(first & 0xFFFF_FFFF))
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < keys.count else { return }
      if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
      guard keys[child] < keys[parent] else { return }
      keys.swapAt(child, parent)
      parent = child
    }
  }
}
