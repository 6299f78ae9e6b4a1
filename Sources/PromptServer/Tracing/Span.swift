/// A stretch of time in which something was done for a request.
struct Span: Sendable {
  /// What it is to whom it is done for, by OTLP's numbers.
  enum Kind: Int, Sendable {
    case `internal` = 1
    case server = 2
    case client = 3
  }

  /// What is known of it, by OpenTelemetry's names.
  enum Value: Hashable, Sendable {
    case string(String)
    case integer(Int)
    case double(Double)
    case bool(Bool)
  }

  typealias Attribute = (name: String, value: Value)

  /// A moment of it.
  struct Event: Sendable {
    var name: String
    /// Nanoseconds since 1970.
    var time: UInt64
  }

  var name: String
  var kind: Kind
  var context: TraceContext
  var parent: TraceContext.SpanID?
  /// The caller's `tracestate`; empty if there is none.
  var traceState = ""
  /// Whether the parent is of another process.
  var hasRemoteParent = false
  /// Nanoseconds since 1970.
  var start: UInt64
  /// Nanoseconds since 1970.
  var end: UInt64
  var attributes: [Attribute] = []
  var events: [Event] = []
  /// Whether it failed.
  var isFailed = false

  /// Adds what is known of it; nothing if that is nil.
  mutating func set(_ name: String, _ value: Value?) {
    if let value { attributes.append((name, value)) }
  }

  mutating func set(_ name: String, _ value: Int?) { set(name, value.map(Value.integer)) }
  mutating func set(_ name: String, _ value: String?) { set(name, value.map(Value.string)) }
}
