internal import Bytes
internal import HTTPTypes
internal import NIOHTTP1
internal import OrderedJSON
internal import Synchronization

/// What is recorded of one request for its spans: times, names and counts, nothing of its contents.
final class RequestTrace: Sendable {
  /// Where the request comes from; nil if its trace begins here.
  let parent: TraceContext?
  /// The caller's `tracestate`; empty if there is none.
  let traceState: String
  /// The span of the request.
  let own: TraceContext
  /// The span of the call of the upstream, which is the parent of what happens there.
  let upstream: TraceContext
  /// When it began.
  let start = ContinuousClock.now
  /// The same in nanoseconds since 1970.
  private let startTime = UTCTime.nanoseconds
  private let state: Mutex<Notes> = Mutex(Notes())

  /// From when to when something was done; the end is nil if it was not reached.
  struct Stretch {
    var start: ContinuousClock.Instant
    var end: ContinuousClock.Instant?
  }

  /// What is known of it.
  struct Notes {
    var compile: Stretch?
    var upstream: Stretch?
    var firstByte: ContinuousClock.Instant?
    /// The status that the upstream answered with.
    var upstreamStatus: Int?
    /// Why the body was passed on as it came.
    var failOpen: String?
    var facts: Task<PromptFacts, Never>?
    var prediction: Task<PromptPrediction?, Never>?
  }

  /// The longest `tracestate` that is taken over, in bytes (W3C Trace Context, 3.3.1.5).
  private static let stateLimit = 512

  /// Begins to record; nil if the request is not to be recorded.
  init?(_ fields: HTTPFields, _ sampling: TraceSampling) {
    parent = TraceContext(fields)
    var own = parent?.next ?? .new
    guard sampling.includes(own, isRoot: parent == nil) else { return nil }
    own.flags |= 1
    self.own = own
    upstream = own.next
    let states = HTTPField.Name(TraceContext.stateField).map { fields[values: $0] } ?? []
    let state = states.joined(separator: ",")
    traceState = parent != nil && state.utf8.count <= Self.stateLimit ? state : ""
  }

  /// Makes what the upstream does a part of the trace.
  func propagate(into headers: inout HTTPHeaders) {
    headers.replaceOrAdd(name: TraceContext.field, value: upstream.description)
    // A state without its parent says nothing.
    if parent == nil { headers.remove(name: TraceContext.stateField) }
  }

  /// Reads what a body says of itself beside its contents. Nobody waits for that but the spans.
  func read(_ body: [UInt8]) {
    state.withLock { $0.facts = Task { PromptFacts(body) } }
  }

  /// Notes that the body begins to be compiled.
  func beginCompile() { state.withLock { $0.compile = Stretch(start: .now) } }

  /// Notes that it was, or, with a reason, that it is passed on as it came.
  func endCompile(failOpen: String?) {
    state.withLock {
      $0.compile?.end = .now
      $0.failOpen = failOpen
    }
  }

  /// Notes that the request is passed on.
  func beginUpstream(_ prediction: Task<PromptPrediction?, Never>?) {
    state.withLock {
      $0.upstream = Stretch(start: .now)
      $0.prediction = prediction
    }
  }

  /// Notes that the upstream answered.
  func noteReply(status: Int) { state.withLock { $0.upstreamStatus = status } }

  /// Notes that the first byte of the reply's body is there.
  func noteFirstByte() { state.withLock { $0.firstByte = .now } }

  /// Notes that the reply ended, or that there will be none.
  func endUpstream() { state.withLock { $0.upstream?.end = .now } }

  /// What was noted.
  var notes: Notes { state.withLock { $0 } }

  /// A moment in nanoseconds since 1970, by one clock that never goes back.
  func time(of moment: ContinuousClock.Instant) -> UInt64 {
    let parts = (moment - start).components
    let nanoseconds = parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    return startTime + UInt64(max(nanoseconds, 0))
  }
}

/// What a body says of itself beside its contents.
struct PromptFacts: Sendable {
  /// The name of the model that is asked for.
  var model: String?
  var isStreamed: Bool?

  /// The longest name that is taken over, in bytes.
  private static let limit = 256

  init() {}

  /// Reads a body, whatever it is. What it says beside that is passed over: it may be long.
  init(_ body: [UInt8]) {
    var (name, isStreamed) = (nil as ByteString?, nil as Bool?)
    do {
      var reader = try JSONReader(body, loneSurrogates: .replaced)
      _ = try reader.readMembers(["model", "stream"]) { reader, place throws(JSONSyntaxError) in
        switch place {
        case 0: name = try reader.readString()
        case 1: isStreamed = try reader.readBool()
        default: try reader.skipValue()
        }
      }
      try reader.finish()
    } catch {
      return
    }
    if let name, name.count <= Self.limit { model = name.string }
    self.isStreamed = isStreamed
  }
}
