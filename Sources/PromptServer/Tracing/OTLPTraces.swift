internal import OrderedJSON
internal import PromptCompilation

/// Spans in the JSON form of OTLP 1.x: names of traces and spans as hexadecimal digits, integers of 64 bits as
/// strings, enumerations as numbers.
struct OTLPTraces {
  let service: String
  /// What else is known of the service.
  let attributes: [(name: String, value: String)]

  /// So many spans are written before others have their turn on the thread.
  private static let stride = 32

  /// The body of a request to the collector.
  func body(_ spans: [Span]) async -> [UInt8] {
    var writer = Writer()
    writer.raw(#"{"resourceSpans":[{"resource":{"attributes":"#)
    writer.attributes(resource)
    writer.raw(#"},"scopeSpans":[{"scope":{"name":"cpc","version":"#)
    writer.quoted(CPCVersion.current)
    writer.raw(#"},"spans":["#)
    for (place, span) in spans.enumerated() {
      if place > 0 { writer.raw(",") }
      writer.span(span)
      if place % Self.stride == Self.stride - 1 { await Task.yield() }
    }
    writer.raw("]}]}]}")
    return writer.bytes
  }

  /// What the spans are of. Who names a version of the service means that; what sends the spans is cpc in any case.
  private var resource: [Span.Attribute] {
    let fixed = [
      ("service.name", service), ("telemetry.sdk.name", "cpc"), ("telemetry.sdk.language", "swift"),
    ]
    let version = ("service.version", CPCVersion.current)
    let own = attributes.contains { $0.name == version.0 } ? fixed : fixed + [version]
    let others = attributes.filter { attribute in !own.contains { $0.0 == attribute.name } }
    return (own + others.map { ($0.name, $0.value) }).map {
      (name: $0.0, value: .string($0.1))
    }
  }

  /// How many spans a collector says that it refused of a request that it took; 0 if it does not say.
  static func rejected(in body: [UInt8]) -> Int {
    guard let reply = try? JSONParser.parse(body),
      let rejected = reply["partialSuccess"]?["rejectedSpans"]
    else { return 0 }
    if case .number(let number) = rejected.value { return max(number.integer ?? 0, 0) }
    return max(rejected.string.flatMap { Int($0.string) } ?? 0, 0)
  }
}

/// Writes spans. A tree of values would cost several times as much.
private struct Writer {
  private(set) var bytes: [UInt8] = []

  mutating func raw(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func quoted(_ text: String) {
    JSONWriter.appendQuoted(Array(text.utf8), to: &bytes)
  }

  /// Digits in quotes.
  mutating func digits(_ text: String) {
    raw("\"")
    bytes.append(contentsOf: text.utf8)
    raw("\"")
  }

  mutating func span(_ span: Span) {
    raw(#"{"traceId":"#)
    digits(span.context.trace.hexadecimal)
    raw(#","spanId":"#)
    digits(span.context.span.hexadecimal)
    if let parent = span.parent {
      raw(#","parentSpanId":"#)
      digits(parent.hexadecimal)
    }
    if !span.traceState.isEmpty {
      raw(#","traceState":"#)
      quoted(span.traceState)
    }
    raw(#","flags":"#)
    // Those of the trace, that it is known whether the parent is remote, and whether it is.
    number(Int(span.context.flags) | 0x100 | (span.hasRemoteParent ? 0x200 : 0))
    raw(#","name":"#)
    quoted(span.name)
    raw(#","kind":"#)
    number(span.kind.rawValue)
    raw(#","startTimeUnixNano":"#)
    digits(String(span.start))
    raw(#","endTimeUnixNano":"#)
    digits(String(span.end))
    raw(#","attributes":"#)
    attributes(span.attributes)
    if !span.events.isEmpty { events(span.events) }
    raw(span.isFailed ? #","status":{"code":2}}"# : "}")
  }

  mutating func attributes(_ attributes: [Span.Attribute]) {
    raw("[")
    for (place, attribute) in attributes.enumerated() {
      if place > 0 { raw(",") }
      raw(#"{"key":"#)
      quoted(attribute.name)
      raw(#","value":{"#)
      switch attribute.value {
      case .string(let value):
        raw(#""stringValue":"#)
        quoted(value)
      case .integer(let value):
        raw(#""intValue":"#)
        digits(String(value))
      case .double(let value):
        raw(#""doubleValue":"#)
        // JSON has no other numbers.
        bytes.append(contentsOf: (value.isFinite ? String(value) : "null").utf8)
      case .bool(let value):
        raw(#""boolValue":"#)
        raw(value ? "true" : "false")
      }
      raw("}}")
    }
    raw("]")
  }

  private mutating func events(_ events: [Span.Event]) {
    raw(#","events":["#)
    for (place, event) in events.enumerated() {
      if place > 0 { raw(",") }
      raw(#"{"timeUnixNano":"#)
      digits(String(event.time))
      raw(#","name":"#)
      quoted(event.name)
      raw("}")
    }
    raw("]")
  }

  private mutating func number(_ number: Int) { bytes.append(contentsOf: String(number).utf8) }
}
