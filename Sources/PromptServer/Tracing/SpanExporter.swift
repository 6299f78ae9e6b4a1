internal import AsyncHTTPClient
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Sends spans to a collector, in batches, beside the requests: whatever becomes of it, no request waits.
///
/// A batch is sent when it is full, or some time after its first span came. A collector that is not there is asked
/// again, for longer and longer; meanwhile spans wait, up to a limit, and those beyond it are dropped and counted.
final class SpanExporter: Sendable {
  private let settings: TraceExport
  private let traces: OTLPTraces
  private let client: HTTPClient
  private let eventLoop: any EventLoop
  private let metrics: ServerMetrics
  private let logger: Logger
  private let queue: Mutex<SpanQueue>
  private let timer: Mutex<(isSet: Bool, isFailing: Bool)> = Mutex((false, false))
  private let wakeups: AsyncStream<Void>
  private let source: AsyncStream<Void>.Continuation
  private let work: Mutex<Task<Void, Never>?> = Mutex(nil)

  /// How long a collector may take for all that is left when the server stops.
  private static let stopTime = Duration.seconds(3)
  /// The longest that a collector's wish to be left alone is heeded.
  private static let longestWait = 60
  /// How much of a collector's reply is read, in bytes.
  private static let replyLimit = 64 << 10

  init(
    _ settings: TraceExport, on eventLoopGroup: any EventLoopGroup, _ metrics: ServerMetrics,
    _ logger: Logger
  ) {
    self.settings = settings
    self.metrics = metrics
    self.logger = logger
    traces = OTLPTraces(service: settings.service, attributes: settings.attributes)
    eventLoop = eventLoopGroup.next()
    queue = Mutex(SpanQueue(limit: settings.queueLimit, batchLimit: settings.batchLimit))
    (wakeups, source) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .seconds(5)
    configuration.timeout.read = settings.timeout
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(
      eventLoopGroupProvider: .shared(eventLoopGroup), configuration: configuration)
  }

  /// Where batches are posted to.
  var url: String { settings.url }

  /// Begins to send.
  func start() {
    work.withLock { $0 = Task { await run() } }
  }

  /// Takes in that the spans of a request will be added; the server does not stop before.
  func expect() { queue.withLock { $0.expect() } }

  /// Adds the spans of a request that was expected.
  func add(_ spans: [Span]) {
    let (dropped, isUrgent) = queue.withLock { queue in
      (queue.add(spans), queue.isFull || queue.isStopping)
    }
    if dropped > 0 { metrics.add(dropped, to: .droppedSpans, "queue") }
    if isUrgent { source.yield() } else { wake(after: settings.delay) }
  }

  /// Sends what is left, for a short time, and ends.
  func stop() async {
    queue.withLock { $0.isStopping = true }
    source.yield()
    if let work = work.withLock({ $0 }) {
      try? await withTimeLimit(Self.stopTime, on: EventLoopExecutor(eventLoop)) {
        await work.value
      }
      work.cancel()
      await work.value
    }
    drop(queue.withLock { $0.clear() })
    try? await client.shutdown()
  }

  /// Wakes the task that sends after a time, unless that is to happen sooner.
  private func wake(after delay: TimeAmount) {
    guard
      timer.withLock({ timer in
        defer { timer.isSet = true }
        return !timer.isSet
      })
    else { return }
    eventLoop.scheduleTask(in: delay) { [self] in
      timer.withLock { $0.isSet = false }
      source.yield()
    }
  }

  private func run() async {
    for await _ in wakeups {
      while true {
        let batch = queue.withLock { $0.take(at: .now()) }
        guard !batch.isEmpty else { break }
        await export(batch)
      }
      if queue.withLock({ $0.isDone }) { return }
    }
  }

  /// What became of a batch.
  private enum Outcome {
    /// The collector took it, but for so many spans.
    case taken(rejected: Int)
    /// It will never take it.
    case refused(String)
    /// It may take it later.
    case failed(String, wait: TimeAmount?)
  }

  private func export(_ batch: [Span]) async {
    switch await send(batch) {
    case .taken(let rejected):
      queue.withLock { $0.finish() }
      metrics.add(batch.count - rejected, to: .exportedSpans)
      if rejected > 0 { metrics.add(rejected, to: .droppedSpans, "rejected") }
      note(nil)
    case .refused(let reason):
      queue.withLock { $0.finish() }
      drop(batch.count)
      note(reason)
    case .failed(let reason, let wait):
      note(reason)
      guard let delay = queue.withLock({ $0.retry(batch, at: .now(), wait: wait) }) else {
        return drop(batch.count)
      }
      eventLoop.scheduleTask(in: delay) { [source] in source.yield() }
    }
  }

  private func drop(_ count: Int) {
    if count > 0 { metrics.add(count, to: .droppedSpans, "collector") }
  }

  /// Logs when the collector stops or begins again to take spans.
  private func note(_ reason: String?) {
    let wasFailing = timer.withLock { timer in
      defer { timer.isFailing = reason != nil }
      return timer.isFailing
    }
    switch reason {
    case .some(let reason) where !wasFailing:
      logger.warning("the collector takes no spans", metadata: ["reason": "\(reason)"])
    case .none where wasFailing: logger.notice("the collector takes spans again")
    default: break
    }
  }

  private func send(_ batch: [Span]) async -> Outcome {
    var request = HTTPClientRequest(url: settings.url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    for field in settings.headers { request.headers.add(name: field.name, value: field.value) }
    request.body = .bytes(ByteBuffer(bytes: await traces.body(batch)))
    do {
      let reply = try await client.execute(request, timeout: settings.timeout)
      let status = Int(reply.status.code)
      guard !(200..<300).contains(status) else {
        let body = try? await reply.body.collect(upTo: Self.replyLimit)
        let rejected = OTLPTraces.rejected(in: body.map { Array($0.readableBytesView) } ?? [])
        return .taken(rejected: min(rejected, batch.count))
      }
      guard [429, 502, 503, 504].contains(status) else { return .refused(String(status)) }
      let wait = reply.headers.first(name: "retry-after").flatMap { Int64($0) }
      return .failed(
        String(status), wait: wait.map { .seconds(min(max($0, 0), Int64(Self.longestWait))) })
    } catch {
      return .failed("\(type(of: error))", wait: nil)
    }
  }
}
