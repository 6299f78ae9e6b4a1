/// What was sent while something else was on its way, in order: if that turns out not to be cached, what came
/// behind it is.
struct SentSequence<Value: Sendable>: Sendable {
  private var entries: [(number: Int, value: Value, isOpen: Bool)] = []
  private var count = 0
  /// The most that are kept; older ones are forgotten, which costs a belief and nothing else.
  private static var limit: Int { 1_024 }

  /// Adds what is sent. Returns its number.
  mutating func begin(_ value: Value) -> Int {
    count += 1
    entries.append((count, value, true))
    if entries.count > Self.limit { entries.removeFirst() }
    return count
  }

  /// What was begun later, and was not taken back, in order.
  func later(than number: Int) -> [Value] {
    entries.lazy.filter { $0.number > number }.map(\.value)
  }

  /// Takes in what became of something.
  ///
  /// - Parameter isKept: whether it was sent.
  mutating func end(_ number: Int, isKept: Bool) {
    guard let place = entries.firstIndex(where: { $0.number == number }) else { return }
    if isKept { entries[place].isOpen = false } else { entries.remove(at: place) }
    entries.removeFirst(entries.prefix { !$0.isOpen }.count)
  }
}
