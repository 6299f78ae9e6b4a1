internal import Bytes
internal import OrderedJSON

/// The replies of ContextPilot's endpoints, with its names.
enum ContextPilotReply {
  typealias Members = [JSONMember]

  static func member(_ key: ByteString, _ value: JSONValue) -> JSONMember {
    JSONMember(key, JSONNode(value))
  }

  /// `/reorder` of a server that remembers nothing.
  static func stateless(
    _ contexts: [DocumentContext], _ schedule: ContextSchedule
  ) -> JSONValue {
    let arranged = schedule.contexts.map { contexts[$0.number].arranged($0.order) }
    let reordered = JSONValue.array(of: arranged.map(documents))
    let groups = ContextSchedule.groups(arranged)
    return .object([
      member("status", .string("success")),
      member("message", .string("contexts laid out by themselves")),
      member("mode", .string("stateless")),
      member("input_type", inputType(contexts)),
      member("num_contexts", .integer(contexts.count)),
      member("num_groups", .integer(groups.count)),
      member("reordered_contexts", reordered),
      member("original_indices", integers(schedule.contexts.map(\.number))),
      member("scheduled_contexts", reordered),
      member("groups", .array(of: groups.map(integers))),
      member("stats", .object(Members())),
    ])
  }

  /// `/reorder` of a server that remembers what was sent.
  static func stateful(
    _ contexts: [DocumentContext], _ result: ContextSession.Reordering, _ totals: ContextTotals,
    _ turns: [DocumentTurns.Result]?
  ) -> JSONValue {
    let ids = result.contexts.map(\.id)
    var members: Members = [
      member("status", .string("success")),
      member(
        "message",
        .string(
          result.isInitial
            ? "contexts laid out by themselves" : "contexts laid out by what was sent")),
      member("mode", .string(result.isInitial ? "initial" : "incremental")),
      member("input_type", inputType(contexts)),
      member("num_contexts", .integer(contexts.count)),
      member("matched_count", .integer(result.matched)),
      member("inserted_count", .integer(contexts.count - result.matched)),
      member("merged_count", .integer(contexts.count - result.matched)),
      member("request_ids", strings(ids)),
      member(
        "request_id_mapping",
        .object(
          result.contexts.map { member($0.id, .integer($0.original)) })),
      member("reordered_contexts", .array(of: result.contexts.map { documents($0.documents) })),
      member("original_indices", integers(result.contexts.map(\.original))),
      member("groups", .array(of: result.groups.map(integers))),
      member("stats", stats(totals)),
    ]
    if let turns {
      let results = zip(ids, turns).map { id, turn in
        JSONValue.object(
          [member("request_id", .string(id))] + documentMembers(turn) + [
            member("blocks_deduped", .integer(0)),
            member("blocks_total", .integer(turn.original.count)),
            member("block_chars_saved", .integer(0)),
          ])
      }
      members.append(
        member(
          "deduplication",
          .object([
            member("enabled", .bool(true)), member("results", .array(of: results)),
            member(
              "total_docs_deduplicated",
              .integer(turns.map(\.overlapping.count).reduce(0, +))),
            member("total_blocks_deduped", .integer(0)),
          ])))
    }
    return .object(members)
  }

  /// `/deduplicate`.
  static func deduplicated(
    _ ids: [ByteString], _ parents: [ByteString?], _ turns: [DocumentTurns.Result]
  ) -> JSONValue {
    let results = turns.indices.map { place in
      JSONValue.object(
        [
          member("request_id", .string(ids[place])),
          member("parent_request_id", parents[place].map { .string($0) } ?? .null),
        ] + documentMembers(turns[place]) + [
          member("is_new_conversation", .bool(turns[place].isNewConversation))
        ])
    }
    return .object([
      member("status", .string("success")), member("request_ids", strings(ids)),
      member("results", .array(of: results)),
      member(
        "summary",
        .object([
          "total_contexts": .integer(turns.count),
          "total_docs_deduplicated": .integer(turns.map(\.overlapping.count).reduce(0, +)),
        ])),
    ])
  }

  /// `/evict`.
  static func evicted(
    _ ids: [ByteString], _ eviction: ContextSession.Eviction, _ totals: ContextTotals
  ) -> JSONValue {
    .object([
      member("status", .string("success")),
      member("conversations_cleared", .integer(eviction.conversations)),
      member("normalized_request_ids", strings(ids)),
      member("removed_count", .integer(eviction.removed.count)),
      member("evicted_node_ids", integers(eviction.nodes.map { Int($0) })),
      member("evicted_request_ids", strings(eviction.removed)),
      member("not_found", strings(eviction.missing)),
      member("nodes_remaining", .integer(totals.nodes)),
      member("requests_remaining", .integer(totals.requests)),
    ])
  }

  /// `/metrics/ttft`.
  ///
  /// - Parameter count: how many of the latest times; all for 0.
  static func firstTokenTimes(_ metrics: ServerMetrics, last count: Int) -> JSONValue {
    let times = metrics.firstTokenTimes
    let milliseconds = times.last(count).map { ($0 * 100_000).rounded() / 100 }
    let sum = milliseconds.reduce(0, +)
    let mean = milliseconds.isEmpty ? 0 : (sum / Double(milliseconds.count) * 100).rounded() / 100
    func number(_ value: Double) -> JSONValue {
      .number(JSONNumber(spelling: ByteString(String(value))))
    }
    return .object([
      "ttft_ms": .array(of: milliseconds.map(number)), "count": .integer(milliseconds.count),
      "avg_ms": number(mean),
      "total_chars_saved": .integer(metrics.value(of: .savedBytes) - times.savedBytesBefore),
    ])
  }

  /// `index_stats`: the documented names, and those of the server itself.
  static func stats(_ totals: ContextTotals) -> JSONValue {
    .object([
      "total_nodes": .integer(totals.nodes), "leaf_nodes": .integer(totals.leaves),
      "total_docs": .integer(totals.documents), "unique_docs": .integer(totals.documents),
      "tree_depth": .integer(totals.depth), "num_nodes": .integer(totals.nodes),
      "active_nodes": .integer(totals.nodes), "total_tokens": .integer(totals.tokens),
      "num_requests": .integer(totals.requests),
    ])
  }

  private static func documentMembers(_ turn: DocumentTurns.Result) -> Members {
    [
      member("original_docs", documents(turn.original)),
      member("deduplicated_docs", documents(turn.new)),
      member("overlapping_docs", documents(turn.overlapping)),
      member("new_docs", documents(turn.new)),
      member("reference_hints", strings(turn.hints.map { ByteString($0) })),
    ]
  }

  private static func inputType(_ contexts: [DocumentContext]) -> JSONValue {
    .string(contexts.contains { $0.documents.first?.isText == true } ? "string" : "integer")
  }

  private static func documents(_ documents: [ContextDocument]) -> JSONValue {
    .array(of: documents.map(\.value))
  }

  static func integers(_ numbers: [Int]) -> JSONValue {
    .array(of: numbers.map { .integer($0) })
  }

  static func strings(_ strings: [ByteString]) -> JSONValue {
    .array(of: strings.map { .string($0) })
  }
}
