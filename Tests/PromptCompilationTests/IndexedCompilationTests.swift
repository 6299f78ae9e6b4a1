import Bytes
import PromptCompilation
import TestSupport
import Testing

/// Compiling against an index of what is cached.
@Suite struct IndexedCompilationTests {
  private static func text(_ name: String) -> ByteString {
    ByteString((0..<20).map { "\(name) says \($0)." }.joined(separator: " "))
  }

  private static func block(_ name: String, importance: Double? = nil) -> Block {
    Block(id: ByteString(name), text: text(name), importance: importance)
  }

  private static func spec(_ names: String...) -> Spec {
    Spec(system: "s", blocks: names.map { block($0) }, query: "q")
  }

  private func compiler(_ index: ContextIndex) throws -> PromptCompiler {
    PromptCompiler(model: try Qwen3.model.get(), index: index)
  }

  @Test func putsFirstWhatIsCached() throws {
    let compiler = try compiler(ContextIndex())
    let first = try compiler.compile(Self.spec("a", "b", "c"))
    let second = try compiler.compile(Self.spec("x", "b", "y", "a"))
    #expect(second.blocks.map(\.label).prefix(2) == ["a", "b"])
    let end = try #require(first.section(.block, "b")).tokens.end
    #expect(second.tokens.prefix(end) == first.tokens.prefix(end))
    #expect(second.section(.annotation) != nil)
    let notes = second.passes.first { $0.name == .order }?.notes ?? []
    #expect(notes.first?.hasPrefix("2 blocks with ") == true)
  }

  @Test func keepsTheOrderOfImportanceWhereNothingIsKnown() throws {
    var spec = Spec(blocks: [], query: "q")
    spec.blocks = [Self.block("a", importance: 0.1), Self.block("b", importance: 0.9)]
    let prompt = try compiler(ContextIndex()).compile(spec)
    #expect(prompt.blocks.map(\.label) == ["b", "a"])
    #expect(prompt.section(.annotation) == nil)
    #expect(prompt.importanceOrder == [0, 1])
  }

  @Test func aRequestAgainAddsNothingAndIsTheSame() throws {
    let index = ContextIndex()
    let compiler = try compiler(index)
    _ = try compiler.compile(Self.spec("a", "b"))
    let key = try #require(index.keys.first)
    #expect(index.keys == [IndexKey(model: "qwen3")])
    let first = try compiler.compile(Self.spec("c", "b", "a"))
    let before = index.statistics(of: key)
    let second = try compiler.compile(Self.spec("c", "b", "a"))
    #expect(first.tokens == second.tokens)
    #expect(index.statistics(of: key) == before)
    let blocks = first.seal.sections.filter { $0.kind == .block }
    let sum = blocks.reduce(0) { $0 + $1.tokens.count }
    #expect((sum...sum + 20).contains(before.tokens))
  }

  @Test func keepsTenantsApart() throws {
    let compiler = try compiler(ContextIndex())
    var mine = Self.spec("a", "b", "c")
    mine.tenant = "mine"
    _ = try compiler.compile(mine)
    var other = Self.spec("c", "b", "a")
    other.tenant = "other"
    #expect(try compiler.compile(other).blocks.map(\.label) == ["c", "b", "a"])
    other.tenant = "mine"
    #expect(try compiler.compile(other).blocks.map(\.label) == ["a", "b", "c"])
  }

  /// Another system text is another beginning: nothing behind it is cached.
  @Test func countsOnlyWhatIsBehindTheSameBeginning() throws {
    let compiler = try compiler(ContextIndex())
    _ = try compiler.compile(Self.spec("a", "b", "c"))
    var other = Self.spec("c", "b", "a")
    other.system = Content(text: "another")
    let notes = try compiler.compile(other).passes.first { $0.name == .order }?.notes ?? []
    #expect(!notes.contains { $0.contains("believed to be cached") })
  }

  @Test func keepsAnOrderThatTheSpecStates() throws {
    let compiler = try compiler(ContextIndex())
    _ = try compiler.compile(Self.spec("b", "a", "c"))
    var spec = Self.spec("c", "b", "a")
    spec.policy.order = .given
    #expect(try compiler.compile(spec).blocks.map(\.label) == ["c", "b", "a"])
    spec.policy.order = .canonical
    #expect(try compiler.compile(spec).blocks.map(\.label) == ["a", "b", "c"])
  }

