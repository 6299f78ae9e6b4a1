/// Counts of pages in the order of their last use: a binary indexed tree (Fenwick 1994).
///
/// A position is taken at each use and never again; when all are taken, whoever has one is numbered anew.
struct UseOrder: Sendable {
  /// `sums[i]` is the sum of the counts at the positions that end with `i` in the sense of Fenwick.
  private var sums: [Int]
  private(set) var next = 0

  /// Makes an order with room for `room` positions, of which the first ones have `counts`.
  init(room: Int, counts: [Int] = []) {
    sums = [0]
    sums.reserveCapacity(room + 1)
    sums += counts
    sums += repeatElement(0, count: max(room - counts.count, 0))
    for index in 1..<max(sums.count, 1) {
      let parent = index + index & -index
      if parent < sums.count { sums[parent] += sums[index] }
    }
    next = counts.count
  }

  /// Whether no position is left.
  var isFull: Bool { next == sums.count - 1 }

  /// Takes the next position for `count` pages.
  mutating func append(_ count: Int) -> Int {
    let position = next
    next += 1
    add(count, at: position)
    return position
  }

  /// Adds to the count at a position that was taken.
  ///
  /// - Complexity: logarithmic in the positions.
  mutating func add(_ count: Int, at position: Int) {
    var index = position + 1
    while index < sums.count {
      sums[index] += count
      index += index & -index
    }
  }

  /// The pages at all positions up to this one.
  ///
  /// - Complexity: logarithmic in the positions.
  func sum(through position: Int) -> Int {
    var index = position + 1
    var sum = 0
    while index > 0 {
      sum += sums[index]
      index &= index - 1
    }
    return sum
  }
}
