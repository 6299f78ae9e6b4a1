internal import Synchronization

/// What the server counts, written in the text form of Prometheus.
public final class ServerMetrics: Sendable {
  private let state: Mutex<State> = Mutex(State())

  private struct State {
    var requests: [RequestLabels: Int] = [:]
    var counters: [Counter: [String: Int]] = [:]
    var inFlight = 0
    var overhead = Histogram(bounds: [
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
    ])
    var predictionError = Histogram(bounds: [0, 16, 64, 256, 1024, 4096, 16_384])
    var firstToken = Histogram(bounds: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
    var firstTokenTimes = FirstTokenTimes()
  }

  private struct RequestLabels: Hashable {
    var endpoint: String
    var status: Int
    var mode: String
  }

  /// What only grows, by one label or none.
  public enum Counter: String, CaseIterable, Sendable {
    /// Requests that were passed on as they came, by why.
    case failOpen = "cpc_fail_open_total"
    /// Prompts that were passed on and not counted, by why.
    case uncounted = "cpc_uncounted_prompts_total"
    /// Requests that were not passed on, by why.
    case rejected = "cpc_rejected_total"
    /// Requests that the upstream did not answer, by how.
    case upstreamErrors = "cpc_upstream_errors_total"
    /// Requests whose client went away before the end of the reply.
    case clientHangUps = "cpc_client_hang_ups_total"
    /// Bytes of request bodies.
    case requestBytes = "cpc_request_body_bytes_total"
    /// Bytes of reply bodies of the upstream.
    case replyBytes = "cpc_reply_body_bytes_total"
    /// Tokens of prompts, as we count them and as replies state them.
    case promptTokens = "cpc_prompt_tokens_total"
    /// Tokens of prompts that were found in the cache, as we believe and as replies state them.
    case cachedTokens = "cpc_cached_tokens_total"
    /// Tokens that were generated, as replies state them.
    case generatedTokens = "cpc_generated_tokens_total"
    /// Tokens that prompts would have had more.
    case savedTokens = "cpc_saved_tokens_total"
    /// Bytes that request bodies would have had more.
    case savedBytes = "cpc_saved_bytes_total"
    /// Beliefs of what is cached that replies showed to be wrong, by which.
    case corrections = "cpc_corrections_total"
    /// Special tokens of the model in texts of requests, by what was done with them.
    case controlTokens = "cpc_control_tokens_total"
    /// Spans that the collector took.
    case exportedSpans = "cpc_spans_exported_total"
    /// Spans that were given up, by why.
    case droppedSpans = "cpc_spans_dropped_total"

    var label: String? {
      switch self {
      case .failOpen, .uncounted, .rejected, .droppedSpans: "reason"
      case .upstreamErrors: "kind"
      case .corrections: "belief"
      case .controlTokens: "action"
      case .promptTokens, .cachedTokens: "source"
      case .clientHangUps, .requestBytes, .replyBytes, .generatedTokens, .savedTokens, .savedBytes,
        .exportedSpans:
        nil
      }
    }

    var help: String {
      switch self {
      case .failOpen: "Requests that were passed on as they came because they were not rewritten."
      case .uncounted: "Prompts that were passed on and whose tokens were not counted."
      case .rejected: "Requests that were answered here with an error."
      case .upstreamErrors: "Requests that the upstream did not answer in full."
      case .clientHangUps: "Requests whose client went away before the end of the reply."
      case .requestBytes: "Bytes of request bodies as they came."
      case .replyBytes: "Bytes of reply bodies of the upstream."
      case .promptTokens:
        "Tokens of prompts: predicted as counted here, actual as replies state them."
      case .cachedTokens: "Cached tokens of prompts: predicted here, actual as replies state them."
      case .generatedTokens: "Tokens that were generated, as replies state them."
      case .savedTokens: "Tokens that references took out of prompts."
      case .corrections:
        "Beliefs that replies showed to be wrong: index and cache had more than the upstream, more less."
      case .controlTokens: "Special tokens of the model in texts of requests."
      case .exportedSpans: "Spans of requests that the collector took."
      case .droppedSpans: "Spans of requests that were given up."
      case .savedBytes: "Bytes that request bodies have less than they came with."
      }
    }
  }

  /// Counts nothing yet.
  public init() {}

  /// Counts a request that was answered.
  func countRequest(endpoint: String, status: Int, mode: ServerConfiguration.Mode) {
    let labels = RequestLabels(endpoint: endpoint, status: status, mode: mode.rawValue)
    state.withLock { $0.requests[labels, default: 0] += 1 }
  }

