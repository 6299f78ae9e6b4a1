import Bytes
import ContextIndex
import Dispatch
import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// The budget: which blocks are left out so that a prompt fits.
@Suite struct BudgetTests {
  /// Over random specs and budgets: the prompt is never over the limit, and it is byte for byte that of a
  /// spec which lists only the blocks that are kept; no block that is left out would fit; the report
  /// lists exactly what is missing; what is pinned is there.
  @Test func keepsWhatFitsByImportance() throws {
    var (fitted, droppedCount) = (0, 0)
    try forEachRandomSpec(seed: 70) { spec, generator in
      let whole = try Qwen3.compile(spec).tokens.count
      for limit in [whole, whole - 1, whole / 2, whole / 4] where limit > 0 {
        var budgeted = spec
        budgeted.policy.budget = Policy.Budget(tokens: limit)
        guard let prompt = try? Qwen3.compile(budgeted) else { continue }
        let fit = try #require(prompt.fit)
        #expect(prompt.tokens.count <= limit)
        let dropped = Set(fit.dropped.flatMap { [$0.index] + $0.repeats })
        let kept = Set(prompt.blocks.flatMap { [$0.index] + $0.repeats })
        #expect(dropped.isDisjoint(with: kept))
        #expect(dropped.union(kept) == Set(spec.blocks.indices))
        #expect(dropped.allSatisfy { spec.blocks[$0].pin == nil })
        #expect(limit < whole || dropped.isEmpty)
        let labels = Set(prompt.blocks.map(\.label))
        #expect(prompt.blocks.allSatisfy { $0.referent.map(labels.contains) ?? true })
        #expect(try Qwen3.compile(Self.spec(spec, without: dropped)).text == prompt.text)
        // A block goes with its references.
        for block in fit.dropped where block.reason == .doesNotFit {
          let text = Self.normalizedText(block.index, of: spec)
          let references = fit.dropped.filter {
            $0.reason == .referentDropped && Self.normalizedText($0.index, of: spec) == text
          }
          let back = Set(([block] + references).flatMap { [$0.index] + $0.repeats })
          let more = try Qwen3.compile(Self.spec(spec, without: dropped.subtracting(back)))
          #expect(more.tokens.count > limit, "\(block.label) would fit")
        }
        fitted += 1
        droppedCount += dropped.count
      }
    }
    #expect(fitted > 50)
    #expect(droppedCount > 50)
  }

  /// The choice is that of the plain algorithm: block after block by importance, each if it fits.
  @Test func isThePlainGreedyChoice() throws {
    try forEachRandomSpec(seed: 71) { spec, generator in
      var spec = spec
      for index in spec.blocks.indices {
        spec.blocks[index].text = ByteString(
          Array("\(index) ".utf8) + spec.blocks[index].text.bytes)
        spec.blocks[index].pin = nil
      }
      spec.policy.annotation.style = .none
      let ranked = try Qwen3.compile(spec).blocks.sorted { $0.importanceRank < $1.importanceRank }
      let bare = try Qwen3.compile(Self.spec(spec, without: Set(spec.blocks.indices)))
      let whole = try Qwen3.compile(spec).tokens.count
      let limit = Int.random(
        in: bare.tokens.count...max(whole, bare.tokens.count), using: &generator)
      var dropped = Set(spec.blocks.indices)
      for block in ranked {
        let without = dropped.subtracting([block.index])
        if try Qwen3.compile(Self.spec(spec, without: without)).tokens.count <= limit {
          dropped = without
        }
      }
      spec.policy.budget = Policy.Budget(tokens: limit)
      let fit = try #require(try Qwen3.compile(spec).fit)
      #expect(Set(fit.dropped.map(\.index)) == dropped)
    }
  }

  /// With a budget that is large enough the bytes are those without one.
  @Test func changesNothingWhereEverythingFits() throws {
    try forEachRandomSpec(seed: 72) { spec, _ in
      let plain = try Qwen3.compile(spec)
      var budgeted = spec
      for budget in [Policy.Budget(tokens: plain.tokens.count), Policy.Budget(reserve: 100)] {
        budgeted.policy.budget = budget
        let prompt = try Qwen3.compile(budgeted)
        #expect(prompt.text == plain.text)
        #expect(prompt.fit?.dropped == [])
        #expect(prompt.fit?.trialCount == 1)
        #expect(prompt.warnings == plain.warnings)
      }
    }
  }

  @Test func isDeterministic() throws {
    try forEachRandomSpec(seed: 73) { spec, _ in
      var spec = spec
      spec.policy.budget = Policy.Budget(
        tokens: try Qwen3.compile(spec).tokens.count * 2 / 3, overflow: .truncate)
      guard let left = try? Qwen3.compile(spec) else { return }
      let right = try Qwen3.compile(spec)
      #expect(left.text == right.text)
      #expect(left.report() == right.report())
    }
  }

