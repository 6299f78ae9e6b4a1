/// The symbols of a piece while they are merged: token ids and where each ends in the piece, in bytes.
///
/// Invariant: `symbols` and `ranks` point to `capacity` initialised elements, `count` is at most
/// `capacity`, and no index that is passed in reaches `count`.
final class SymbolBuffer {
  /// A symbol: the token id in the lower half, its end in the upper.
  typealias Symbol = UInt64

  private(set) var count = 0
  private var capacity = 0
  private(set) var symbols: UnsafeMutablePointer<Symbol>
  /// The rank of the merge of each symbol with the next; set by whoever merges.
  private(set) var ranks: UnsafeMutablePointer<UInt32>

  init() {
    symbols = .allocate(capacity: 0)
    ranks = .allocate(capacity: 0)
    reserve(128)
  }

  deinit {
    symbols.deallocate()
    ranks.deallocate()
  }

  @inline(__always)
  func id(at index: Int) -> UInt32 { UInt32(truncatingIfNeeded: symbols[index]) }

  @inline(__always)
  func end(at index: Int) -> Int { Self.end(of: symbols[index]) }

  @inline(__always)
  static func symbol(_ id: UInt32, endingAt end: Int) -> Symbol { UInt64(end) << 32 | UInt64(id) }

  @inline(__always)
  static func end(of symbol: Symbol) -> Int { Int(symbol >> 32) }

  /// Removes all symbols and makes room for `capacity`.
  func removeAll(reserving capacity: Int) {
    count = 0
    if capacity > self.capacity { reserve(capacity) }
  }

  /// Appends a symbol; there is room for it.
  @inline(__always)
  func append(_ id: UInt32, endingAt end: Int) {
    guard count < capacity else { return }
    symbols[count] = Self.symbol(id, endingAt: end)
    count &+= 1
  }

  /// Sets the number of symbols to what is left of them, at most what there was.
  func truncate(to count: Int) {
    self.count = min(count, self.count)
  }

  private func reserve(_ capacity: Int) {
    symbols.deallocate()
    ranks.deallocate()
    symbols = .allocate(capacity: capacity)
    symbols.initialize(repeating: 0, count: capacity)
    ranks = .allocate(capacity: capacity)
    ranks.initialize(repeating: 0, count: capacity)
    self.capacity = capacity
  }
}
