internal import Bytes
internal import OrderedJSON
internal import PromptCompilation

/// Spans in the JSON form of OTLP 1.x: names of traces and spans as hexadecimal digits, integers of 64 bits as
/// strings, enumerations as numbers.
struct OTLPTraces {
  let service: String

  /// The body of a request to the collector.
  func body(_ spans: [Span]) -> [UInt8] {
    let scope = JSONValue.object([
      "name": .string("cpc"), "version": .string(ByteString(CPCVersion.current)),
    ])
    let resource: [Span.Attribute] = [
      ("service.name", .string(service)), ("service.version", .string(CPCVersion.current)),
      ("telemetry.sdk.name", .string("cpc")), ("telemetry.sdk.language", .string("swift")),
    ]
    let group = JSONValue.object([
      "resource": .object(["attributes": .array(of: resource.map(Self.json))]),
      "scopeSpans": .array(of: [
        .object(["scope": scope, "spans": .array(of: spans.map(Self.json))])
      ]),
    ])
    return JSONWriter.write(.object(["resourceSpans": .array(of: [group])]))
  }

  private static func json(_ span: Span) -> JSONValue {
    var members: [(ByteString, JSONValue)] = [
      ("traceId", text(span.context.trace.hexadecimal)),
      ("spanId", text(span.context.span.hexadecimal)),
    ]
    if let parent = span.parent { members.append(("parentSpanId", text(parent.hexadecimal))) }
    if !span.traceState.isEmpty { members.append(("traceState", text(span.traceState))) }
    members += [
      ("flags", .integer(flags(of: span))), ("name", text(span.name)),
      ("kind", .integer(span.kind.rawValue)),
      ("startTimeUnixNano", text(String(span.start))), ("endTimeUnixNano", text(String(span.end))),
      ("attributes", .array(of: span.attributes.map(json))),
    ]
    if !span.events.isEmpty {
      let events = span.events.map { event -> JSONValue in
        .object(["timeUnixNano": text(String(event.time)), "name": text(event.name)])
      }
      members.append(("events", .array(of: events)))
    }
    if span.isFailed { members.append(("status", .object(["code": .integer(2)]))) }
    return .object(members.map { JSONMember($0.0, JSONNode($0.1)) })
  }

  /// The flags of the trace, that it is known whether the parent is remote, and whether it is.
  private static func flags(of span: Span) -> Int {
    Int(span.context.flags) | 0x100 | (span.hasRemoteParent ? 0x200 : 0)
  }

  private static func json(_ attribute: Span.Attribute) -> JSONValue {
    let value: JSONValue =
      switch attribute.value {
      case .string(let value): .object(["stringValue": text(value)])
      case .integer(let value): .object(["intValue": text(String(value))])
      case .double(let value):
        .object(["doubleValue": .number(JSONNumber(spelling: ByteString(String(value))))])
      case .bool(let value): .object(["boolValue": .bool(value)])
      }
    return .object(["key": text(attribute.name), "value": value])
  }

  private static func text(_ value: String) -> JSONValue { .string(ByteString(value)) }

  /// How many spans a collector says that it refused of a request that it took; 0 if it does not say.
  static func rejected(in body: [UInt8]) -> Int {
    guard let reply = try? JSONParser.parse(body),
      let rejected = reply["partialSuccess"]?["rejectedSpans"]
    else { return 0 }
    if case .number(let number) = rejected.value { return max(number.integer ?? 0, 0) }
    return max(rejected.string.flatMap { Int($0.string) } ?? 0, 0)
  }
}
