/// Counts how often each of a few numbers occurs.
struct OccurrenceCounter: Sendable {
  private var slots: [Int32] = Array(repeating: -1, count: 64)
  private var found: [(number: Int, count: Int)] = []

  /// Forgets all numbers.
  mutating func removeAll() {
    for each in found { clear(each.number) }
    found.removeAll(keepingCapacity: true)
  }

  /// Counts a number.
  mutating func add(_ number: Int) {
    if found.count * 2 >= slots.count { grow() }
    var index = home(of: number)
    while slots[index] >= 0 {
      let place = Int(slots[index])
      if found[place].number == number {
        found[place].count += 1
        return
      }
      index = (index + 1) & (slots.count - 1)
    }
    slots[index] = Int32(found.count)
    found.append((number, 1))
  }

  /// The `limit` numbers that occurred most often, the greater of two first that occurred as often.
  func highest(_ limit: Int) -> [(number: Int, count: Int)] {
    let least = found.count > limit ? leastOfHighest(limit) : 1
    var chosen = found.filter { $0.count >= least }
    chosen.sort { ($1.count, $1.number) < ($0.count, $0.number) }
    return Array(chosen.prefix(limit))
  }

  /// A count that at least `limit` numbers reach.
  private func leastOfHighest(_ limit: Int) -> Int {
    var histogram = [Int](repeating: 0, count: 33)
    for each in found { histogram[min(each.count, 32)] += 1 }
    var least = 32
    var reached = histogram[32]
    while least > 1, reached < limit {
      least -= 1
      reached += histogram[least]
    }
    return least
  }

  private func home(of number: Int) -> Int {
    let mixed = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
    return Int(mixed >> 32) & (slots.count - 1)
  }

  private mutating func clear(_ number: Int) {
    var index = home(of: number)
    while slots[index] >= 0 {
      slots[index] = -1
      index = (index + 1) & (slots.count - 1)
    }
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 4)
    for (place, each) in found.enumerated() {
      var index = home(of: each.number)
      while slots[index] >= 0 { index = (index + 1) & (slots.count - 1) }
      slots[index] = Int32(place)
    }
  }
}
