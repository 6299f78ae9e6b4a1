import Bytes
import PromptCompilation
import TestSupport
import Testing

/// Where and why two prompts part, by what was changed in a spec.
@Suite struct PrefixDifferenceTests {
  private static let spec = """
    {"cpc": 1,
    "system": "Be exact. \\u00e9t\\u00e9 \\"quoted\\" end.",
    "blocks": [{"id": "old", "title": "Terms", "text": "One two three."},
    {"id": "new", "text": "Four five six."}],
    "conversation": [{"role": "user", "content": "First?"},
    {"role": "assistant", "content": "Yes."}],
    "query": "And now?",
    "policy": {"order": "given"}}
    """

  private static func prompt(_ json: String) throws -> TokenizedPrompt {
    try TokenizedPrompt(
      try Qwen3.compile(try Spec.parse(json), passes: .none),
      tokenizer: try Qwen3.model.get().tokenizer)
  }

  @Test(arguments: [
    ("end.", "END.", "the text of system differs", "system", 2, 47),
    ("One two", "One 2", "the text of block old differs", "blocks[0].text", 3, 57),
    ("Terms", "Words", "the id or the title of block old differs", "blocks[0].title", 3, 36),
    ("First?", "Second?", "the text of turn 0 differs", "conversation[0].content", 5, 46),
    ("Yes.", "No.", "the text of turn 1 differs", "conversation[1].content", 6, 35),
    ("And now?", "And then?", "the text of query differs", "query", 7, 15),
  ])
  func namesTheField(
    old: String, new: String, reason: String, field: String, line: Int, column: Int
  ) throws {
    let other = Self.spec.replacing(old, with: new)
    let difference = PrefixDifference(try Self.prompt(Self.spec), try Self.prompt(other))
    #expect(difference.relation == .differ)
    #expect(difference.reason == reason)
    #expect(
      difference.first.place
        == PromptPlace(field: field, file: "spec.json", line: line, column: column))
    let (one, two) = (difference.first, difference.second)
    let shared = difference.sharedTokens
    #expect(one.prompt.tokens[..<shared] == two.prompt.tokens[..<shared])
    #expect(one.token != two.token)
    #expect(one.remainingTokens == one.prompt.tokens.count - shared)
  }

  @Test func countsWhatBothHaveBehindTheDifference() throws {
    let swapped = Self.spec
      .replacing(#"{"id": "old", "title": "Terms", "text": "One two three."},"#, with: "")
      .replacing(
        #"{"id": "new", "text": "Four five six."}"#,
        with:
          #"{"id": "new", "text": "Four five six."}, {"id": "old", "title": "Terms", "text": "One two three."}"#
      )
    let difference = PrefixDifference(try Self.prompt(Self.spec), try Self.prompt(swapped))
    #expect(
      difference.reason == "the blocks stand in another order: block old here, block new there")
    let blocks = difference.first.prompt.sections.filter { $0.kind == .block }
    #expect(difference.movableTokens == blocks.reduce(0) { $0 + $1.tokens.count })
  }

  @Test func tellsWhatIsOnlyInOne() throws {
    let without = Self.spec.replacing(
      #"{"id": "old", "title": "Terms", "text": "One two three."},"#, with: "")
    let difference = PrefixDifference(try Self.prompt(Self.spec), try Self.prompt(without))
    #expect(difference.reason == "block old is only in the first prompt")
  }

  @Test func aPromptIsTheBeginningOfItself() throws {
    let prompt = try Self.prompt(Self.spec)
    let tokenizer = try Qwen3.model.get().tokenizer
    #expect(PrefixDifference(prompt, prompt).relation == .equal)
    let part = try TokenizedPrompt(
      name: "part", tokens: Array(prompt.tokens.dropLast(3)), tokenizer: tokenizer)
    #expect(PrefixDifference(prompt, part).relation == .secondIsPrefix)
    #expect(PrefixDifference(part, prompt).relation == .firstIsPrefix)
    let empty = try TokenizedPrompt(name: "empty", tokens: [], tokenizer: tokenizer)
    #expect(PrefixDifference(empty, prompt).sharedTokens == 0)
    #expect(PrefixDifference(empty, empty).relation == .equal)
  }

  @Test func theSameTextInOtherTokens() throws {
    let tokenizer = try Qwen3.model.get().tokenizer
    let whole = try TokenizedPrompt(name: "a", text: Array("Hello".utf8), tokenizer: tokenizer)
    let letters = try "Hello".utf8.flatMap { try tokenizer.makeEncoder().encode([$0]).ids }
    let spelled = try TokenizedPrompt(name: "b", tokens: letters, tokenizer: tokenizer)
    #expect(
      PrefixDifference(whole, spelled).reason == "the same text is cut into other tokens")
  }

  @Test func piecesMakeUpTheText() throws {
    let prompt = try Self.prompt(Self.spec)
    #expect(prompt.tokens.indices.flatMap { Array(prompt.piece($0)) } == prompt.text)
  }

  @Test func aTurnSharesWhatTheTemplateKeeps() throws {
    let spec = try Spec.parse(
      """
      {"cpc": 1, "system": "Be exact.", "conversation": [{"role": "user", "content": "One?"},
      {"role": "assistant", "content": "Two."}], "query": "Three?"}
      """)
    let turns = try Qwen3.compiler().turns(of: spec)
    #expect(turns.map(\.turn) == [0, nil])
    #expect(turns[0].sharedTokens == 0)
    #expect(turns[1].sharedTokens + turns[1].recomputedTokens == turns[0].tokens)
    #expect(turns[1].tokens == (try Qwen3.compile(spec)).tokens.count)
    #expect(try Qwen3.compiler().turns(of: try Spec.parse(#"{"cpc": 1, "query": "?"}"#)).isEmpty)
  }
}
