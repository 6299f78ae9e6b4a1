/// Merges the symbols of a piece of any length a window at a time, so that the memory does not grow with the piece.
///
/// Where each merge has a higher rank than those that make its parts, all merges of one rank take place before any of a
/// higher one. So tokens side by side are what their symbols merge into if that holds for each two neighbours: the first merge
/// over the end of a token would take place between these two alone, too. (Van Antwerpen and Neubeck, 2024, have this for
/// tokens as ranks, in the `bpe` crate of github/rust-gems.) A window begins where a token of the window before it begins. If
/// both have the same token at the same place, the tokens of the one up to there and those of the other from there on are the
/// tokens of both. If they have none, which takes merges of hundreds of ranks in a row, both are merged as one window.
final class MergeWindows {
  typealias Symbol = SymbolBuffer.Symbol

  /// How many symbols a window has more than the one before it.
  static let step = 1 << 13
  /// Windows have at least one part of so many in common with the one before them.
  private static let overlap = 16

  private let merger: LongPieceMerger
  private let window = SymbolBuffer()
  /// What merging begins with, from the first token that is not certain on: ids, and ends in the piece in bytes.
  private var symbols: [Symbol] = []
  /// What those up to the end of the last window merge into: ids, and ends as numbers of symbols.
  private var tokens: [Symbol] = []
  /// The tokens of the window that is looked at.
  private var newTokens: [Symbol] = []
  /// The symbol that the next window begins with.
  private var start = 0
  /// The number of symbols at which the next window is full.
  private var limit = MergeWindows.step

  /// Makes a merger that uses `merger` for each window; nil if its merges do not ascend.
  init?(_ merger: LongPieceMerger) {
    guard merger.mergesAscend else { return nil }
    self.merger = merger
  }

  /// Takes the next symbol of a piece, and appends the tokens that are certain to `buffer`.
  ///
  /// - Parameter base: what is added to the ends of tokens.
  @inline(__always)
  func append(_ id: UInt32, endingAt end: Int, base: Int, into buffer: inout TokenBuffer) {
    if symbols.count == limit { mergeFullWindow(base, &buffer) }
    symbols.append(SymbolBuffer.symbol(id, endingAt: end))
  }

  /// Appends all tokens that are left to `buffer`, since the piece ends here.
  func finish(base: Int, into buffer: inout TokenBuffer) {
    mergeWindow(base, &buffer)
    moveTokens(tokens.count, base, to: &buffer)
    symbols.removeAll(keepingCapacity: limit <= 4 * Self.step)
    tokens.removeAll(keepingCapacity: true)
    (start, limit) = (0, Self.step)
  }

  /// Merges the window and says where the next one begins and ends. Each takes as many new symbols as had to be merged again,
  /// so the time is linear in any case.
  @inline(never)
  private func mergeFullWindow(_ base: Int, _ buffer: inout TokenBuffer) {
    let isJoined = mergeWindow(base, &buffer)
    var step = isJoined ? Self.step : symbols.count
    let last = symbols.count - step / Self.overlap
    start = tokens.last { SymbolBuffer.end(of: $0) <= last }.map(SymbolBuffer.end) ?? 0
    if start == 0 { step = symbols.count }
    limit = symbols.count + step
  }

  /// Merges what follows `start`, and appends the tokens that this makes certain to `buffer`; returns whether the
  /// window could be joined to the one before it.
  @discardableResult
  private func mergeWindow(_ base: Int, _ buffer: inout TokenBuffer) -> Bool {
    mergeSymbols(from: start)
    defer { swap(&tokens, &newTokens) }
    guard start > 0 else { return true }
    guard let (old, new) = commonToken() else {
      mergeSymbols(from: 0)
      return false
    }
    let dropped = Symbol(moveTokens(old, base, to: &buffer)) << 32
    newTokens.removeFirst(new)
    for index in newTokens.indices { newTokens[index] -= dropped }
    return true
  }

  /// Makes `newTokens` what the symbols from `first` on merge into.
  private func mergeSymbols(from first: Int) {
    window.removeAll(reserving: symbols.count - first)
    for index in first..<symbols.count {
      window.append(UInt32(truncatingIfNeeded: symbols[index]), endingAt: index + 1)
    }
    merger.merge(window)
    newTokens.removeAll(keepingCapacity: true)
    newTokens.append(
      contentsOf: UnsafeBufferPointer(start: window.symbols, count: window.count))
  }

  /// The first token that stands in both windows, as its index in `tokens` and in `newTokens`.
  private func commonToken() -> (old: Int, new: Int)? {
    guard var old = tokens.firstIndex(where: { SymbolBuffer.end(of: $0) > start }) else {
      return nil
    }
    var new = 0
    var (oldStart, newStart) = (start, start)
    while old < tokens.count, new < newTokens.count {
      if oldStart == newStart, tokens[old] == newTokens[new] { return (old, new) }
      let (oldEnd, newEnd) = (
        SymbolBuffer.end(of: tokens[old]), SymbolBuffer.end(of: newTokens[new])
      )
      if oldEnd <= newEnd { (old, oldStart) = (old + 1, oldEnd) }
      if newEnd <= oldEnd { (new, newStart) = (new + 1, newEnd) }
    }
    return nil
  }

  /// Appends the first `count` tokens to `buffer`, removes their symbols, and returns the number of these.
  @discardableResult
  private func moveTokens(_ count: Int, _ base: Int, to buffer: inout TokenBuffer) -> Int {
    guard count > 0 else { return 0 }
    buffer.reserve(count)
    for token in tokens[..<count] {
      let last = symbols[SymbolBuffer.end(of: token) - 1]
      buffer.append(
        UInt32(truncatingIfNeeded: token), endingAt: base + SymbolBuffer.end(of: last))
    }
    let moved = SymbolBuffer.end(of: tokens[count - 1])
    symbols.removeFirst(moved)
    return moved
  }
}
