internal import NIOCore

/// Spans that wait for the collector: no more than a limit, those that came first in front.
struct SpanQueue {
  let limit: Int
  let batchLimit: Int
  private var spans: [Span] = []
  /// The spans of the batch that is on its way; they keep their places.
  private var sent = 0
  /// Requests whose spans will come.
  private var expected = 0
  /// How often the batch in front was sent in vain.
  private var failures = 0
  /// Nothing is sent before.
  private var resumption: NIODeadline?
  /// Whether no more requests will come, and nothing is worth waiting for.
  var isStopping = false

  /// How often a batch is sent before it is given up.
  private static let attempts = 5

  init(limit: Int, batchLimit: Int) {
    self.limit = limit
    self.batchLimit = min(batchLimit, limit)
  }

  /// Whether a batch is full.
  var isFull: Bool { spans.count >= batchLimit }
  /// Whether all was sent that will come.
  var isDone: Bool { isStopping && expected == 0 && spans.isEmpty && sent == 0 }

  /// Takes in that the spans of a request will come.
  mutating func expect() { expected += 1 }

  /// Adds the spans of a request.
  ///
  /// - Returns: how many there is no place for: all of them, or none.
  mutating func add(_ new: [Span]) -> Int {
    expected -= 1
    guard spans.count + sent + new.count <= limit else { return new.count }
    spans += new
    return 0
  }

  /// Takes the next batch; empty if there is none, or if it has to wait.
  mutating func take(at now: NIODeadline) -> [Span] {
    if let resumption, !isStopping, now < resumption { return [] }
    let batch = Array(spans.prefix(batchLimit))
    spans.removeFirst(batch.count)
    sent = batch.count
    return batch
  }

  /// Takes in that the collector took the batch, or that it never will.
  mutating func finish() {
    (sent, failures, resumption) = (0, 0, nil)
  }

  /// Takes in that the batch may be sent again.
  ///
  /// - Parameter wait: for how long the collector wants to be left alone; nil if it does not say.
  /// - Returns: after which time; nil if the batch is given up.
  mutating func retry(
    _ batch: [Span], at now: NIODeadline, wait: TimeAmount?
  ) -> TimeAmount? {
    failures += 1
    guard failures < Self.attempts, !isStopping else {
      finish()
      return nil
    }
    spans.insert(contentsOf: batch, at: 0)
    sent = 0
    let delay = max(TimeAmount.seconds(1 << Int64(failures - 1)), wait ?? .zero)
    resumption = now + delay
    return delay
  }

  /// Gives all up. Returns how many spans there were.
  mutating func clear() -> Int {
    defer { spans = [] }
    return spans.count
  }
}
