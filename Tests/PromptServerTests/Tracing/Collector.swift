import Bytes
import OrderedJSON
import PromptServer
import Testing

/// A collector of traces that takes what it is sent, as a script says.
final class Collector: Sendable {
  let receiver: ScriptedUpstream

  /// A collector that takes all.
  convenience init() throws { try self.init { _ in ScriptedUpstream.json("{}") } }

  /// - Parameter reply: returns the reply to a post, as it goes over the wire.
  init(_ reply: @escaping @Sendable (RawMessage) -> String) throws {
    receiver = try ScriptedUpstream { request, socket in socket.write(reply(request)) }
  }

  /// The bodies that were posted.
  var posts: [RawMessage] { receiver.requests }

  /// All spans that were posted, in order.
  func spans() throws -> [TracedSpan] {
    try posts.flatMap { post -> [TracedSpan] in
      let resources = try JSONParser.parse(post.body)["resourceSpans"]?.elements ?? []
      return try resources.flatMap { $0["scopeSpans"]?.elements ?? [] }
        .flatMap { $0["spans"]?.elements ?? [] }.map(TracedSpan.init)
    }
  }

  /// The span of a kind, which must be one alone: 1 internal, 2 server, 3 client.
  func span(ofKind kind: Int) throws -> TracedSpan {
    let spans = try spans().filter { $0.kind == kind }
    #expect(spans.count == 1)
    return try #require(spans.first)
  }
}

/// A span as it was posted, in the form that OTLP's JSON must have.
struct TracedSpan: Sendable {
  let trace: String
  let id: String
  let parent: String?
  let state: String?
  let name: String
  let kind: Int
  let flags: Int
  let start: UInt64
  let end: UInt64
  /// What is known of it; numbers in their spelling.
  let attributes: [String: String]
  let events: [String: UInt64]
  let isFailed: Bool

  init(_ node: JSONNode) throws {
    func text(_ key: ByteString) throws -> String { try #require(node[key]?.string?.string) }
    func number(_ node: JSONNode?) throws -> Int {
      guard case .number(let number)? = node?.value else { return try #require(nil) }
      return try #require(number.integer)
    }
    (trace, id) = (try text("traceId"), try text("spanId"))
    parent = node["parentSpanId"]?.string?.string
    state = node["traceState"]?.string?.string
    name = try text("name")
    (kind, flags) = (try number(node["kind"]), try number(node["flags"]))
    start = try #require(UInt64(try text("startTimeUnixNano")))
    end = try #require(UInt64(try text("endTimeUnixNano")))
    var attributes: [String: String] = [:]
    for attribute in node["attributes"]?.elements ?? [] {
      let key = try #require(attribute["key"]?.string?.string)
      let value = try #require(attribute["value"])
      #expect(value.members?.count == 1)
      #expect(attributes[key] == nil)
      attributes[key] = try Self.spelling(value)
    }
    self.attributes = attributes
    events = try (node["events"]?.elements ?? []).reduce(into: [:]) { events, event in
      let time = try #require(event["timeUnixNano"]?.string.flatMap { UInt64($0.string) })
      events[try #require(event["name"]?.string?.string)] = time
    }
    isFailed = try node["status"].map { try number($0["code"]) } == 2
    for id in [trace, id, parent ?? "0123456789abcdef"] {
      #expect(id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
    }
    #expect(trace.utf8.count == 32 && id.utf8.count == 16 && parent?.utf8.count ?? 16 == 16)
    #expect(start <= end)
  }

  private static func spelling(_ value: JSONNode) throws -> String {
    if let text = value["stringValue"]?.string { return text.string }
    // An integer of 64 bits is a string.
    if let text = value["intValue"]?.string { return try #require(Int(text.string)).description }
    if case .number(let number)? = value["doubleValue"]?.value { return number.spelling.string }
    let isSo = value["boolValue"]?.bool
    return String(try #require(isSo as Bool?))
  }
}
