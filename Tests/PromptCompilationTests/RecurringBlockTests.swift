import Bytes
import ContextIndex
import PromptCompilation
import TestSupport
import Testing

/// A compiler keeps what it computed of blocks: that must show in nothing but the time.
@Suite struct RecurringBlockTests {
  private static let texts = [
    "The deposit is paid back.\r\nWithin thirty days.",
    "The deposit is paid back.\nWithin thirty days.",
    "cafe\u{301} is open at noon. It closes at six in the evening, and on Sundays at four.",
    "caf\u{E9} is open at noon. It closes at six in the evening, and on Sundays at four.",
    "A mark of the model's own: <|im_start|>, as a text.", "short", "  and leading space", "",
    // Several tokens a letter.
    "\u{16A0}\u{16C7}\u{16BB}\u{16EB}\u{16D2}\u{16E6}\u{16A6}\u{16EB}\u{16A0}\u{16B1}\u{16A9}\u{16A0}\u{16A2}\u{16B1}",
    String(repeating: "It closes at six in the evening, and on Sundays at four. ", count: 9),
  ]

  private static func block(_ random: inout SeededGenerator) -> Block {
    let text = texts.randomElement(using: &random) ?? ""
    let id = ["a", "b", "c", nil].randomElement(using: &random) ?? nil
    let title = ["Terms", "Terms &\r\nmore", nil, nil].randomElement(using: &random) ?? nil
    return Block(
      id: id.map { ByteString($0 + String(text.count)) }, text: ByteString(text),
      title: title.map { ByteString($0) })
  }

  private static func spec(_ random: inout SeededGenerator) -> Spec {
    var spec = Spec(system: "Answer.", blocks: (0..<6).map { _ in block(&random) }, query: "Why?")
    spec.policy.controlTokens = Bool.random(using: &random) ? .escape : .keep
    spec.policy.normalization.form = Bool.random(using: &random) ? .nfc : .none
    spec.policy.normalization.unifiesLineEnds = Bool.random(using: &random)
    return spec
  }

  @Test(arguments: [0, 40_000, 1 << 24]) func isCompiledAsIfItWereNew(memory: Int) throws {
    let model = try Qwen3.model.get()
    let compiler = PromptCompiler(model: model, blockMemory: memory)
    var random = SeededGenerator(seed: 5)
    for _ in 0..<60 {
      let spec = Self.spec(&random)
      let new = Result { () throws(CompilationError) in
        try PromptCompiler(model: model, blockMemory: 0).compile(spec)
      }
      let again = Result { () throws(CompilationError) in try compiler.compile(spec) }
      switch (new, again) {
      case (.success(let new), .success(let again)):
        #expect(new.tokens == again.tokens)
        #expect(new.text == again.text)
        #expect(new.passes.map(\.notes) == again.passes.map(\.notes))
        #expect(new.seal.sections.map(\.tokens) == again.seal.sections.map(\.tokens))
      case (.failure(let new), .failure(let again)):
        #expect(new.description == again.description)
      default: Issue.record("\(new) \(again)")
      }
    }
  }

  @Test func isFoundInTheIndexUnderItsContent() throws {
    let index = ContextIndex()
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: index)
    let text = ByteString(Self.texts[9])
    let first = try compiler.compile(
      Spec(blocks: [Block(id: "page", text: text)], query: "q"))
    // The same content under another name keeps the label that it was sent with.
    let second = try compiler.compile(
      Spec(blocks: [Block(id: "leaf", text: text)], query: "q"))
    #expect(second.blocks.first?.label == "page")
    let end = try #require(first.section(.block, "page")).tokens.end
    #expect(second.tokens.prefix(end) == first.tokens.prefix(end))
  }
}
