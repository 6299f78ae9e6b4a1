import Bytes
import OrderedJSON
import PromptServer
import TestSupport
import Testing

/// ContextPilot's endpoints, with its field names and none of its defects.
@Suite struct ContextPilotTests {
  @Test func reorderedContextsBelongToTheContextsOfTheirIndices() async throws {
    for stateless in ["true", "false"] {
      try await withServer(nil, [.stateless: stateless]) { server in
        var random = SeededGenerator(seed: 3)
        for round in 0..<6 {
          let contexts = (0..<9).map { _ in
            (0..<Int.random(in: 0...6, using: &random)).map { _ in
              Int.random(in: 0..<12, using: &random)
            }
          }
          let reply = try await server.ask("POST /reorder", #"{"contexts": \#(contexts)}"#)
          let indices = reply.integers("original_indices")
          #expect(indices.sorted() == Array(contexts.indices))
          let reordered = (reply["reordered_contexts"]?.elements ?? []).map(\.integers)
          // A document that a context has twice stays there twice.
          for (context, index) in zip(reordered, indices) {
            #expect(context.sorted() == contexts[index].sorted())
          }
          #expect(reply["input_type"]?.string == "integer")
          #expect(reply["num_contexts"]?.integer == 9)
          let mode = stateless == "true" ? "stateless" : round == 0 ? "initial" : "incremental"
          #expect(reply["mode"]?.string?.string == mode)
        }
      }
    }
  }

  @Test func textsAreGivenBackAsTheyCame() async throws {
    try await withServer(nil) { server in
      let body = #"{"contexts": [["a \u00e9\n", "b"], ["b", "c"]]}"#
      let reply = try await server.ask("POST /reorder", body)
      #expect(reply["input_type"]?.string == "string")
      let texts = (reply["reordered_contexts"]?.elements ?? []).flatMap { $0.elements ?? [] }
        .compactMap { $0.string?.string }
      #expect(texts.sorted() == ["a \u{E9}\n", "b", "b", "c"])
    }
  }

  @Test func laterContextsBeginAsEarlierOnes() async throws {
    try await withServer(nil) { server in
      let first = try await server.ask("POST /reorder", #"{"contexts": [[4, 7, 2]]}"#)
      let sent = first["reordered_contexts"]?.elements?.first?.integers ?? []
      let second = try await server.ask("POST /reorder", #"{"contexts": [[9, 2, 7, 4]]}"#)
      #expect(second["matched_count"]?.integer == 1)
      #expect(second["reordered_contexts"]?.elements?.first?.integers == sent + [9])
      let found = try await server.ask("POST /search", #"{"context": [7, 4, 2, 1]}"#)
      #expect(found["prefix_length"]?.integer == 3)
      #expect(found["has_prefix"]?.bool == true)
    }
  }

  @Test func theSameRequestAgainAddsNoNode() async throws {
    try await withServer(nil) { server in
      var nodes: Set<Int?> = []
      for _ in 0..<50 {
        let reply = try await server.ask("POST /reorder", #"{"contexts": [[1, 2, 3]]}"#)
        nodes.insert(reply["stats"]?["total_nodes"]?.integer)
      }
      #expect(nodes.count == 1)
      let stats = try await server.ask("GET /stats")["index_stats"]
      #expect(stats?["unique_docs"]?.integer == 3)
      #expect(stats?["tree_depth"]?.integer == 3)
    }
  }

  @Test func aThousandContextsThatShareNothingAreNoTrouble() async throws {
    try await withServer(nil) { server in
      let contexts = (0..<1_500).map { [$0, 100_000 + $0] }
      _ = try await server.ask("POST /reorder", #"{"contexts": \#(contexts)}"#)
      let reply = try await server.ask("POST /reorder", #"{"contexts": [[5, 100005], [7, 1]]}"#)
      #expect(reply["status"]?.string == "success")
      #expect(reply["matched_count"]?.integer == 2)
    }
  }

  @Test func enginesGiveUpRequestsByAnyFormOfTheirIDs() async throws {
    try await withServer(nil) { server in
      let sent = try await server.ask(
        "POST /reorder", #"{"contexts": [[1, 2], [1, 3], [5]]}"#, ["x-cpc-tenant: acme"])
      let ids = sent.strings("request_ids")
      #expect(Set(ids).count == 3)
      let given = [
        "chatcmpl-\(ids[0])", "cmpl-\(ids[1])-0-9af03b", ids[0], "batch-unknown", "slot_3",
      ]
      let reply = try await server.ask("POST /evict", #"{"request_ids": \#(given)}"#)
      #expect(reply.strings("normalized_request_ids") == [ids[0], ids[1], "unknown", "slot_3"])
      #expect(reply["removed_count"]?.integer == 2)
      #expect(reply.strings("evicted_request_ids") == [ids[0], ids[1]])
      #expect(reply.strings("not_found") == ["unknown", "slot_3"])
      let left = try await server.ask("GET /requests", nil, ["x-cpc-tenant: acme"])
      #expect(left.strings("request_ids") == [ids[2]])
      #expect(left["count"]?.integer == 1)
    }
  }

  @Test func anIndexInAFileOutlivesTheServer() async throws {
    let folder = try Command.withTemporaryFolder { $0 }
    _ = try await blocking { try Command.shell("mkdir -p \(folder)") }
    let options: [ServerSetting: String] = [.model: "qwen3", .index: folder + "/index.db"]
    let first = try await withServer(nil, options) { server in
      try await server.ask("POST /reorder", #"{"contexts": [[4, 7, 2]]}"#)
    }
    try await withServer(nil, options) { server in
      let second = try await server.ask("POST /reorder", #"{"contexts": [[9, 2, 7, 4]]}"#)
      let sent = first["reordered_contexts"]?.elements?.first?.integers ?? []
      #expect(second["mode"]?.string == "incremental")
      #expect(second["reordered_contexts"]?.elements?.first?.integers == sent + [9])
      // Engines name requests that were sent before the restart.
      let ids = first.strings("request_ids")
      let evicted = try await server.ask("POST /evict", #"{"request_ids": \#(ids)}"#)
      #expect(evicted.strings("evicted_request_ids") == ids)
    }
    _ = try await blocking { try Command.shell("rm -r \(folder)") }
  }

  @Test func tenantsShareNothing() async throws {
    try await withServer(nil) { server in
      let ids = try await server.ask(
        "POST /reorder", #"{"contexts": [[1, 2, 3]], "deduplicate": true}"#,
        ["authorization: Bearer one"]
      ).strings("request_ids")
      let other = ["authorization: Bearer two"]
      #expect(try await server.ask("GET /requests", nil, other)["count"]?.integer == 0)
      let found = try await server.ask("POST /search", #"{"context": [1, 2, 3]}"#, other)
      #expect(found["has_prefix"]?.bool == false)
      let body = #"{"contexts": [[1, 2, 3]], "parent_request_ids": ["\#(ids[0])"]}"#
      let turns = try await server.ask("POST /deduplicate", body, other)
      #expect(turns["results"]?.elements?.first?["is_new_conversation"]?.bool == true)
      #expect(turns["results"]?.elements?.first?["overlapping_docs"]?.elements?.isEmpty == true)
      let evicted = try await server.ask("POST /evict", #"{"request_ids": \#(ids)}"#, other)
      #expect(evicted["removed_count"]?.integer == 0)
    }
  }

  @Test func documentsOfEarlierTurnsAreReferredTo() async throws {
    try await withServer(nil) { server in
      let first = try await server.ask(
        "POST /reorder", #"{"contexts": [[1, 2]], "deduplicate": true}"#)
      let id = first.strings("request_ids")[0]
      #expect(first["deduplication"]?["total_docs_deduplicated"]?.integer == 0)
      let body = #"""
        {"contexts": [[2, 3, 1]], "parent_request_ids": ["\#(id)"],
         "hint_template": "see {doc_id} of turn {turn_number}"}
        """#
      let second = try await server.ask("POST /deduplicate", body)
      let result = try #require(second["results"]?.elements?.first)
      #expect(result["parent_request_id"]?.string?.string == id)
      #expect(result["new_docs"]?.integers == [3])
      #expect(result["overlapping_docs"]?.integers == [2, 1])
      #expect(result.strings("reference_hints") == ["see 2 of turn 1", "see 1 of turn 1"])
      // What was given up is shown again.
      _ = try await server.ask("POST /evict", #"{"request_ids": ["\#(id)"]}"#)
      let third = try await server.ask("POST /deduplicate", body)
      #expect(third["results"]?.elements?.first?["new_docs"]?.integers == [2, 3, 1])
    }
  }

  @Test func nodesCanBeInsertedAndUpdated() async throws {
    try await withServer(nil) { server in
      let new = try await server.ask(
        "POST /insert", #"{"context": [8, 9], "search_path": [], "total_tokens": 200}"#)
      let path = new.integers("search_path")
      #expect(path.last == new["node_id"]?.integer)
      #expect(try await server.ask("GET /stats")["total_tokens"]?.integer == 200)
      _ = try await server.ask(
        "POST /update", #"{"search_path": \#(path), "token_delta": 50}"#)
      #expect(try await server.ask("GET /stats")["total_tokens"]?.integer == 250)
      _ = try await server.ask("POST /reset", "{}")
      #expect(try await server.ask("GET /stats")["total_tokens"]?.integer == 0)
    }
  }

  @Test func timesToTheFirstTokenAreKept() async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream) { server in
      for _ in 0..<3 { _ = try await server.chat("{}") }
      let times = try await server.ask("GET /metrics/ttft?last=2")
      #expect(times["count"]?.integer == 2)
      #expect(times["ttft_ms"]?.elements?.count == 2)
      #expect(times["total_chars_saved"]?.integer == 0)
      _ = try await server.ask("POST /metrics/ttft/reset")
      #expect(try await server.ask("GET /metrics/ttft")["count"]?.integer == 0)
    }
  }

  @Test(arguments: [
    ("/reorder", "[", 400), ("/reorder", "{}", 400), ("/reorder", #"{"contexts": 1}"#, 400),
    ("/reorder", #"{"contexts": [[1, "a"]]}"#, 400), ("/reorder", #"{"contexts": [[1.5]]}"#, 400),
    ("/reorder", #"{"contexts": [[1]], "parent_request_ids": []}"#, 200),
    ("/reorder", #"{"contexts": []}"#, 200), ("/reorder", #"{"contexts": [[]]}"#, 200),
    ("/deduplicate", #"{"contexts": [[1]], "parent_request_ids": [1]}"#, 400),
    ("/evict", "{}", 400), ("/evict", #"{"request_ids": [1]}"#, 400),
    ("/evict", #"{"request_ids": []}"#, 200), ("/search", #"{"context": {}}"#, 400),
    ("/update", #"{"search_path": [77], "token_delta": 1}"#, 404), ("/update", "{}", 400),
  ])
  func badRequestsAreToldWhatIsWrong(_ path: String, _ body: String, _ status: Int) async throws {
    try await withServer(nil) { server in
      let reply = try await server.send("POST \(path)", body: Array(body.utf8))
      #expect(reply.status == status, "\(reply.text)")
      if status != 200 {
        #expect(try JSONParser.parse(reply.body)["detail"]?.string != nil)
      }
    }
  }
}

extension RunningServer {
  /// Asks one of ContextPilot's endpoints.
  fileprivate func ask(
    _ start: String, _ body: String? = nil, _ fields: [String] = []
  ) async throws -> JSONNode {
    let reply = try await send(start, fields, body: body.map { Array($0.utf8) })
    return try JSONParser.parse(reply.body)
  }
}

extension JSONNode {
  fileprivate var integer: Int? {
    if case .number(let number) = value { number.integer } else { nil }
  }

  fileprivate var integers: [Int] { (elements ?? []).compactMap(\.integer) }

  fileprivate func integers(_ key: ByteString) -> [Int] { self[key]?.integers ?? [] }

  fileprivate func strings(_ key: ByteString) -> [String] {
    (self[key]?.elements ?? []).compactMap { $0.string?.string }
  }
}
