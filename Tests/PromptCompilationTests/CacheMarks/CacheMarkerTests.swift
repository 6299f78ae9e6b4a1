import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// Where cache marks are put into request bodies.
@Suite struct CacheMarkerTests {
  /// A text of about `tokens` tokens, a JSON string.
  private static func text(_ tokens: Int) -> String {
    "\"" + String(repeating: "abc ", count: tokens) + "\""
  }

  private static let claude = #""model":"claude-sonnet-4-5","#
  private static let mark = #","cache_control":{"type":"ephemeral"}"#
  private static let point = #","prompt_cache_breakpoint":{"mode":"explicit"}"#

  private func mark(
    _ body: String, _ service: ByteString, _ settings: CacheMarkSettings = CacheMarkSettings()
  ) throws -> MarkedBody {
    let marker = try CacheMarker(service: service, settings)
    let source = SourceText(name: "body.json", bytes: Array(body.utf8))
    let marked = try marker.mark(source)
    #expect(marked.original == source.bytes)
    #expect((try? JSONParser.parse(marked.bytes)) != nil)
    return marked
  }

  private func string(_ marked: MarkedBody) -> String {
    String(decoding: marked.bytes, as: UTF8.self)
  }

  @Test func marksEachBoundaryOfAnthropic() throws {
    let (tool, system, document) = (Self.text(2000), Self.text(900), Self.text(700))
    let body =
      "{\(Self.claude) \"tools\":[{\"name\":\"f\"},{\"name\":\"g\",\"description\":\(tool) }],"
      + " \"system\": \(system), \"messages\":[{\"role\":\"user\",\"content\":["
      + "{\"type\":\"document\",\"source\":{\"type\":\"text\",\"data\":\(document)}},"
      + "{\"type\":\"text\",\"text\":\"Why?\" }]}] }"
    let marked = try mark(body, "anthropic")
    #expect(marked.marks.map(\.boundary) == [.tools, .system, .documents, .conversation])
    #expect(
      marked.marks.map(\.path) == [
        "/tools/1", "/system", "/messages/0/content/0", "/messages/0/content/1",
      ])
    let expected =
      "{\(Self.claude) \"tools\":[{\"name\":\"f\"},{\"name\":\"g\",\"description\":\(tool)\(Self.mark) }],"
      + " \"system\": [{\"type\":\"text\",\"text\":\(system)\(Self.mark)}], \"messages\":[{\"role\":\"user\",\"content\":["
      + "{\"type\":\"document\",\"source\":{\"type\":\"text\",\"data\":\(document)}\(Self.mark)},"
      + "{\"type\":\"text\",\"text\":\"Why?\"\(Self.mark) }]}] }"
    #expect(string(marked) == expected)
  }

  @Test func countsTokensAndNotCharacters() throws {
    // 4,000 characters are about 1,000 tokens: less than the minimum of 1,024.
    let short = "{\(Self.claude)\"system\":\(Self.text(1000)),\"messages\":[]}"
    #expect(try mark(short, "anthropic").marks.isEmpty)
    // An estimate must be a quarter above it.
    let middle = "{\(Self.claude)\"system\":\(Self.text(1200)),\"messages\":[]}"
    #expect(try mark(middle, "anthropic").marks.isEmpty)
    let long = "{\(Self.claude)\"system\":\(Self.text(1300)),\"messages\":[]}"
    #expect(try mark(long, "anthropic").marks.map(\.boundary) == [.system])
    // Of a model that is not known the highest minimum holds.
    let other = "{\"model\":\"claude-x\",\"system\":\(Self.text(4200)),\"messages\":[]}"
    #expect(try mark(other, "anthropic").marks.isEmpty)
  }

  @Test func neverMoreThanAllowed() throws {
    let own = #","cache_control":{"type":"ephemeral"}"#
    for count in 0...6 {
      let blocks = (0..<6).map { index in
        "{\"type\":\"text\",\"text\":\(Self.text(1500))\(index < count ? own : "")}"
      }
      let body =
        "{\(Self.claude)\"tools\":[{\"name\":\"f\",\"description\":\(Self.text(2000))}],"
        + "\"system\":\(Self.text(1500)),\"messages\":[{\"role\":\"user\",\"content\":["
        + blocks.joined(separator: ",") + "]}]}"
      let marked = try mark(body, "anthropic")
      #expect(marked.ownMarkCount == count)
      #expect(marked.marks.count == min(3, max(4 - count, 0)))
      if count >= 4 { #expect(string(marked) == body) }
    }
  }

  @Test func documentsOfLaterTurnsAreNotShared() throws {
    let document =
      "{\"type\":\"document\",\"source\":{\"type\":\"text\",\"data\":\(Self.text(2000))}}"
    let message = "{\"role\":\"user\",\"content\":[\(document),{\"type\":\"text\",\"text\":\"x\"}]}"
    func body(_ before: String) -> String { "{\(Self.claude)\"messages\":[\(before)\(message)]}" }
    #expect(try mark(body(""), "anthropic").marks.map(\.boundary) == [.documents, .conversation])
    let turns = #"{"role":"user","content":"a"},{"role":"assistant","content":"b"},"#
    #expect(try mark(body(turns), "anthropic").marks.map(\.boundary) == [.conversation])
  }

  @Test func marksInToolResultsAndOfTheRequestCount() throws {
    let nested =
      "{\(Self.claude)\"cache_control\":{\"type\":\"ephemeral\"},\"system\":\(Self.text(1500)),\"messages\":["
      + "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"content\":["
      + "{\"type\":\"text\",\"text\":\"x\"\(Self.mark)},{\"type\":\"text\",\"text\":\"y\"\(Self.mark)}]}]}]}"
    let marked = try mark(nested, "anthropic")
    #expect(marked.ownMarkCount == 3)
    #expect(marked.marks.map(\.boundary) == [.system])
    #expect(marked.marks.map(\.lifetime) == [nil])
    let hour =
      "{\(Self.claude)\"system\":\(Self.text(1500)),\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
      + "\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}}"
    let whole = try mark(hour, "anthropic")
    #expect(whole.marks.map(\.boundary) == [.system])
    #expect(whole.marks.map(\.lifetime) == ["1h"])
  }

  @Test func marksTheTurnBeforeOnlyWhereItIsOutOfSight() throws {
    func body(_ blockCount: Int) -> String {
      let result = #"{"type":"tool_result","tool_use_id":"1","content":"ok"}"#
      let results = Array(repeating: result, count: blockCount).joined(separator: ",")
      return "{\(Self.claude)\"messages\":[{\"role\":\"user\",\"content\":\(Self.text(2000))},"
        + "{\"role\":\"assistant\",\"content\":\"I call.\"},"
        + "{\"role\":\"user\",\"content\":[\(results)]}]}"
    }
    #expect(try mark(body(18), "anthropic").marks.map(\.boundary) == [.conversation])
    #expect(
      try mark(body(19), "anthropic").marks.map(\.boundary) == [.earlierTurns, .conversation])
  }

  @Test func longerLivesStandFirst() throws {
    let settings = CacheMarkSettings(lifetime: "1h")
    func body(_ system: String, _ user: String) -> String {
      "{\(Self.claude)\"tools\":[{\"name\":\"f\",\"description\":\(Self.text(2000))}],\"system\":["
        + "{\"type\":\"text\",\"text\":\(Self.text(100))\(system)},{\"type\":\"text\",\"text\":\(Self.text(100))}],"
        + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"\(user)},"
        + "{\"type\":\"text\",\"text\":\"y\"}]}]}"
    }
    #expect(
      try mark(body("", ""), "anthropic", settings).marks.map(\.lifetime) == ["1h", "1h", nil])
    #expect(
      try mark(body(Self.mark, ""), "anthropic", settings).marks.map(\.lifetime)
        == ["1h", nil, nil])
    // What stands before a mark for an hour must live as long.
    let hour = #","cache_control":{"type":"ephemeral","ttl":"1h"}"#
    #expect(try mark(body("", hour), "anthropic").marks.map(\.lifetime) == ["1h", "1h", nil])
    #expect(
      try mark(body(Self.mark, hour), "anthropic").marks.map(\.boundary)
        == [.tools, .conversation])
  }

  @Test func marksWhatPays() throws {
    let body =
      "{\(Self.claude)\"system\":\(Self.text(1500)),\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
    let once = CacheMarkSettings(conversationReads: 0)
    #expect(try mark(body, "anthropic", once).marks.map(\.boundary) == [.system])
    // Writing for an hour costs 1 more, and one read saves 0.9.
    let rare = CacheMarkSettings(lifetime: "1h", sharedReads: 1)
    #expect(try mark(body, "anthropic", rare).marks.map(\.boundary) == [.conversation])
  }

  @Test func marksChatCompletions() throws {
    let body =
      "{\"model\":\"gpt-5.6\",\"messages\":[{\"role\":\"developer\",\"content\":\(Self.text(2000))},"
      + "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"},{\"type\":\"text\",\"text\":\"x\"}]},"
      + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[]},{\"role\":\"tool\",\"content\":\"ok\"}]}"
    let marked = try mark(body, "openai")
    #expect(marked.marks.map(\.boundary) == [.system, .earlierTurns, .conversation])
    let key = try #require(marked.cacheKey)
    let expected =
      "{\"model\":\"gpt-5.6\",\"messages\":[{\"role\":\"developer\",\"content\":[{\"type\":\"text\",\"text\":\(Self.text(2000))\(Self.point)}]},"
      + "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"},{\"type\":\"text\",\"text\":\"x\"\(Self.point)}]},"
      + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[]},{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":\"ok\"\(Self.point)}]}]"
      + ",\"prompt_cache_key\":\"\(key)\",\"prompt_cache_options\":{\"mode\":\"explicit\"}}"
    #expect(string(marked) == expected)
  }

  @Test func marksResponses() throws {
    let body = "{ \"input\" : \(Self.text(2000)) , \"model\":\"gpt-6\"}"
    let expected =
      "{ \"input\" : [{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\(Self.text(2000))\(Self.point)}]}] , \"model\":\"gpt-6\""
      + ",\"prompt_cache_options\":{\"mode\":\"explicit\"}}"
    #expect(string(try mark(body, "openai")) == expected)
    let items =
      "{\"model\":\"gpt-6\",\"instructions\":\(Self.text(2000)),\"prompt_cache_options\":{\"mode\":\"implicit\"},\"prompt_cache_key\":\"k\","
      + "\"input\":[{\"role\":\"user\",\"content\":\"x\"},{\"type\":\"function_call\",\"arguments\":\"{}\"},"
      + "{\"type\":\"function_call_output\",\"output\":\"ok\"}]}"
    let marked = try mark(items, "openai")
    #expect(marked.marks.map(\.path) == ["/input/0/content", "/input/2/output"])
    #expect(marked.cacheKey == nil)
    #expect(!string(marked).contains("explicit\"},\"prompt_cache_key"))
  }

  @Test func modelsWithoutMarksGetAKey() throws {
    func body(_ question: String, _ system: String = "s") -> String {
      "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"system\",\"content\":\"\(system)\"},"
        + "{\"role\":\"system\",\"content\":\(Self.text(2000))},{\"role\":\"user\",\"content\":\"\(question)\"}]}"
    }
    let (one, two) = (try mark(body("x"), "openai"), try mark(body("y"), "openai"))
    #expect(one.marks.isEmpty)
    #expect(one.cacheKey != nil && one.cacheKey == two.cacheKey)
    #expect(try mark(body("x", "t"), "openai").cacheKey != one.cacheKey)
    let marker = try CacheMarker(service: "openai")
    let source = SourceText(name: "b", bytes: Array(body("x").utf8))
    #expect(try marker.mark(source, tenant: "other").cacheKey != one.cacheKey)
  }

  @Test func usageCorrectsEstimates() throws {
    let body = "{\(Self.claude)\"system\":\(Self.text(1200)),\"messages\":[]}"
    var marker = try CacheMarker(service: "anthropic")
    let source = SourceText(name: "b", bytes: Array(body.utf8))
    let marked = try marker.mark(source)
    #expect(marked.marks.isEmpty)
    marker.estimate.correct(estimated: marked.tokens, actual: marked.tokens * 3 / 2)
    #expect(marker.estimate.factor == 1.5)
    #expect(try marker.mark(source).marks.map(\.boundary) == [.system])
    marker.estimate.correct(estimated: 1800, actual: 1800)
    #expect(marker.estimate.factor == 1.5)
    marker.estimate.correct(estimated: 0, actual: 1)
    #expect(marker.estimate.factor == 1.5)
  }

  @Test func faultsAreTold() throws {
    #expect(throws: CompilationError.self) { try CacheMarker(service: "nobody") }
    #expect(throws: CompilationError.self) {
      try CacheMarker(service: "anthropic", CacheMarkSettings(lifetime: "2h"))
    }
    let marker = try CacheMarker(service: "anthropic")
    #expect(throws: CompilationError.self) {
      try marker.mark(SourceText(name: "b", bytes: Array("[]".utf8)))
    }
  }

  /// Random bodies of all forms: no more than four marks, and every byte stays.
  @Test(arguments: RandomBody.Form.allCases, ["anthropic", "openai"] as [ByteString])
  func everyByteStays(form: RandomBody.Form, service: ByteString) throws {
    for seed in 0..<30 as Range<UInt64> {
      var random = RandomBody(form, seed: seed)
      for turn in random.turns(3) {
        let body = String(decoding: turn, as: UTF8.self).replacing(
          "\"x\": 1.50", with: "\"model\":\"gpt-5.6\",\"x\": 1.50")
        let tokens = CacheMarkSettings()
        let marker = try CacheMarker(
          service: service, tokens, services: try Self.lowMinimums(), estimate: try TokenEstimate())
        let source = SourceText(name: "b", bytes: Array(body.utf8))
        let marked = try marker.mark(source)
        #expect(marked.original == source.bytes)
        #expect(marked.marks.count <= 4)
        let again = try marker.mark(SourceText(name: "b", bytes: marked.bytes))
        #expect(again.ownMarkCount == marked.marks.count, "\(seed)")
        #expect((marked.marks + again.marks).count <= 4)
      }
    }
  }

  private static func lowMinimums() throws -> CacheServiceList {
    var list = try CacheServiceList()
    for index in list.services.indices { list.services[index].minimumTokens = 50 }
    return list
  }
}
