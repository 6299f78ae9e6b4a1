/// Counts how often each of some numbers, none of them negative, occurs.
///
/// Invariant: each number that occurred is in one of `slots`, a power of two of them, and `taken` are the places of those;
/// at most half of them are taken.
struct OccurrenceCounter: Sendable {
  private typealias Slot = (number: Int, count: Int)
  private static let free: Slot = (-1, 0)

  private var slots: [Slot] = Array(repeating: free, count: 64)
  private var taken: [Int] = []

  /// Forgets all numbers.
  mutating func removeAll() {
    for index in taken { slots[index] = Self.free }
    taken.removeAll(keepingCapacity: true)
  }

  /// Counts numbers.
  mutating func add(_ numbers: [Int]) {
    reserve(taken.count + numbers.count)
    var added: [Int] = []
    var slots = slots.mutableSpan
    for number in numbers {
      var index = Self.home(of: number, slots.count)
      while slots[index].number >= 0, slots[index].number != number {
        index = (index + 1) & (slots.count - 1)
      }
      if slots[index].number < 0 {
        slots[index].number = number
        added.append(index)
      }
      slots[index].count += 1
    }
    taken += added
  }

  /// The `limit` numbers that occurred most often, the greater of two first that occurred as often.
  func highest(_ limit: Int) -> [(number: Int, count: Int)] {
    let least = taken.count > limit ? leastOfHighest(limit) : 1
    var chosen: [Slot] = []
    for index in taken where slots[index].count >= least { chosen.append(slots[index]) }
    chosen.sort { ($1.count, $1.number) < ($0.count, $0.number) }
    return Array(chosen.prefix(limit))
  }

  /// A count that at least `limit` numbers reach.
  private func leastOfHighest(_ limit: Int) -> Int {
    var histogram = [Int](repeating: 0, count: 33)
    for index in taken { histogram[min(slots[index].count, 32)] += 1 }
    var least = 32
    var reached = histogram[32]
    while least > 1, reached < limit {
      least -= 1
      reached += histogram[least]
    }
    return least
  }

  private static func home(of number: Int, _ count: Int) -> Int {
    let mixed = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
    return Int(mixed >> 32) & (count - 1)
  }

  /// Makes room for so many numbers.
  private mutating func reserve(_ count: Int) {
    guard count * 2 > slots.count else { return }
    let old = taken.map { slots[$0] }
    var size = slots.count
    while size < count * 2 { size *= 2 }
    slots = Array(repeating: Self.free, count: size)
    for (place, each) in old.enumerated() {
      var index = Self.home(of: each.number, size)
      while slots[index].number >= 0 { index = (index + 1) & (size - 1) }
      slots[index] = each
      taken[place] = index
    }
  }
}
