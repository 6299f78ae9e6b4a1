/// The times from a request to the first byte of its reply's body, of the latest requests.
struct FirstTokenTimes: Sendable {
  /// In seconds, the latest last.
  private(set) var seconds: [Double] = []
  /// The bytes that had been saved when the times began.
  var savedBytesBefore = 0

  /// So many are kept.
  private static let limit = 1_024

  /// Adds a time in seconds.
  mutating func append(_ time: Double) {
    // Half of them at once, so that a full list costs little a time.
    if seconds.count == Self.limit { seconds.removeFirst(Self.limit / 2) }
    seconds.append(time)
  }

  /// The latest `count`; all for 0.
  func last(_ count: Int) -> ArraySlice<Double> {
    count > 0 ? seconds.suffix(count) : seconds[...]
  }
}
