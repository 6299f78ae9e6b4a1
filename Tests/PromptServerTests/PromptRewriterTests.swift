import Bytes
import Foundation
import OrderedJSON
import PromptCompilation
import PromptServer
import TestSupport
import Testing

/// What the modes make of prompts that pass.
@Suite struct PromptRewriterTests {
  private static func blocks(_ ids: [String]) -> String {
    let texts = ids.map { id in
      "{\"id\":\"\(id)\",\"text\":\"The \(id) of the house has \(id.count) windows and a door to the garden.\"}"
    }
    return "{\"blocks\":[\(texts.joined(separator: ","))]}"
  }

  private func content(_ message: RawMessage, _ place: Int = 0) throws -> String {
    let messages = try #require(try JSONParser.parse(message.body)["messages"]?.elements)
    return try #require(messages[place]["content"]?.string?.string)
  }

  @Test func blocksAreCompiledAndEveryOtherByteStays() async throws {
    let cpc =
      "{\"blocks\": [{\"id\":\"b\",\"text\":\"Bees \\u00e9\",\"importance\":1},"
      + "{\"id\":\"a\",\"title\":\"T\",\"text\":\"Ants\",\"importance\":2}]}"
    @Sendable func body(_ cpc: String, _ context: String) -> String {
      "{ \"model\":\"x\",\n \"messages\" : [{\"role\":\"system\",\"content\":\"Be brief.\"},"
        + "{\"content\":\"\(context)What \\\"now\\\"?\",\"role\":\"user\"}] , \(cpc)\"n\":1.0e0}"
    }
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      let reply = try await server.chat(body("\"cpc\": \(cpc)\n , ", ""))
      #expect(reply.status == 200, "\(reply.text)")
    }
    let sent = try #require(upstream.requests.first)
    // What the command makes of the same spec.
    let spec =
      "{\"cpc\":1,\"system\":\"Be brief.\",\"query\":\"What \\\"now\\\"?\","
      + String(cpc.dropFirst().dropLast()) + "}"
    let compiler = PromptCompiler(model: try Model.named("qwen3"), index: ContextIndex())
    let compiled = try compiler.compile(try Spec(jsonBytes: Array(spec.utf8), name: "spec"))
    let expected = try #require(
      try JSONParser.parse(try compiled.emit(.openai))["messages"]?.elements?.last?["content"]?
        .string)
    #expect(try content(sent, 1) == expected.string)
    let context = String(expected.string.dropLast("What \"now\"?".count))
    var literal: [UInt8] = []
    JSONWriter.appendQuoted(Array(context.utf8), to: &literal)
    let inner = String(decoding: literal.dropFirst().dropLast(), as: UTF8.self)
    #expect(sent.text == body("", inner))
  }

  @Test(arguments: [["identity"], [""], ["IDENTITY", "identity, identity"]])
  func whatIsNotPackedIsReadWhateverTheFieldSays(codings: [String]) async throws {
    let body =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"Where?\"}],\"cpc\":\(Self.blocks(["attic"]))}"
    let upstream = try ScriptedUpstream(json: "{}")
    let fields = codings.map { "Content-Encoding: \($0)" }
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      let reply = try await server.chat(body, fields)
      #expect(reply.status == 200)
    }
    let sent = try #require(upstream.requests.first)
    #expect(sent.values(of: "content-encoding") == codings)
    #expect(try JSONParser.parse(sent.body)["cpc"] == nil)
    #expect(try content(sent).contains("attic"))
  }

  @Test(arguments: ["\\u0063pc", "c\\u0070c", "cp\\u0063", "\\u0063\\u0070\\u0063"])
  func aNameThatIsSpelledWithEscapesIsThatName(name: String) async throws {
    let blocks = Self.blocks(["attic"]).replacing("blocks", with: "bl\\u006Fcks")
    let body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Where?\"}],\"\(name)\":\(blocks)}"
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      let reply = try await server.chat(body)
      #expect(reply.status == 200, "\(reply.text)")
      let refused = try await server.chat("{\"messages\":[],\"\(name)\":1}")
      #expect(refused.status == 422)
    }
    #expect(upstream.requests.count == 1)
    let sent = try #require(upstream.requests.first)
    #expect(try JSONParser.parse(sent.body).members?.map(\.key) == ["messages"])
    #expect(try content(sent).contains("attic"))
  }

  @Test func aPathIsReadAsTheUpstreamReadsIt() async throws {
    let body =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"Where?\"}],\"cpc\":\(Self.blocks(["attic"]))}"
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      let reply = try await server.send("POST /v1/c%68at/%63ompletions?a", body: Array(body.utf8))
      #expect(reply.status == 200)
    }
    let sent = try #require(upstream.requests.first)
    #expect(sent.start == "POST /v1/c%68at/%63ompletions?a HTTP/1.1")
    #expect(!sent.text.contains("\"cpc\""))
    #expect(try content(sent).contains("The attic of the house"))
  }

  @Test func laterRequestsAreLaidOutAsEarlierOnesOfTheirTenantAlone() async throws {
    @Sendable func body(_ ids: [String]) -> String {
      "{\"messages\":[{\"role\":\"user\",\"content\":\"Where?\"}],\"cpc\":\(Self.blocks(ids))}"
    }
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      _ = try await server.chat(body(["kitchen", "cellar", "attic"]), ["x-cpc-tenant: one"])
      _ = try await server.chat(body(["attic", "cellar", "kitchen"]), ["x-cpc-tenant: one"])
      _ = try await server.chat(body(["attic", "cellar", "kitchen"]), ["x-cpc-tenant: two"])
      _ = try await server.chat(body(["attic", "cellar", "kitchen"]), ["authorization: Bearer a"])
      _ = try await server.chat(body(["kitchen", "attic", "cellar"]), ["authorization: Bearer b"])
    }
    let orders = try upstream.requests.map { message in
      let text = try content(message)
      return ["kitchen", "cellar", "attic"].sorted { left, right in
        let places = [left, right].map { text.range(of: "<doc id=\"\($0)\"")?.lowerBound }
        guard let first = places[0], let second = places[1] else { return false }
        return first < second
      }
    }
    #expect(orders[0] == ["kitchen", "cellar", "attic"])
    #expect(orders[1] == orders[0])
    #expect(orders[2] == ["attic", "cellar", "kitchen"])
    #expect(orders[3] == ["attic", "cellar", "kitchen"])
    #expect(orders[4] == ["kitchen", "attic", "cellar"])
  }

  @Test func aConversationGoesOnFromWhatWasSent() async throws {
    @Sendable func turn(_ messages: String, _ ids: [String]) -> String {
      let form = Self.blocks(ids).dropLast() + ",\"conversation_id\":\"c1\"}"
      return "{\"cpc\":\(form),\"messages\":[\(messages)]}"
    }
    let first = "{\"role\":\"user\",\"content\":\"Where?\"}"
    let second =
      first
      + ",{\"role\":\"assistant\",\"content\":\"Here.\"},{\"role\":\"user\",\"content\":\"Why?\"}"
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      _ = try await server.chat(turn(first, ["kitchen", "cellar"]), ["x-cpc-tenant: one"])
      _ = try await server.chat(turn(second, ["cellar", "attic"]), ["x-cpc-tenant: one"])
      // Another tenant's conversation of the same name is another one.
      _ = try await server.chat(turn(second, ["cellar"]), ["x-cpc-tenant: two"])
    }
    let sent = upstream.requests
    #expect(try content(sent[1], 0) == content(sent[0], 0))
    let last = try content(sent[1], 2)
    #expect(last.contains("<doc id=\"attic\""))
    #expect(!last.contains("The cellar of the house"))
    #expect(try content(sent[2], 0) == "Where?")
    #expect(try content(sent[2], 2).contains("The cellar of the house"))
  }

  @Test(arguments: [
    (
      "/v1/messages",
      "{\"max_tokens\":9,\"system\":\"S\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
        + "\"tool_use_id\":\"t\",\"content\":\"r\"},{\"type\":\"text\",\"text\":\"@Go\",\"cache_control\":{}}]}]~}"
    ),
    ("/v1/responses", "{\"input\":\"@Go\"~}"),
    (
      "/v1/responses",
      "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"@Go\"}]}]~}"
    ),
    (
      "/v1/chat/completions",
      "{\"messages\":[{\"role\":\"user\",\"content\":\"@Go\"},{\"role\":\"assistant\",\"content\":null,"
        + "\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
        + "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"r\"}]~}"
    ),
  ])
  func blocksOpenTheLastTextOfTheUsersInEachForm(path: String, body: String) async throws {
    @Sendable func put(_ context: String, _ cpc: String) -> String {
      body.replacing("@", with: context).replacing("~", with: cpc)
    }
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      let request = put("", ",\"cpc\":\(Self.blocks(["attic"]))")
      let reply = try await server.send("POST \(path)", body: Array(request.utf8))
      #expect(reply.status == 200, "\(reply.text)")
    }
    #expect(
      upstream.requests.first?.text
        == put(
          "<doc id=\\\"attic\\\">\\nThe attic of the house has 5 windows and a door to the garden.\\n</doc>\\n",
          ""))
  }

  @Test(arguments: [
    (
      "{\"blocks\":[{\"text\":\"a\"},{\"text\":\"b\"},{\"text\":\"c\"}]}",
      "3 blocks are more than the 2"
    ),
    ("{\"block\":[]}", "\"cpc\" has no \"block\""),
    ("{\"blocks\":[{\"file\":\"/etc/passwd\"}]}", "\"file\" is not allowed here"),
    ("{\"blocks\":[{\"text\":\"<|im_end|>\"}]}", "<|im_end|>"),
    ("[]", "must be an object"),
  ])
  func faultsOfTheFormAreTheClients(form: String, message: String) async throws {
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(
      upstream, [.mode: "safe", .model: "qwen3", .blockLimit: "2"]
    ) { server in
      let reply = try await server.chat(
        "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}],\"cpc\":\(form)}")
      #expect(reply.status == 422)
      let error = try JSONParser.parse(reply.body)["error"]
      #expect(error?["message"]?.string?.string.contains(message) == true, "\(reply.text)")
      #expect(!server.log.text.contains("im_end"))
    }
    #expect(upstream.requests.isEmpty)
  }

  @Test(arguments: [
    ("{@, \"messages\":~}", "{\"messages\":~}"),
    ("{\"a\":[1, {}] , @ , \"messages\":~}", "{\"a\":[1, {}] , \"messages\":~}"),
    ("{\"messages\":~ ,\n@\n}", "{\"messages\":~\n}"),
    ("{@,@,\"messages\":~,@,@}", "{\"messages\":~}"),
    ("{\"messages\":~,\"n\":-1.50E+3 , @}", "{\"messages\":~,\"n\":-1.50E+3}"),
  ])
  func theFormLeavesNoTrace(body: String, expected: String) async throws {
    @Sendable func put(_ form: String) -> String {
      form.replacing("@", with: "\"cpc\" : {\"blocks\":[ ]}")
        .replacing("~", with: "[{\"role\":\"user\",\"content\":\"q\"}]")
    }
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "safe", .model: "qwen3"]) { server in
      let reply = try await server.chat(put(body))
      #expect(reply.status == 200, "\(reply.text)")
    }
    #expect(upstream.requests.first?.text == put(expected))
  }

  /// An engine has one cache for all, a hosted service one for each key.
  @Test(arguments: [("paged:16", true), ("breakpoints:4", false)])
  func observingCountsAndChangesNothing(_ cacheModel: String, _ isShared: Bool) async throws {
    let text = String(repeating: "All work and no play makes Jack a dull boy. ", count: 20)
    let body =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"\(text)\"}],\"cpc\":{\"blocks\":[]}}"
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.model: "qwen3", .cacheModel: cacheModel]) { server in
      let metrics = server.server.metrics
      var predictions: [(Int, Int)] = []
      for tenant in ["one", "one", "two"] {
        let before = metrics.value(of: .promptTokens, "predicted")
        let cached = metrics.value(of: .cachedTokens, "predicted")
        _ = try await server.chat(body, ["x-cpc-tenant: \(tenant)"])
        #expect(
          try await server.eventually {
            metrics.value(of: .promptTokens, "predicted") > before
          })
        predictions.append(
          (
            metrics.value(of: .promptTokens, "predicted") - before,
            metrics.value(of: .cachedTokens, "predicted") - cached
          ))
      }
      #expect(predictions[0].0 > 200)
      #expect(predictions.map(\.0) == Array(repeating: predictions[0].0, count: 3))
      #expect(predictions.map(\.1).first == 0)
      if isShared { #expect(predictions[1].1 > predictions[0].0 - 32) }
      #expect(predictions[2].1 == (isShared ? predictions[1].1 : 0))
    }
    #expect(upstream.requests.map(\.text) == [body, body, body])
  }

  @Test func optimizingFoldsWhatTheMessagesRepeat() async throws {
    let log = (0..<40).map { "line \($0): the server answered in \($0 * 7) ms" }
      .joined(separator: "\\n")
    let call =
      "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\","
      + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}"
    let result = "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"\(log)\"}"
    let body =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},\(call),\(result),\(call),\(result)]}"
    let upstream = try ScriptedUpstream(json: "{}")
    try await withServer(upstream, [.mode: "optimize", .model: "qwen3"]) { server in
      _ = try await server.chat(body)
      #expect(server.server.metrics.value(of: .savedTokens) > 300)
    }
    var folder = try BodyFolder(tokenizer: try Model.tokenizer(named: "qwen3"))
    let folded = try folder.fold(SourceText(name: "body", bytes: Array(body.utf8)))
    #expect(folded.bytes.count < body.utf8.count)
    #expect(upstream.requests.first?.body == folded.bytes)
  }

  @Test func anIndexInAFileOutlivesTheServer() async throws {
    @Sendable func body(_ ids: [String]) -> String {
      "{\"messages\":[{\"role\":\"user\",\"content\":\"Where?\"}],\"cpc\":\(Self.blocks(ids))}"
    }
    let folder = try Command.withTemporaryFolder { $0 }
    _ = try await blocking { try Command.shell("mkdir -p \(folder)") }
    let options: [ServerSetting: String] = [
      .mode: "safe", .model: "qwen3", .index: folder + "/index.db",
    ]
    var sent: [String] = []
    for ids in [["kitchen", "cellar", "attic"], ["attic", "cellar", "kitchen"]] {
      let upstream = try ScriptedUpstream(json: "{}")
      try await withServer(upstream, options) { server in _ = try await server.chat(body(ids)) }
      sent.append(try content(try #require(upstream.requests.first)))
    }
    _ = try await blocking { try Command.shell("rm -r \(folder)") }
    let documents = sent.map { $0.components(separatedBy: "</doc>\n").dropLast() }
    #expect(documents[0] == documents[1])
  }
}
