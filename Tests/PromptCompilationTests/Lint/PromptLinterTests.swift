import Bytes
import PromptCompilation
import Testing

@Suite struct PromptLinterTests {
  private static let compiler = Result { PromptCompiler(model: try Model.named("qwen3")) }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// What is found in a spec of a system text and further members.
  private static func rules(
    system: String = "You answer questions.", _ members: String = "\"query\": \"Q\"",
    model: String? = nil
  ) throws -> [String] {
    let json = "{\"cpc\": 1, \"system\": \(quoted(system)), \(members)}"
    let spec = try Spec(jsonBytes: Array(json.utf8), name: "a.json")
    let compiler = try model.map { PromptCompiler(model: try Model.named(ByteString($0))) }
    let linter = try PromptLinter(compilers: [try compiler ?? Self.compiler.get()])
    return try linter.findings(in: spec).map(\.rule.rawValue)
  }

  @Test("what changes from request to request is found in many forms", arguments: plantedTexts)
  func planted(rule: String, text: String) throws {
    #expect(try Self.rules(system: "You answer questions. \(text) Be brief.") == [rule], "\(text)")
  }

  static let plantedTexts: [(String, String)] = [
    ("CPC001", "Today is 2026-11-23."), ("CPC001", "It is 2026-11-23T09:41:07Z."),
    ("CPC001", "Date: 2026-11-23 09:41 UTC"), ("CPC001", "Date: 11/23/2026."),
    ("CPC001", "Datum: 23.11.2026."), ("CPC001", "Date: 2026/11/23."),
    ("CPC001", "November 23, 2026."), ("CPC001", "Nov 23rd, 2026."),
    ("CPC001", "The 23rd of November 2026."), ("CPC001", "Heute ist der 23. November 2026."),
    ("CPC001", "Heute ist Montag."), ("CPC001", "Nous sommes le 23 novembre 2026."),
    ("CPC001", "Nous sommes lundi."), ("CPC001", "Hoy es 23 de noviembre de 2026."),
    ("CPC001", "Hoy es lunes."), ("CPC001", "Oggi è il 23 novembre 2026."),
    ("CPC001", "Hoje é 23 de novembro de 2026."), ("CPC001", "Vandaag is het 23 november 2026."),
    ("CPC001", "Сегодня 23 ноября 2026 года."), ("CPC001", "Dzisiaj jest 23 listopada 2026."),
    ("CPC001", "今天是2026年11月23日。"), ("CPC001", "今日は2026年11月23日です。"),
    ("CPC001", "오늘은 2026년 11월 23일입니다."), ("CPC001", "今天是星期一。"),
    ("CPC001", "Today is Monday."), ("CPC001", "Current time: 09:41."),
    ("CPC001", "The clock says 09:41:07."), ("CPC001", "Generated at 1795426867."),
    ("CPC001", "Timestamp 1795426867123."), ("CPC001", "Mon, 23 Nov 2026 09:41:07"),
    ("CPC001", "It is Monday afternoon."),
    ("CPC002", "Trace 123e4567-e89b-12d3-a456-426614174000."),
    ("CPC002", "Request ID: 8f14e45f."), ("CPC002", "req_8f14e45fceea."),
    ("CPC002", "Session-ID 77ab12."), ("CPC002", "user_id=48213."),
    ("CPC002", "Conversation ID: c-20931."), ("CPC002", "Sitzungs-ID: 77ab12."),
    ("CPC002", "请求编号：A7731。"), ("CPC002", "chatcmpl-9xYz12AbC."), ("CPC002", "thread_8x7c6v5b."),
    ("CPC002", "01ARZ3NDEKTSV4RRFFQ69G5FAV is the key."),
    ("CPC003", "Served by 10.0.3.17."), ("CPC003", "Host: web-17.example."),
    ("CPC003", "Ask db1.prod.internal."), ("CPC003", "You run on localhost:8080."),
    ("CPC003", "You run on ip-10-0-3-17."), ("CPC003", "From 2001:db8:85a3:0:0:8a2e:370:7334."),
    ("CPC003", "Pod chat-7d9f8b6c5d-x2k9q."), ("CPC003", "printer.local has paper."),
    ("CPC004", "Nonce a8f3k29dk2l0s9d8."), ("CPC004", "Key 9f86d081884c7d659a2feaa0c55ad015."),
    ("CPC004", "Salt Zk3mQ9xT2bV7nL5pR1."),
    ("CPC005", "This is request #4711."), ("CPC005", "Attempt no. 3."),
    ("CPC005", "Turn number 12."), ("CPC005", "You have seen message 10452."),
    ("CPC005", "Anfrage Nr. 17."), ("CPC005", "Versuch #2."), ("CPC005", "Requête n° 17."),
    ("CPC005", "Intento #4."), ("CPC005", "第12次提问。"), ("CPC005", "12回目の質問です。"),
    ("CPC006", "You help ${user}."), ("CPC006", "It is ${now}."),
    ("CPC008", "Stop at <|im_end|>."),
  ]