  @Test func admitsSmallerBlocksBehindOneThatDoesNotFit() throws {
    var spec = Self.spec(sizes: [20, 300, 20, 20])
    spec.policy.budget = Policy.Budget(tokens: 150)
    let prompt = try Qwen3.compile(spec)
    #expect(prompt.blocks.map(\.label) == ["b0", "b2", "b3"])
    #expect(prompt.fit?.dropped.map(\.label) == ["b1"])
    #expect(prompt.fit?.dropped.map(\.reason) == [.doesNotFit])
    let notes = prompt.passes.first { $0.name == .fit }?.notes ?? []
    #expect(notes.first?.hasPrefix("block b1: left out, ") == true)
    #expect(prompt.warnings.map(\.message).contains { $0.hasPrefix("1 of 4 blocks left out") })
  }

  /// A block and the references to it are kept or left out together, at the better importance.
  @Test func dropsABlockWithItsReferences() throws {
    let long = Self.text(100)
    var spec = Spec(
      blocks: [
        Block(id: "a", text: long, importance: 0.1),
        Block(id: "b", text: Self.text(90), importance: 0.5),
        Block(id: "c", text: long, importance: 0.9),
      ], query: "q")
    spec.policy.budget = Policy.Budget(tokens: try Qwen3.compile(spec).tokens.count - 1)
    let first = try Qwen3.compile(spec)
    #expect(first.blocks.map(\.label) == ["a", "c"])
    spec.blocks[2].importance = 0.2
    let second = try Qwen3.compile(spec)
    #expect(second.blocks.map(\.label) == ["b"])
    #expect(second.fit?.dropped.map(\.reason) == [.doesNotFit, .referentDropped])
  }

  @Test func neverDropsWhatIsPinned() throws {
    for pin in [Block.Pin.first, .last, .keep] {
      var spec = Self.spec(sizes: [100, 100, 100])
      spec.blocks[2].pin = pin
      spec.policy.budget = Policy.Budget(tokens: 300, overflow: .truncate)
      let prompt = try Qwen3.compile(spec)
      let pinned = try #require(prompt.blocks.first { $0.label == "b2" })
      #expect(pinned.text == spec.blocks[2].text)
    }
  }

