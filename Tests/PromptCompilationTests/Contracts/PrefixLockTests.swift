import Bytes
import PromptCompilation
import Testing

@Suite struct PrefixLockTests {
  private static let compiler = Result { PromptCompiler(model: try Model.named("qwen3")) }

  private static func spec(_ json: String) throws -> Spec {
    try Spec(jsonBytes: Array(json.utf8), name: "a.json")
  }

  private static func head(_ json: String) throws -> PromptHead {
    try compiler.get().head(of: try spec(json))
  }

  /// How the head of `new` differs from the locked one of `old`; the lock goes through its file.
  private static func difference(_ old: String, _ new: String) throws -> HeadDifference? {
    var written = PrefixLock()
    written.add(try head(old), ofSpec: "a.json")
    let lock = try PrefixLock(written.json, name: "cpc.lock")
    let model = try #require(lock.model(named: "qwen3"))
    let locked = try #require(lock.heads.first)
    return try locked.difference(
      from: try head(new), model, try compiler.get().model.tokenizer)
  }

  private static let plain = """
    {"cpc": 1,
     "system": "You answer questions.",
     "blocks": [
      {"id": "rules", "pin": "first", "text": "Be brief.\\nBe kind."},
      {"id": "news", "text": "It rains."}],
     "query": "Why, ${name}?"}
    """

  @Test("the head of a spec is the beginning of its prompt")
  func beginning() throws {
    let json = Self.plain.replacing("${name}", with: "Ada")
    let prompt = try Self.compiler.get().compile(try Self.spec(json))
    let head = try Self.head(json)
    #expect(prompt.tokens.starts(with: head.tokens))
    #expect(prompt.text.starts(with: head.text))
    #expect(head.sections.map(\.kind) == [.system, .opening, .block])
    #expect(head.sections.map(\.field) == ["system", nil, "blocks[0]"])
    #expect(head.sections.map(\.prefix) == prompt.seal.sections.prefix(3).map(\.prefix))
  }

  @Test(
    "what stands behind the head is no difference",
    arguments: [
      ("It rains.", "It snows."), ("Why, ${name}?", "What else?"),
      ("\\\"news\\\"", "\\\"weather\\\""),
    ])
  func behind(old: String, new: String) throws {
    #expect(try Self.difference(Self.plain, Self.plain.replacing(old, with: new)) == nil)
  }

  @Test("a lock survives its file")
  func file() throws {
    var lock = PrefixLock()
    lock.add(try Self.head(Self.plain), ofSpec: "b.json")
    lock.add(try Self.head(Self.plain), ofSpec: "a.json")
    lock.add(try Self.head(Self.plain), ofSpec: "b.json")
    #expect(lock.heads.map(\.spec) == ["a.json", "b.json"])
    #expect(try PrefixLock(lock.json, name: "cpc.lock").json == lock.json)
  }

  @Test("a change of the system text is found with its token, line, column and field")
  func system() throws {
    let new = Self.plain.replacing("You answer", with: "Today is Monday. You answer")
    let difference = try #require(try Self.difference(Self.plain, new))
    #expect(difference.cause == .spec)
    #expect(difference.place.file == "a.json")
    #expect(difference.place.line == 2)
    #expect(difference.place.column == 13)
    #expect(difference.place.field == "system")
    #expect(difference.token == 3)
    #expect(difference.locked?.text == "You")
    #expect(difference.current?.text == "Today")
    #expect(difference.lostTokens == difference.lockedTokens - 3)
  }

  @Test("the column counts the spec's own characters, escapes included")
  func column() throws {
    let old = Self.plain.replacing("You answer questions.", with: "\\u00dcber \\\"x\\\" ist es so.")
    let difference = try #require(
      try Self.difference(old, old.replacing("ist es", with: "ist's")))
    #expect(difference.place.column == 32)
    #expect(difference.place.field == "system")
  }

  @Test(
    "sections that are new, gone or elsewhere are named",
    arguments: [
      ("\"pin\": \"first\", ", "", "block \"rules\" is not there any more", 4),
      ("{\"id\": \"news\",", "{\"id\": \"news\", \"pin\": \"first\",", "block \"news\" is new", 5),
      ("\"Be brief.", "\"Be short.", "blocks[0].text changed", 4),
    ])
  func blocks(old: String, new: String, summary: String, line: Int) throws {
    let difference = try #require(
      try Self.difference(Self.plain, Self.plain.replacing(old, with: new)))
    #expect(difference.summary == summary)
    #expect(difference.cause == .spec)
    #expect(difference.place.line == line)
  }

  @Test("a change of a tool is found by its path")
  func tools() throws {
    func spec(_ description: String, key: String = "name") -> String {
      """
      {"cpc": 1, "query": "Q", "tools": [{"type": "function", "function": {"\(key)": "f",
       "description": "\(description)", "parameters": {"type": "object"}}}]}
      """
    }
    let difference = try #require(try Self.difference(spec("Finds."), spec("Seeks.")))
    #expect(difference.place.field == "tools[0].function.description")
    #expect(difference.place.line == 2)
    let renamed = try Self.difference(spec("F."), spec("F.", key: "id"))
    #expect(renamed?.section == .tools)
  }

  @Test("behind what the lock keeps of the text the line is known")
  func longText() throws {
    let lines = (0..<2_000).map { "Rule \($0) is as good as any other." }
    let old = Self.plain.replacing("Be brief.", with: lines.joined(separator: "\\n"))
    #expect(try Self.difference(old, old) == nil)
    let difference = try #require(
      try Self.difference(old, old.replacing("Rule 1500 ", with: "Rule 15OO ")))
    #expect(!difference.isExact)
    #expect(difference.locked == nil)
    #expect(difference.current?.text == "Rule")
    #expect(difference.place.field == "blocks[0].text")
    #expect((1...difference.lockedTokens).contains(difference.lostTokens))
  }

  @Test("another template is a difference, with its line")
  func template() throws {
    var lock = PrefixLock()
    lock.add(try Self.head(Self.plain), ofSpec: "a.json")
    let model = try Self.compiler.get().model
    var source = try Files.read("\(try ModelCatalog().folder.path)/templates/qwen3.jinja")
    source += Array("{#- more -#}\n".utf8)
    let template = try ModelTemplate(source: source, name: "qwen3.jinja")
    let other = PromptCompiler(
      model: Model(
        profile: model.profile, tokenizer: model.tokenizer, templates: ModelTemplates(template)))
    let locked = try #require(lock.model(named: "qwen3"))
    let head = try other.head(of: try Self.spec(Self.plain))
    let difference = try #require(
      try lock.heads.first?.difference(from: head, locked, model.tokenizer))
    #expect(difference.cause == .template)
    #expect(difference.lostTokens == 0)
    let lines = source.count { $0 == UInt8(ascii: "\n") }
    #expect(difference.summary.contains("qwen3.jinja:\(lines)"))
  }

  @Test(
    "a lock that is none is refused with its place",
    arguments: [
      ("{", "cpc.lock:1:2"), ("[]", "must be an object"), ("{}", "\"schema_version\" is missing"),
      ("{\"schema_version\": 2}", "from 1 to 1"),
      ("{\"schema_version\": 1, \"models\": []}", "\"prompts\" is missing"),
      ("{\"schema_version\": 1, \"models\": [], \"prompts\": [{\"spec\": 1}]}", "must be a string"),
    ])
  func faults(text: String, message: String) {
    let error = #expect(throws: CompilationError.self) {
      try PrefixLock(Array(text.utf8), name: "cpc.lock")
    }
    #expect(error?.description.contains(message) == true)
  }
}
