import Bytes
import OrderedJSON
import PromptCompilation
import Synchronization
import TestSupport
import Testing

/// Prompts that are laid out on what an engine says that it holds.
@Suite struct CorrectionTests {
  /// An engine that holds so many ends, and notes what it is asked.
  private final class Engine: Sendable {
    private let state: Mutex<(answers: [Int?], asked: [[Int]])>

    init(_ answers: [Int?]) {
      state = Mutex((answers, []))
    }

    var asked: [[Int]] { state.withLock { $0.asked } }

    func held(_ ends: [Int]) -> Int? {
      state.withLock { state in
        state.asked.append(ends)
        return state.answers.isEmpty ? nil : state.answers.removeFirst()
      }
    }
  }

  private static func spec(_ names: String...) -> Spec {
    let blocks = names.map { name in
      let text = (0..<20).map { "\(name) says \($0)." }.joined(separator: " ")
      return Block(id: ByteString(name), text: ByteString(text))
    }
    return Spec(system: "s", blocks: blocks, query: "q")
  }

  /// Compiles two prompts, the second one with an engine that answers so.
  private func second(
    _ answers: [Int?]
  ) throws -> (prompt: CompiledPrompt, asked: [[Int]], index: ContextIndex) {
    let index = ContextIndex()
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: index)
    _ = try compiler.compile(Self.spec("a", "b", "c"))
    let engine = Engine(answers)
    let prompt = try compiler.correcting { _, ends in engine.held(ends) }.compile(
      Self.spec("c", "b", "a"))
    return (prompt, engine.asked, index)
  }

  @Test(
    arguments: [
      // All, more than there is, or nobody knows.
      ([4], ["a", "b", "c"], 1), ([9], ["a", "b", "c"], 1), ([nil], ["a", "b", "c"], 1),
      // The head and one block; then it is right.
      ([2, 2], ["a", "c", "b"], 2),
      // The head alone, of which nothing is left to ask but itself.
      ([1, 1], ["c", "b", "a"], 2),
      // Nothing at all.
      ([0], ["c", "b", "a"], 1),
    ] as [([Int?], [ByteString], Int)])
  func theOrderIsThatOfWhatIsHeld(answers: [Int?], order: [ByteString], count: Int) throws {
    let (prompt, asked, _) = try second(answers)
    #expect(prompt.blocks.map(\.label) == order)
    #expect(asked.count == count)
    // What stands before the blocks, and each of them.
    let ends = try #require(asked.first)
    let sections = prompt.seal.sections
    #expect(ends.count == 4)
    #expect(ends == ends.sorted() && ends.last ?? 0 < prompt.tokens.count)
    #expect(ends.first == sections.last { $0.kind == .opening }?.stableEnd)
  }

  @Test func anEngineThatNeverAgreesIsAskedAFewTimes() throws {
    let (prompt, asked, index) = try second([3, 2, 1, 0, 0, 0])
    #expect(prompt.blocks.count == 3)
    #expect(asked.count <= 4)
    // What is sent is recorded whatever was believed before: the head and three blocks.
    let key = try #require(index.keys.first)
    #expect(index.statistics(of: key).blocks == 4)
  }

  @Test func nobodyIsAskedOfWhatIsNotBelieved() throws {
    let engine = Engine([])
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: ContextIndex())
      .correcting { _, ends in engine.held(ends) }
    _ = try compiler.compile(Self.spec("a", "b"))
    #expect(engine.asked.isEmpty)
    _ = try compiler.compile(Self.spec("a", "b"))
    #expect(engine.asked.count == 1)
  }

  @Test func documentsAreFoundInTheTokensOfTheirPrompt() throws {
    let text =
      #"<documents><document>é \"one\"</document> <document>two\n</document></documents> Why?"#
    let body = Array(#"{"messages":[{"role":"user","content":"\#(text)"}]}"#.utf8)
    let source = SourceText(name: "body", bytes: body)
    var rewriter = try DocumentRewriter(index: ContextIndex())
    let rewritten = try rewriter.rewrite(source)
    let model = try Qwen3.model.get()
    let spec = try Spec(json: OpenAIRequestLine.spec(try JSONParser.parse(body)), source: source)
    let prompt = try PromptCompiler(model: model).plainPrompt(spec)
    let ends = try #require(prompt.documentEnds(in: rewritten).first ?? nil)
    let texts = try ends.map { end in
      String(decoding: try model.tokenizer.decode(Array(prompt.tokens.prefix(end))), as: UTF8.self)
    }
    #expect(texts.count == 3)
    #expect(texts[0].hasSuffix("<documents"))
    #expect(texts[1].contains(#"é "one"</document"#) && !texts[1].contains("two"))
    #expect(texts[2].contains("two\n</document") && !texts[2].contains("Why"))
  }
}
