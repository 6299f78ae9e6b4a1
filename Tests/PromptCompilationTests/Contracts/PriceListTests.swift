import PromptCompilation
import Testing

@Suite struct PriceListTests {
  @Test("the list that ships can be read, and a lost token costs the difference of the prices")
  func shipped() throws {
    let list = try PriceList(path: nil)
    #expect(list.currency == "USD")
    let entry = try #require(list.entry(named: "gpt-4o"))
    #expect(entry.loss(of: 1_000_000) == entry.input - entry.cachedInput)
    #expect(list.entry(named: "no-such") == nil)
  }

  @Test("faults are told with their place")
  func faults() {
    let text = """
      {"schema_version": 1, "date": "2026-01-01", "currency": "EUR",
       "models": [{"name": "m", "input": 1}, {"nam": "x"}]}
      """
    let error = #expect(throws: CompilationError.self) {
      try PriceList(Array(text.utf8), name: "p.json")
    }
    #expect(error?.diagnostics.map(\.line).allSatisfy { $0 == 2 } == true)
    #expect(error?.description.contains("did you mean \"name\"") == true)
  }
}