  @Test func pinnedBlocksStayAtTheEnds() throws {
    let compiler = try compiler(ContextIndex())
    _ = try compiler.compile(Self.spec("a", "b", "c"))
    var spec = Self.spec("p", "c", "b", "l", "a")
    spec.blocks[0].pin = .first
    spec.blocks[3].pin = .last
    for _ in 0..<2 {
      let labels = try compiler.compile(spec).blocks.map(\.label)
      #expect(labels.first == "p")
      #expect(labels.last == "l")
    }
  }

  @Test func boundsHowFarBlocksMove() throws {
    func compile(_ bounds: ImportanceGuard) throws -> CompiledPrompt {
      let compiler = try compiler(ContextIndex())
      let names = (0..<8).map { String($0) }
      var spec = Spec(blocks: names.reversed().map { Self.block($0) }, query: "q")
      _ = try compiler.compile(spec)
      spec.blocks.reverse()
      spec.policy.importanceGuard = bounds
      return try compiler.compile(spec)
    }
    let near = try compile(ImportanceGuard(displacement: 2))
    #expect(ImportanceGuard.largestDisplacement(of: near.importanceOrder) == 2)
    let kept = try compile(ImportanceGuard(first: 2, last: 1)).blocks.map(\.label)
    #expect(kept == ["0", "1", "7", "6", "5", "4", "3", "2"])
  }

  /// Where no line tells the order of importance, the 5 most important blocks stand first.
  @Test func theDefaultBoundFollowsTheAnnotation() throws {
    let compiler = try compiler(ContextIndex())
    let names = (0..<8).map { String($0) }
    var spec = Spec(blocks: names.reversed().map { Self.block($0) }, query: "q")
    _ = try compiler.compile(spec)
    spec.blocks.reverse()
    #expect(
      try compiler.compile(spec).blocks.map(\.label) == ["7", "6", "5", "4", "3", "2", "1", "0"])
    spec.policy.annotation.style = .none
    #expect(
      try compiler.compile(spec).blocks.map(\.label) == ["0", "1", "2", "3", "4", "7", "6", "5"])
  }

  /// An order that saves less than telling the model of it takes is not made.
  @Test func keepsTheOrderOfImportanceWhereTheAnnotationTakesMore() throws {
    let names = ["a", "b", "c", "d", "e", "f"]
    for (text, isMoved) in [("x", false), (String(repeating: "more ", count: 40), true)] {
      let compiler = PromptCompiler(
        model: try Qwen3.model.get(), index: ContextIndex(), cacheModel: .radix)
      let blocks = names.map { Block(id: ByteString($0), text: ByteString("\($0) \(text)")) }
      _ = try compiler.compile(Spec(blocks: [blocks[1]], query: "q"))
      let prompt = try compiler.compile(Spec(blocks: blocks, query: "q"))
      #expect((prompt.blocks.first?.label == "b") == isMoved)
      #expect((prompt.section(.annotation) != nil) == isMoved)
      let notes = prompt.passes.first { $0.name == .order }?.notes ?? []
      #expect(notes.contains { $0.hasPrefix("the order of importance is kept") } != isMoved)
    }
  }

  @Test func readsTheBounds() throws {
    let spec = try Spec.parse(
      #"{"cpc":1,"query":"q","policy":{"order":{"by":"canonical","max_displacement":3,"#
        + #""keep_first":2,"keep_last":1}}}"#)
    #expect(spec.policy.order == .canonical)
    #expect(spec.policy.importanceGuard == ImportanceGuard(displacement: 3, first: 2, last: 1))
    let error = #expect(throws: CompilationError.self) {
      try Spec.parse(#"{"cpc":1,"query":"q","policy":{"order":{"keep_frist":2,"keep_last":-1}}}"#)
    }
    #expect(error?.description.contains("did you mean \"keep_first\"?") == true)
    #expect(error?.description.contains("\"keep_last\" must be an integer from 0") == true)
  }

  @Test func theReportStatesTheDisplacement() throws {
    let compiler = try compiler(ContextIndex())
    _ = try compiler.compile(Self.spec("a", "b", "c"))
    let report = ByteString(try compiler.compile(Self.spec("c", "b", "a")).report()).string
    #expect(report.contains("\"total\": 4"))
    #expect(report.contains("\"largest\": 2"))
  }
}

/// What was sent before under another label, or stands in the conversation.
@Suite struct EarlierContentTests {
  private let long = ByteString((0..<30).map { "Line \($0)." }.joined(separator: "\n"))

