/// The segments that are shown as they are, in the order in which they are shown, found by their hash.
///
/// An open table of the newest segment of each hash bucket; each segment points to the one before it in
/// its bucket. Segments are only added and removed at the end.
struct SegmentIndex: Sendable {
  /// A segment that is shown.
  struct Entry: Sendable {
    /// The text that shows it.
    var text: UInt32
    /// The entry before it in the same bucket; -1 if there is none.
    var older: Int32
    /// Where it stands among all shown bytes.
    var start: Int
    var contentEnd: Int
    var end: Int
    var hash: UInt64
  }

  private(set) var entries: [Entry] = []
  private var newest: [Int32] = []

  /// The most entries of a bucket that a search looks at.
  private static let searchLimit = 64
  /// The most entries of one hash that a search returns.
  private static let candidateLimit = 12
  /// The most entries that are kept; segments behind are shown and not found.
  private static let capacity = Int(Int32.max)

  /// Adds a segment of a text; `start` is where the text's next segment is shown.
  mutating func append(_ segment: TextSegment, of text: Int, at start: Int) {
    guard entries.count < Self.capacity else { return }
    if entries.count >= newest.count / 2 { grow() }
    let bucket = self.bucket(of: segment.hash)
    entries.append(
      Entry(
        text: UInt32(truncatingIfNeeded: text), older: newest[bucket], start: start,
        contentEnd: start + segment.contentEnd - segment.start,
        end: start + segment.end - segment.start, hash: segment.hash))
    newest[bucket] = Int32(truncatingIfNeeded: entries.count - 1)
  }

  /// Removes the newest segment.
  mutating func removeLast() {
    guard let last = entries.popLast() else { return }
    newest[bucket(of: last.hash)] = last.older
  }

  /// Whether a search for a hash finds a segment.
  func contains(_ hash: UInt64) -> Bool {
    guard !newest.isEmpty else { return false }
    var place = newest[bucket(of: hash)]
    var steps = 0
    while place >= 0, steps < Self.searchLimit {
      guard entries[Int(place)].hash != hash else { return true }
      place = entries[Int(place)].older
      steps += 1
    }
    return false
  }

  /// Calls `body` with the newest entries of a hash, newest first, a bounded number.
  func forEachCandidate(of hash: UInt64, _ body: (Int) -> Void) {
    guard !newest.isEmpty else { return }
    var place = newest[bucket(of: hash)]
    var steps = 0
    var found = 0
    while place >= 0, steps < Self.searchLimit, found < Self.candidateLimit {
      let entry = entries[Int(place)]
      if entry.hash == hash {
        body(Int(place))
        found += 1
      }
      place = entry.older
      steps += 1
    }
  }

  private func bucket(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash & UInt64(newest.count - 1))
  }

  private mutating func grow() {
    newest = Array(repeating: -1, count: max(64, newest.count * 4))
    for place in entries.indices {
      let bucket = bucket(of: entries[place].hash)
      entries[place].older = newest[bucket]
      newest[bucket] = Int32(truncatingIfNeeded: place)
    }
  }
}
