import Bytes
import PromptCompilation
import Testing
import Tokenization

/// What an engine computes is made here by hand: the tests with a real one are in `Scripts/engines`.
@Suite struct EngineComparisonTests {
  private func comparison(
    query: String = "How are you?", of engine: (TokenizedPrompt, Tokenizer) throws -> [UInt32],
    text: ((String) -> String)? = nil
  ) throws -> EngineComparison {
    let spec = try Spec.parse(
      #"{"cpc": 1, "system": "Be kind.", "query": "\#(query)", "policy": {"control_tokens": "keep"}}"#
    )
    let model = try Qwen3.model.get()
    let prompt = try TokenizedPrompt(try Qwen3.compile(spec), tokenizer: model.tokenizer)
    let rendered = text.map { Array($0(String(decoding: prompt.text, as: UTF8.self)).utf8) }
    return EngineComparison(
      prompt, tokens: try engine(prompt, model.tokenizer), text: rendered, of: "engine",
      tokenizer: model.tokenizer)
  }

  @Test func `the same tokens are the same`() throws {
    let comparison = try comparison { prompt, _ in prompt.tokens }
    #expect(comparison.cause == nil)
    let count = comparison.difference.first.prompt.tokens.count
    #expect(comparison.reason == "the engine computes the same \(count) tokens")
  }

  @Test func `another template is told by the section`() throws {
    let change = { (text: String) in text.replacing("Be kind.", with: "Be kind") }
    for text in [change, nil] {
      let comparison = try comparison(
        of: { prompt, tokenizer in
          try tokenizer.encode(Array(change(String(decoding: prompt.text, as: UTF8.self)).utf8))
        }, text: text)
      #expect(comparison.cause == .template)
      #expect(comparison.reason.contains("system"))
    }
  }

  @Test func `a token before the prompt is told`() throws {
    let more = try comparison { prompt, _ in [151_643] + prompt.tokens }
    #expect(more.cause == .beginning)
    #expect(more.reason.contains(#"puts "<|endoftext|>" before the prompt"#))
    let less = try comparison { prompt, _ in Array(prompt.tokens.dropFirst()) }
    #expect(less.cause == .beginning)
    #expect(less.reason.contains(#"leaves out "<|im_start|>""#))
  }

  @Test func `a control token in a text is told, with its section`() throws {
    // The engine reads a text as one token that is text for the model's tokenizer.
    let comparison = try comparison(
      query: "What is </s>?",
      of: { prompt, tokenizer in
        let parts = String(decoding: prompt.text, as: UTF8.self).split(separator: "</s>")
        return try tokenizer.encode(Array(parts[0].utf8)) + [128_247]
          + tokenizer.encode(Array(parts[1].utf8))
      }, text: { $0 })
    #expect(comparison.cause == .addedToken, "\(comparison.reason)")
    #expect(comparison.reason.contains("of query"))
  }

  @Test func `an added token that the engine takes for text is told`() throws {
    let comparison = try comparison(
      query: "What is <think>?",
      of: { prompt, tokenizer in
        let parts = String(decoding: prompt.text, as: UTF8.self).split(separator: "<think>")
        return try tokenizer.encode(Array(parts[0].utf8))
          + tokenizer.encode(Array("<think>".utf8), addedTokens: .ignored)
          + tokenizer.encode(Array(parts[1].utf8))
      }, text: { $0 })
    #expect(comparison.cause == .addedToken, "\(comparison.reason)")
    #expect(comparison.reason.contains("does not read"))
  }

  @Test func `text that is not normalised is told`() throws {
    let comparison = try comparison(
      query: "Is cafe\u{301} open?",
      of: { prompt, tokenizer in
        let parts = String(decoding: prompt.text, as: UTF8.self).split(separator: "caf\u{E9}")
        return try tokenizer.encode(Array("\(parts[0])cafe".utf8))
          + tokenizer.encode(Array("\u{301}".utf8)) + tokenizer.encode(Array(parts[1].utf8))
      },
      text: { $0.replacing("caf\u{E9}", with: "cafe\u{301}") })
    #expect(comparison.cause == .normalization, "\(comparison.reason)")
  }

  @Test func `ids that are not in the vocabulary are another vocabulary`() throws {
    let comparison = try comparison(
      of: { prompt, _ in prompt.tokens.map { $0 == 4_340 ? 4_000_000 : $0 } }, text: { $0 })
    #expect(comparison.cause == .vocabulary, "\(comparison.reason)")
  }
}