  @Test func keepsTheLabelThatAContentHadFirst() throws {
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: ContextIndex())
    let first = try compiler.compile(Spec(blocks: [Block(id: "x", text: long)], query: "q"))
    let spec = Spec(
      blocks: [Block(id: "n", text: "new"), Block(id: "y", text: long)], query: "q")
    let second = try compiler.compile(spec)
    #expect(second.blocks.map(\.label) == ["x", "n", "y"])
    #expect(second.blocks.map(\.referent) == [nil, nil, "x"])
    #expect(second.blocks.map(\.index) == [1, 0, 1])
    let end = try #require(first.section(.block, "x")).tokens.end
    #expect(second.tokens.prefix(end) == first.tokens.prefix(end))
    #expect(try compiler.compile(spec).tokens == second.tokens)
  }

  /// A block that the caller did not name needs no reference.
  @Test func namesABlockWithoutAnIDAsBefore() throws {
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: ContextIndex())
    _ = try compiler.compile(Spec(blocks: [Block(id: "x", text: long)], query: "q"))
    let prompt = try compiler.compile(Spec(blocks: [Block(text: long)], query: "q"))
    #expect(prompt.blocks.map(\.label) == ["x"])
  }

  @Test func leavesABlockAsItIsWhereTheLabelIsTakenOrNothingIsSaved() throws {
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: ContextIndex())
    let known = [
      Block(id: "x", text: long), Block(id: "s", text: "short"),
      Block(id: "t", text: long, title: "T"),
    ]
    for block in known { _ = try compiler.compile(Spec(blocks: [block], query: "q")) }
    let taken = Spec(
      blocks: [Block(id: "x", text: "other"), Block(id: "y", text: long)], query: "q")
    #expect(Set(try compiler.compile(taken).blocks.map(\.label)) == ["x", "y"])
    let short = Spec(blocks: [Block(id: "z", text: "short")], query: "q")
    #expect(try compiler.compile(short).blocks.map(\.label) == ["z"])
    let titled = Spec(blocks: [Block(id: "u", text: long, title: "U")], query: "q")
    #expect(try compiler.compile(titled).blocks.map(\.label) == ["u"])
  }

  /// The label is that of a reference to the block: the two change places.
  @Test func showsABlockUnderTheLabelOfAReferenceToIt() throws {
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: ContextIndex())
    _ = try compiler.compile(Spec(blocks: [Block(id: "x", text: long)], query: "q"))
    let blocks = ["a", "x", "b"].map { Block(id: ByteString($0), text: long) }
    let prompt = try compiler.compile(Spec(blocks: blocks, query: "q"))
    #expect(prompt.blocks.map(\.label) == ["x", "a", "b"])
    #expect(prompt.blocks.map(\.index) == [1, 0, 2])
    #expect(prompt.blocks.map(\.referent) == [nil, "x", "x"])
  }

  @Test func referencesFollowTheLabel() throws {
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: ContextIndex())
    _ = try compiler.compile(Spec(blocks: [Block(id: "x", text: long)], query: "q"))
    let prompt = try compiler.compile(
      Spec(blocks: [Block(id: "a", text: long), Block(id: "b", text: long)], query: "q"))
    #expect(
      prompt.blocks.map(\.label) == ["x", "b", "a"]
        || prompt.blocks.map(\.label) == ["x", "a", "b"])
    #expect(prompt.blocks.dropFirst().allSatisfy { $0.referent == "x" })
  }

  @Test(arguments: [false, true]) func doesNotRepeatWhatTheConversationShows(isIndexed: Bool) throws
  {
    let compiler = PromptCompiler(
      model: try Qwen3.model.get(), index: isIndexed ? ContextIndex() : nil)
    let first = try compiler.compile(
      Spec(blocks: [Block(id: "x", text: long), Block(id: "s", text: "short")], query: "q"))
    var spec = Spec(
      blocks: [
        Block(id: "n", text: "new"), Block(id: "x", text: long), Block(id: "s", text: "short"),
      ], query: "more")
    let content =
      first.text(of: try #require(first.section(.block, "x")))
      + first.text(of: try #require(first.section(.block, "s"))) + Array("q".utf8)
    spec.conversation = [
      Message(role: "user", text: ByteString(content)), Message(role: "assistant", text: "A"),
    ]
    let second = try compiler.compile(spec)
    #expect(second.blocks.filter { $0.referent == nil }.map(\.label) == ["n", "s"])
    #expect(second.blocks.last?.label == "x")
    #expect(second.blocks.last?.referent == "x")
    spec.conversation[0].role = "assistant"
    #expect(try compiler.compile(spec).blocks.allSatisfy { $0.referent == nil })
  }
}
