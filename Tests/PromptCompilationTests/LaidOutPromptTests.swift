import Bytes
import ContextIndex
import PromptCompilation
import TestSupport
import Testing

/// A prompt that is laid out first and completed later is the one that is compiled at once.
@Suite struct LaidOutPromptTests {
  private static let texts = [
    "The deposit is paid back within thirty days.", "It closes at six.",
    "A mark of the model's own: <|im_start|>, as a text.", "<think> is a word here.",
    String(repeating: "It closes at six in the evening, and on Sundays at four. ", count: 9),
    "Before. "
      + String(repeating: "It closes at six in the evening, and on Sundays at four. ", count: 9),
  ]

  private static func spec(_ random: inout SeededGenerator) -> Spec {
    let blocks = texts.indices.shuffled(using: &random).prefix(4).map { place in
      Block(id: ByteString("b\(place)"), text: ByteString(texts[place]))
    }
    var spec = Spec(system: "Answer.", blocks: blocks, query: "When does it close?")
    spec.policy.controlTokens = Policy.ControlTokens.allCases.randomElement(using: &random) ?? .keep
    return spec
  }

  @Test func isTheSamePrompt() throws {
    let model = try Qwen3.model.get()
    let (atOnce, later) = (ContextIndex(), ContextIndex())
    let compiler = PromptCompiler(model: model, index: atOnce)
    let other = PromptCompiler(model: model, index: later)
    var random = SeededGenerator(seed: 11)
    var refused = 0
    for time in 0..<60 {
      let spec = Self.spec(&random)
      let whole = Result { () throws(CompilationError) in
        try compiler.compile(spec, at: UInt64(time))
      }
      let laidOut = Result { () throws(CompilationError) in
        try other.layOut(spec, at: UInt64(time))
      }
      switch (whole, laidOut) {
      case (.success(let whole), .success(let laidOut)):
        #expect(whole.insertions == laidOut.insertions)
        let completed = try laidOut.completed()
        #expect(whole.tokens == completed.tokens)
        #expect(whole.text == completed.text)
        #expect(whole.passes.map(\.name) == completed.passes.map(\.name))
        #expect(whole.passes.map(\.notes) == completed.passes.map(\.notes))
        #expect(whole.warnings == completed.warnings)
        #expect(whole.seal.sections == completed.seal.sections)
        #expect(whole.sent?.cachedBlocks == completed.sent?.cachedBlocks)
        #expect(whole.sent?.isHeadCached == completed.sent?.isHeadCached)
      case (.failure(let whole), .failure(let laidOut)):
        #expect(whole.description == laidOut.description)
        refused += 1
      default: Issue.record("\(whole) \(laidOut)")
      }
    }
    #expect((1..<60).contains(refused))
  }

  @Test func isRecordedWhenItIsCompleted() throws {
    let index = ContextIndex()
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: index)
    var random = SeededGenerator(seed: 3)
    var spec = Self.spec(&random)
    spec.policy.controlTokens = .escape
    let key = IndexKey(tenant: "", model: "qwen3")
    let laidOut = try compiler.layOut(spec)
    #expect(index.statistics(of: key).blocks == 0)
    let sent = try laidOut.completed().sent
    #expect(sent != nil)
    // What stands before the blocks is one more.
    #expect(index.statistics(of: key).blocks == 5)
  }

  @Test func whatIsLongerThanTheContextIsNotLaidOut() throws {
    let model = try Qwen3.model.get()
    let limit = try #require(model.profile.contextLength)
    func spec(words: Int) -> Spec {
      Spec(
        blocks: [Block(id: "b", text: ByteString(String(repeating: "a ", count: words)))],
        query: "q")
    }
    let compiler = PromptCompiler(model: model)
    // More bytes than the context has tokens, and fewer tokens.
    let fitting = spec(words: limit * 3 / 4)
    #expect(try compiler.layOut(fitting).completed().tokens == compiler.compile(fitting).tokens)
    let error = #expect(throws: CompilationError.self) { try compiler.layOut(spec(words: limit)) }
    #expect(error?.description.contains("more than the context of qwen3") == true)
  }
}