  /// Adds to a counter.
  ///
  /// - Parameter label: the value of the counter's label; one of few.
  func add(_ amount: Int = 1, to counter: Counter, _ label: String = "") {
    state.withLock { $0.counters[counter, default: [:]][label, default: 0] += amount }
  }

  /// The value of a counter.
  public func value(of counter: Counter, _ label: String = "") -> Int {
    state.withLock { $0.counters[counter]?[label] ?? 0 }
  }

  /// Counts a request that began, or, with -1, one that ended.
  func addInFlight(_ change: Int) {
    state.withLock { $0.inFlight += change }
  }

  /// The requests that are being answered.
  public var inFlight: Int { state.withLock { $0.inFlight } }

  /// Counts the time that a request waited for us and not for the upstream.
  func observe(overhead: Duration) {
    let parts = overhead.components
    let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    state.withLock { $0.overhead.observe(seconds) }
  }

  /// Counts how far a prediction of cached tokens was off.
  func observe(predictedTokens: Int, actualTokens: Int) {
    state.withLock { $0.predictionError.observe(Double(abs(predictedTokens - actualTokens))) }
  }

  /// Counts the time from a request to the first byte of its reply's body.
  func observe(timeToFirstToken time: Duration) {
    let parts = time.components
    let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    state.withLock {
      $0.firstToken.observe(seconds)
      $0.firstTokenTimes.append(seconds)
    }
  }

  /// The latest times to the first token.
  var firstTokenTimes: FirstTokenTimes { state.withLock { $0.firstTokenTimes } }

  /// Forgets the latest times to the first token; what is counted stays.
  func resetFirstTokenTimes() {
    state.withLock {
      $0.firstTokenTimes = FirstTokenTimes()
      $0.firstTokenTimes.savedBytesBefore = $0.counters[.savedBytes]?[""] ?? 0
    }
  }

  /// All values in the text form of Prometheus, version 0.0.4, in a fixed order.
  public var text: String {
    let state = state.withLock { $0 }
    var text = PrometheusText()
    text.begin("cpc_requests_total", "counter", "Requests by endpoint, status and mode.")
    let requests = state.requests.sorted {
      ($0.key.endpoint, $0.key.status, $0.key.mode) < ($1.key.endpoint, $1.key.status, $1.key.mode)
    }
    for (labels, count) in requests {
      text.sample(
        "cpc_requests_total",
        [("endpoint", labels.endpoint), ("status", String(labels.status)), ("mode", labels.mode)],
        String(count))
    }
    for counter in Counter.allCases {
      text.begin(counter.rawValue, "counter", counter.help)
      let values = state.counters[counter] ?? (counter.label == nil ? ["": 0] : [:])
      for (value, count) in values.sorted(by: { $0.key < $1.key }) {
        text.sample(counter.rawValue, counter.label.map { [($0, value)] } ?? [], String(count))
      }
    }
    text.begin("cpc_requests_in_flight", "gauge", "Requests that are being answered.")
    text.sample("cpc_requests_in_flight", [], String(state.inFlight))
    text.histogram(
      "cpc_overhead_seconds", "Time that a request waited for cpc before it was passed on.",
      state.overhead)
    text.histogram(
      "cpc_prediction_error_tokens",
      "Difference between predicted and actual cached tokens of a prompt.", state.predictionError)
    text.histogram(
      "cpc_time_to_first_token_seconds",
      "Time from a request to the first byte of its reply's body.", state.firstToken)
    return text.text
  }
}

/// How many values there were up to some bounds.
struct Histogram {
  let bounds: [Double]
  private(set) var counts: [Int]
  private(set) var sum = 0.0
  private(set) var count = 0

  init(bounds: [Double]) {
    self.bounds = bounds
    counts = [Int](repeating: 0, count: bounds.count)
  }

  mutating func observe(_ value: Double) {
    if let place = bounds.firstIndex(where: { value <= $0 }) { counts[place] += 1 }
    sum += value
    count += 1
  }
}

/// Writes the text form of Prometheus.
struct PrometheusText {
  private(set) var text = ""

  mutating func begin(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
    let shown = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    text += shown.isEmpty ? "\(name) \(value)\n" : "\(name){\(shown)} \(value)\n"
  }

  mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
    begin(name, "histogram", help)
    var total = 0
    for (bound, count) in zip(histogram.bounds, histogram.counts) {
      total += count
      sample(name + "_bucket", [("le", Self.number(bound))], String(total))
    }
    sample(name + "_bucket", [("le", "+Inf")], String(histogram.count))
    sample(name + "_sum", [], Self.number(histogram.sum))
    sample(name + "_count", [], String(histogram.count))
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? String(value)
  }

  private static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
