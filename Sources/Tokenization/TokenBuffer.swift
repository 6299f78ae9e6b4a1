/// Token ids as they are made, with the byte offset at which each ends where that is asked for.
struct TokenBuffer {
  private(set) var ids: [UInt32] = []
  /// The end of each token, in bytes from the start of the encoded text; empty if not recorded.
  private(set) var ends: [Int] = []
  private let recordsEnds: Bool

  init(recordingEnds recordsEnds: Bool = false) {
    self.recordsEnds = recordsEnds
  }

  mutating func append(_ id: UInt32, endingAt end: Int) {
    ids.append(id)
    if recordsEnds { ends.append(end) }
  }

  /// Replaces the ends from index `first` on by what `transform` makes of them.
  mutating func mapEnds(from first: Int, _ transform: (Int) -> Int) {
    guard recordsEnds else { return }
    for index in first..<ends.count { ends[index] = transform(ends[index]) }
  }

  mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }
}