  @Test(
    "what never changes is not found",
    arguments: [
      "You have known the rules since 2024-01-01.", "Prices are valid from 1 March 2026.",
      "Seit dem 1. März 2024 gilt die neue Ordnung.", "Your knowledge cutoff is June 2024.",
      "We are open from 09:00 to 17:00 on Mondays.", "Use version 1.2.3 of the API.",
      "Read https://example.com/help/2024 first.", "Answer at most 500 requests a day.",
      "The ratio is 16:9, chapter 3:14.", "Use gpt-4o-2024-08 as a name.",
      "Internationalization and telecommunications are words.", "Call +49 30 1234567.",
      "Order numbers have 8 digits, such as those that begin with 4.",
      "Costs are $${price} literally.",
      "Ask for the session id if it is missing.", "Never give the user's id away.",
      "Step 3: turn 2 screws. Run 5 km.", "昨天的新闻很多，请用中文回答。",
      "Reply in JSON: {\"date\": \"YYYY-MM-DD\"}.",
      "The train stops at Harbour, Mill and Abbey.", "Today's specials are in the menu.",
      "A room costs 120 euros in 2026.",
    ])
  func clean(text: String) throws {
    #expect(try Self.rules(system: text) == [])
  }

  @Test(
    "what stands in tools, blocks and breakpoints is looked at",
    arguments: [
      (
        "\"tools\": [{\"function\": {\"name\": \"b\"}}, {\"function\": {\"name\": \"a\"}}]",
        ["CPC009"]
      ),
      (
        """
        "tools": [{"function": {"name": "a", "description": "x"}},
         {"function": {"description": "y", "name": "b"}}]
        """, ["CPC010"]
      ),
      (
        "\"tools\": [{\"function\": {\"name\": \"a\", \"description\": \"Today is Monday.\"}}]",
        ["CPC001"]
      ),
      (
        "\"blocks\": [{\"id\": \"doc1\", \"text\": \"a\"}, {\"id\": \"doc2\", \"text\": \"b\"}]",
        ["CPC012"]
      ),
      ("\"blocks\": [{\"id\": \"g8\", \"text\": \"a\"}, {\"id\": \"g20\", \"text\": \"b\"}]", []),
      ("\"blocks\": [{\"pin\": \"first\", \"text\": \"Today is 2026-11-23.\"}]", ["CPC001"]),
      ("\"blocks\": [{\"pin\": \"first\", \"text\": \"Signed on 2026-11-23.\"}]", []),
      ("\"blocks\": [{\"text\": \"Today is 2026-11-23.\"}]", []),
      ("\"blocks\": [{\"text\": \"An <|im_start|> in a document.\"}]", ["CPC008"]),
      (
        """
        "tools": [{"name": "a", "cache_control": {}}, {"name": "b", "cache_control": {}},
         {"name": "c", "cache_control": {}}, {"name": "d", "cache_control": {}},
         {"name": "e", "cache_control": {}}]
        """, ["CPC016"]
      ),
    ] as [(String, [String])])
  func members(members: String, rules: [String]) throws {
    #expect(try Self.rules("\(members), \"query\": \"Q\"") == rules)
  }

  @Test("templates are asked")
  func templates() throws {
    #expect(try Self.rules(system: " Answer. ", model: "llama3").contains("CPC011"))
    #expect(try Self.rules(model: "gpt-oss") == ["CPC014"])
    let turns = """
      "conversation": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}],
      "query": "Q"
      """
    #expect(try Self.rules(turns, model: "mistral-nemo").contains("CPC013"))
    #expect(try Self.rules(turns) == [])
  }

  @Test("a finding tells the place and the field")
  func place() throws {
    let json = "{\"cpc\": 1, \"query\": \"Q\",\n \"system\": \"Be kind. Today is Monday.\"}"
    let spec = try Spec(jsonBytes: Array(json.utf8), name: "a.json")
    let finding = try #require(try PromptLinter(compilers: []).findings(in: spec).first)
    #expect(finding.place.line == 2)
    #expect(finding.place.column == 22)
    #expect(finding.place.field == "system")
    #expect(finding.message.hasPrefix("system: \"Today is Monday\" looks as if it changed"))
  }

  @Test("a spec suppresses a rule with a reason, and not without")
  func suppression() throws {
    let lint =
      "\"query\": \"Q\", \"policy\": {\"lint\": [{\"rule\": \"CPC001\", \"reason\": \"a test\"}]}"
    #expect(try Self.rules(system: "Today is Monday.", lint) == [])
    #expect(throws: CompilationError.self) {
      try Self.rules(lint.replacing("a test", with: ""))
    }
    #expect(throws: CompilationError.self) {
      try Self.rules(lint.replacing("CPC001", with: "CPC999"))
    }
  }
}
