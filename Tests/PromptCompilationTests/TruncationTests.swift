import Bytes
import PromptCompilation
import TestSupport
import Testing

/// Of the most important block that does not fit a budget the beginning is shown, where the budget says so.
@Suite struct TruncationTests {
  private func compile(_ text: ByteString, tokens: Int) throws -> CompiledPrompt {
    var spec = Spec(
      blocks: [
        Block(id: "a", text: "First."), Block(id: "b", text: text), Block(id: "c", text: "C"),
      ],
      query: "q")
    spec.policy.budget = Policy.Budget(tokens: tokens, overflow: .truncate)
    return try Qwen3.compile(spec)
  }

  /// What is kept is a prefix of the text, the line behind it is right, and the limit is used up to a part of
  /// the block.
  @Test func showsABeginningAndSaysHowMuchIsLeftOut() throws {
    let tokenizer = try Qwen3.model.get().tokenizer
    var generator = SeededGenerator(seed: 80)
    var cuts = 0
    for _ in 0..<60 {
      let words = RandomText.text(length: 400, using: &generator).filter { $0 != UInt8(ascii: "<") }
      let text = try Qwen3.compile(Spec(blocks: [Block(text: ByteString(words))], query: "q"))
        .blocks[0].text
      let limit = Int.random(in: 70...300, using: &generator)
      let prompt = try compile(text, tokens: limit)
      #expect(prompt.tokens.count <= limit)
      guard let cut = prompt.fit?.truncated.first else { continue }
      cuts += 1
      let shown = try #require(prompt.blocks.first { $0.label == "b" }).text.bytes
      let line = try #require(shown.lastIndex(of: UInt8(ascii: "\n")))
      let kept = Array(shown[..<line])
      #expect(text.bytes.starts(with: kept))
      #expect(
        String(decoding: shown[line...], as: UTF8.self)
          == "\n[\(cut.tokensLeftOut) of \(cut.tokens) tokens left out]")
      #expect(cut.tokens == (try tokenizer.count(text.bytes)))
      #expect(cut.tokensLeftOut == cut.tokens - (try tokenizer.count(kept)))
      #expect(prompt.fit?.dropped.contains { $0.label == "b" } == false)
    }
    #expect(cuts > 20)
  }

  @Test func cutsAtAnEndThatCanBeRead() throws {
    let sentence = "The cat sat on the mat and looked at the dog."
    func kept(_ separator: String) throws -> String {
      let text = Array(repeating: sentence, count: 12).joined(separator: separator)
      let prompt = try compile(ByteString(text), tokens: 130)
      let block = try #require(prompt.blocks.first { $0.label == "b" })
      return block.text.string.split(separator: "\n[").first.map(String.init) ?? ""
    }
    for separator in [" ", "\n", "\n\n"] {
      let kept = try kept(separator)
      #expect(kept.hasSuffix("the dog."))
      #expect(kept.count > 4 * sentence.count)
    }
    // Without sentences a word is the end; without words a character.
    let words = try compile(BudgetTests.text(300), tokens: 130)
    #expect(words.tokens.count > 124)
    let characters = try compile(
      ByteString(String(repeating: "今日は天気がいい", count: 60)), tokens: 130)
    #expect(characters.fit?.truncated.count == 1)
    #expect(characters.tokens.count > 124)
  }

  @Test func leavesOutABlockOfWhichNextToNothingWouldBeLeft() throws {
    let prompt = try compile(BudgetTests.text(300), tokens: 50)
    #expect(prompt.fit?.truncated == [])
    #expect(prompt.blocks.map(\.label) == ["a", "c"])
  }

  /// A text that has no place to cut at is left out, and the next one is looked at.
  @Test func leavesOutATextWithoutAPlaceToCut() throws {
    let prompt = try compile(ByteString(String(repeating: "x", count: 4000)), tokens: 130)
    #expect(prompt.fit?.truncated == [])
    #expect(prompt.blocks.map(\.label) == ["a", "c"])
  }

  @Test func theReportSaysWhatIsCut() throws {
    let prompt = try compile(BudgetTests.text(300), tokens: 130)
    let cut = try #require(prompt.fit?.truncated.first)
    let report = ByteString(prompt.report()).string
    #expect(report.contains("\"left_out\": \(cut.tokensLeftOut)"))
    #expect(report.contains("\"reason\": \"does_not_fit\""))
    #expect(report.contains("\"limit\": 130"))
  }
}
