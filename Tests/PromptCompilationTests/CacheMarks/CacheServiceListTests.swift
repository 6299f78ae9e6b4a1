import PromptCompilation
import Testing

/// What services cache, as files say it.
@Suite struct CacheServiceListTests {
  @Test func readsTheListThatShips() throws {
    let list = try CacheServiceList()
    let anthropic = try #require(list.service(named: "anthropic", for: "claude-sonnet-4-5"))
    #expect(anthropic.breakpoints == 4)
    #expect(anthropic.marks == .cacheControl)
    #expect(anthropic.lookBackBlocks == 20)
    #expect(anthropic.lifetimes.map(\.ttl) == ["5m", "1h"])
    #expect(list.service(named: "other", for: "x") == nil)
  }

  @Test(
    arguments: [
      ("gpt-5.6", true), ("gpt-5.6-mini", true), ("gpt-5.10", true), ("gpt-6", true),
      ("gpt-5", false), ("gpt-5.5", false), ("gpt-4o", false), ("gpt-oss-20b", false),
      ("o3", false),
      ("", false),
    ] as [(ByteString, Bool)]) func laterModelsTakeMarks(model: ByteString, isMarked: Bool) throws
  {
    let service = try #require(try CacheServiceList().service(named: "openai", for: model))
    #expect((service.marks != nil) == isMarked)
  }

  @Test func minimumsGoByModel() throws {
    let prices = try PriceList(path: nil)
    let sonnet = prices.entry(named: "claude-sonnet-4.5")?.minimumTokens
    #expect(sonnet != nil)
    for name in ["claude-sonnet-4.5", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5-latest"] {
      #expect(prices.minimumTokens(ofModel: ByteString(name)) == sonnet)
    }
    for name in ["claude-sonnet-4-6", "gpt-4o-mini", "gpt-5-5", ""] {
      #expect(prices.minimumTokens(ofModel: ByteString(name)) == nil)
    }
  }

  @Test func faultsAreToldWithTheirPlace() {
    let text = """
      {"schema_version": 1,
       "services": [{"name": "x"}, {"nam": 1}, {"name": "y", "minimum_tokens": 1, "date": "d", "marks": "z"}]}
      """
    let error = #expect(throws: CompilationError.self) {
      try CacheServiceList(Array(text.utf8), name: "c.json")
    }
    #expect(error?.diagnostics.map(\.line).allSatisfy { $0 == 2 } == true)
    #expect((error?.diagnostics.count ?? 0) >= 3)
  }
}
