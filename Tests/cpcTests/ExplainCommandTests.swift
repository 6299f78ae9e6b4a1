import Bytes
import TestSupport
import Testing

/// `cpc explain`: the table, and the page with each token.
@Suite struct ExplainCommandTests {
  /// A page; a test that fails does not print all of it.
  private struct Page: CustomTestStringConvertible {
    let text: String
    var testDescription: String { "a page" }

    func contains(_ part: String) -> Bool { text.contains(part) }
    func count(_ part: String) -> Int { text.ranges(of: part).count }
  }

  /// Explains a spec on a page, which is checked, and returns it.
  private static func page(
    _ spec: String, _ arguments: [String] = [], before: [[String]] = []
  ) throws -> Page {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(Array(spec.utf8), to: "\(folder)/spec.json")
      for earlier in before { _ = try Command.run(earlier, folder: folder) }
      let result = try Command.run(
        ["explain", "spec.json", "--model", "qwen3", "--html", "page.html"] + arguments,
        folder: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == "")
      try HTMLPage.check("\(folder)/page.html")
      return Page(
        text: String(decoding: try Files.read("\(folder)/page.html"), as: UTF8.self))
    }
  }

  private static let repeated =
    "Invoices are due in thirty days from the date on them, and every reminder costs five euros."

  private static let folded = """
    {"cpc": 1, "system": "Be exact.", "blocks": [
      {"id": "old", "text": "Old terms.\\n\(repeated)\\nNo cash is taken at the counter of any shop."},
      {"id": "new", "text": "New terms.\\n\(repeated)\\nNo cash is taken at the counter of any shop.\\nCards are."}],
      "query": "What changed?"}
    """

  @Test func everyTokenHasItsElementAndItsID() throws {
    let page = try Self.page(Self.folded)
    let tokens = try Command.run(
      ["compile", "--model", "qwen3", "--format", "tokens", "-"], input: Self.folded)
    let ids = tokens.output.split(separator: "[").last?.split(separator: "]").first ?? ""
    #expect(page.contains("\"ids\":[\(ids)]"))
    #expect(
      page.count("<i>") + page.count("<i class=")
        == ids.split(separator: ",").count)
    #expect(page.contains("<i>When</i>") || page.contains("<i>What</i>"))
  }

  @Test func aReferenceLeadsToTheTextItStandsFor() throws {
    let page = try Self.page(Self.folded)
    let link = page.count("<a class=\"ref\" id=\"r0\" href=\"#s")
    #expect(link == 1)
    #expect(page.contains("data-from="))
    #expect(page.contains("[same as doc old"))
  }

  @Test func aBlockThatIsThereTwiceLeadsToTheFirst() throws {
    let text = Self.repeated + Self.repeated
    let page = try Self.page(
      """
      {"cpc": 1, "blocks": [{"id": "a", "text": "\(text)"}, {"id": "b", "text": "\(text)"}], "query": "?"}
      """)
    #expect(page.contains("<section class=\"part reference\""))
    #expect(page.contains("same-as"))
  }

  @Test func turnsStandUnderOneAnother() throws {
    let page = try Self.page(
      """
      {"cpc": 1, "system": "Be exact.", "conversation": [
        {"role": "user", "content": "One?"}, {"role": "assistant", "content": "Two."},
        {"role": "user", "content": "Three?"}, {"role": "assistant", "content": "Four."}],
        "query": "Five?"}
      """)
    #expect(page.contains("<h2>Turns</h2>"))
    #expect(page.count("<span class=\"share\">") == 3)
  }

  @Test func namesThePromptWhoseCacheIsUsed() throws {
    let compile = ["compile", "spec.json", "--model", "qwen3", "--index", "sent.db"]
    let page = try Self.page(Self.folded, ["--index", "sent.db"], before: [compile])
    #expect(page.contains("are believed to be cached (paged:16), 2 of 2 blocks"))
    #expect(page.contains("has the same beginning and old, new"))
    #expect(page.contains("<span class=\"cached\">"))
  }

  @Test func anIndexIsOnlyRead() throws {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(Array(Self.folded.utf8), to: "\(folder)/spec.json")
      for _ in 0..<2 {
        let result = try Command.run(
          ["explain", "spec.json", "--model", "qwen3", "--index", "sent.db"], folder: folder)
        #expect(result.output.contains("index: nothing of it is believed to be cached"))
      }
    }
  }

  @Test func hostileTextStaysText() throws {
    let text =
      "</script><script>alert(1)</script>]]>-->&amp;'`\\\"<img src=x> \\u001b[31m\\u202e\\u2066\\u0000😀"
    let page = try Self.page(
      """
      {"cpc": 1, "system": "\(text)", "blocks": [{"id": "<b>'x'", "title": "</title>\\"", "text": "\(text)"}],
       "conversation": [{"role": "user", "content": "\(text)"}, {"role": "assistant", "content": "\(text)"}],
       "query": "\(text)"}
      """, ["--passes", "none"])
    #expect(page.count("<script") == 2)
    #expect(!page.contains("<img"))
    // The token that the character is, or the bytes of those that it is cut into.
    #expect(page.contains("U+202E") || page.contains("\\xAE"))
  }

  @Test func aLongPromptIsASmallPage() throws {
    let line = "The \\\"cache\\\" of node 17 <held> 4096 pages & gave up 3 of them at 12:05.\\n"
    let blocks = (0..<40).map { number in
      "{\"id\": \"log-\(number)\", \"text\": \""
        + (0..<25).map { "\(number * 1000 + $0): \(line)" }.joined() + "\"}"
    }
    let page = try Self.page(
      "{\"cpc\": 1, \"blocks\": [\(blocks.joined(separator: ","))], \"query\": \"Why?\"}")
    let tokens = page.count("<i>") + page.count("<i class=")
    #expect(tokens > 30_000)
    #expect(page.text.utf8.count < 2_000_000 * tokens / 30_000 / 2)
  }
}