  @Test func saysWhatTakesTheTokensThatAreNeverLeftOut() throws {
    let spec = try Spec.parse(
      """
      {"cpc":1,"system":"Answer from the documents.","query":"Why?","policy":{"budget":20},
       "blocks":[{"id":"a","text":"A text.","pin":"keep"},{"id":"b","text":"B"}]}
      """)
    let error = #expect(throws: CompilationError.self) { try Qwen3.compile(spec) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("spec.json:1:82: error: what is never left out has "), "\(text)")
    #expect(text.contains(" more than the budget of 20: "))
    for part in ["system 5", "query 2", "block a 1", "template "] { #expect(text.contains(part)) }
    #expect(!text.contains("block b"))
    let shortage = try #require(error?.shortage)
    #expect(shortage.limit == 20)
    #expect(shortage.parts.reduce(0) { $0 + $1.tokens } == shortage.tokens)
  }

  @Test func overflowCanBeAnError() throws {
    var spec = Self.spec(sizes: [50, 50])
    spec.policy.budget = Policy.Budget(tokens: 60, overflow: .error)
    let error = #expect(throws: CompilationError.self) { try Qwen3.compile(spec) }
    #expect(error?.description.contains("more than the budget of 60") == true)
  }

  /// Without a limit of its own the budget is the model's context less what the answer takes.
  @Test func theLimitIsTheContextLessTheReserve() throws {
    let context = try #require(try Qwen3.model.get().profile.contextLength)
    func limit(_ policy: String, parameters: String = "{}") throws -> Int? {
      try Qwen3.compile(
        try Spec.parse(
          #"{"cpc":1,"query":"q","parameters":\#(parameters),"policy":{"budget":\#(policy)}}"#)
      ).fit?.limit
    }
    #expect(try limit("{}") == context)
    #expect(try limit(#"{"reserve":1000}"#) == context - 1000)
    #expect(try limit("{}", parameters: #"{"max_tokens":500}"#) == context - 500)
    #expect(try limit(#"{"reserve":7}"#, parameters: #"{"max_tokens":500}"#) == context - 7)
    #expect(try limit("5000") == 5000)
    #expect(try limit(#"{"tokens":1000000}"#) == context)
    let error = #expect(throws: CompilationError.self) { try limit(#"{"reserve":1000000}"#) }
    #expect(error?.description.contains("leaves nothing of the context of qwen3") == true)
  }

  @Test func aPromptOfBlocksAloneKeepsTheMostImportantOne() throws {
    var spec = Self.spec(sizes: [50, 50])
    spec.query = nil
    spec.policy.budget = Policy.Budget(tokens: 80)
    #expect(try Qwen3.compile(spec).blocks.map(\.label) == ["b0"])
    spec.policy.budget = Policy.Budget(tokens: 10)
    #expect(throws: CompilationError.self) { try Qwen3.compile(spec) }
  }

  @Test func isLeftOutWithThePass() throws {
    var spec = Self.spec(sizes: [50, 50])
    spec.policy.budget = Policy.Budget(tokens: 60)
    #expect(try Qwen3.compile(spec, passes: .none).blocks.count == 2)
  }

  /// Few choices are counted, however many blocks there are.
  @Test func countsFewChoices() throws {
    var generator = SeededGenerator(seed: 74)
    var spec = Self.spec(sizes: (0..<2_000).map { _ in Int.random(in: 1...40, using: &generator) })
    spec.policy.order = .canonical
    for limit in [100, 1_000, 20_000] {
      spec.policy.budget = Policy.Budget(tokens: limit)
      let prompt = try Qwen3.compile(spec)
      let fit = try #require(prompt.fit)
      #expect(fit.trialCount < 16)
      #expect(limit - prompt.tokens.count < 16)
      #expect(fit.dropped.allSatisfy { $0.reason == .doesNotFit })
    }
  }

  /// The index knows what was sent, not what was asked for.
  @Test func theIndexRecordsThePromptAsSent() throws {
    let index = ContextIndex()
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: index)
    var spec = Self.spec(sizes: [60, 60, 60])
    spec.policy.budget = Policy.Budget(tokens: 200)
    let first = try compiler.compile(spec)
    #expect(first.blocks.map(\.label) == ["b0", "b1"])
    let key = try #require(index.keys.first)
    #expect(index.statistics(of: key).blocks == 3)  // The head is one.
    #expect(try compiler.compile(spec).text == first.text)
    // What is cached stands first, and the least important block is still left out.
    spec.blocks.swapAt(0, 1)
    let second = try compiler.compile(spec)
    #expect(second.tokens.count <= 200)
    #expect(Set(second.blocks.map(\.label)) == ["b0", "b1"])
  }

  /// Whatever other tasks record between the choice of the blocks and their order, the limit holds.
  @Test func theLimitHoldsWhileOthersUseTheIndex() throws {
    let compiler = PromptCompiler(model: try Qwen3.model.get(), index: ContextIndex())
    var generator = SeededGenerator(seed: 75)
    let specs = (0..<60).map { _ in
      var spec = Self.spec(sizes: [20, 25, 30, 20, 22, 28, 24])
      spec.blocks.shuffle(using: &generator)
      spec.policy.budget = Policy.Budget(tokens: .random(in: 90...250, using: &generator))
      if Bool.random(using: &generator) {
        spec.policy.importanceGuard = ImportanceGuard(displacement: 2, first: 1)
      }
      return spec
    }
    DispatchQueue.concurrentPerform(iterations: specs.count) { number in
      let limit = specs[number].policy.budget?.tokens ?? 0
      let count = (try? compiler.compile(specs[number]))?.tokens.count ?? Int.max
      #expect(count <= limit)
    }
  }

  static func text(_ words: Int) -> ByteString {
    let some = ["one", "two", "red", "blue", "old", "new", "day"]
    return ByteString((0..<words).map { some[$0 % 7] }.joined(separator: " "))
  }

  static func spec(sizes: [Int]) -> Spec {
    Spec(
      blocks: sizes.enumerated().map { index, size in
        Block(id: ByteString("b\(index)"), text: ByteString("\(index): \(text(size))"))
      }, query: "q")
  }

  private static func spec(_ spec: Spec, without dropped: Set<Int>) -> Spec {
    var spec = spec
    spec.blocks = spec.blocks.indices.filter { !dropped.contains($0) }.map { spec.blocks[$0] }
    return spec
  }

  /// The text of a block of a spec, compiled alone.
  private static func normalizedText(_ index: Int, of spec: Spec) -> ByteString? {
    try? Qwen3.compile(Spec(blocks: [spec.blocks[index]], query: "q", policy: spec.policy)).blocks
      .first?.text
  }

  private func forEachRandomSpec(
    seed: UInt64,
    _ body: (Spec, inout SeededGenerator) throws -> Void
  ) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      func text(_ length: Int) -> ByteString {
        ByteString(RandomText.text(length: length, using: &generator))
      }
      var spec = Spec(query: text(15))
      if Bool.random(using: &generator) { spec.system = Content(text: text(20)) }
      for index in 0..<Int.random(in: 1...8, using: &generator) {
        var block = Block(text: text(Int.random(in: 5...120, using: &generator)))
        if Bool.random(using: &generator) { block.id = ByteString("b\(index)") }
        if Bool.random(using: &generator) { block.title = text(5) }
        if Bool.random(using: &generator) {
          block.importance = .random(in: 0...1, using: &generator)
        }
        if Int.random(in: 0..<8, using: &generator) == 0 {
          block.pin = .allCases.randomElement(using: &generator)
        }
        if Int.random(in: 0..<4, using: &generator) == 0,
          let other = spec.blocks.randomElement(using: &generator)
        {
          block.text = other.text
        }
        spec.blocks.append(block)
      }
      spec.policy.order = .allCases.randomElement(using: &generator) ?? .given
      spec.policy.controlTokens = .escape
      try body(spec, &generator)
    }
  }
}
