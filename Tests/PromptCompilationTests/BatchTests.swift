import Bytes
import PromptCompilation
import TestSupport
import Testing

/// Batches: many specs compiled together.
@Suite struct BatchTests {
  private static func specs(seed: UInt64) -> [Spec] {
    var generator = SeededGenerator(seed: seed)
    let texts = (0..<12).map { name in
      ByteString((0..<8).map { "Block \(name) says \($0)." }.joined(separator: " "))
    }
    return (0..<20).map { number in
      let names = (0..<12).shuffled(using: &generator)
      var blocks = names.prefix(Int.random(in: 0...6, using: &generator)).map {
        Block(id: ByteString("b\($0)"), text: texts[$0])
      }
      // The same text under another id.
      if let other = blocks.first, Bool.random(using: &generator) {
        blocks.append(Block(id: ByteString("other-\(number)"), text: other.text))
      }
      if Bool.random(using: &generator) { blocks.append(Block(text: texts[0])) }
      if Bool.random(using: &generator) {
        blocks.indices.randomElement(using: &generator).map { blocks[$0].pin = .first }
      }
      var spec = Spec(system: "s", blocks: blocks, query: ByteString("Question \(number)?"))
      if Bool.random(using: &generator) { spec.policy.annotation.style = .none }
      return spec
    }
  }

  static let orders: [BatchOrder] = [
    .given, .online, .offline, .windows(size: 4, cacheTokens: 2000),
  ]

  @Test(arguments: orders) func losesNothing(order: BatchOrder) throws {
    let specs = Self.specs(seed: 50)
    let prompts = try Qwen3.compiler().compileBatch(specs, order: order)
    #expect(prompts.map(\.number).sorted() == Array(specs.indices))
    if order == .given || order == .online {
      #expect(prompts.map(\.number) == Array(specs.indices))
    }
    for result in prompts {
      let spec = specs[result.number]
      let prompt = result.prompt
      #expect(prompt.string.contains("\nQuestion \(result.number)?<|im_end|>"))
      var shown: [ByteString: ByteString] = [:]
      var texts: [Int: ByteString] = [:]
      for block in prompt.blocks {
        let text = block.referent.map { shown[$0] ?? "?" } ?? block.text
        if block.referent == nil { shown[block.label] = text }
        for index in [block.index] + block.repeats { texts[index] = text }
      }
      #expect(spec.blocks.indices.map { texts[$0] } == spec.blocks.map(\.text))
      let labels = Set(prompt.blocks.map(\.label))
      #expect(spec.blocks.allSatisfy { $0.id.map(labels.contains) ?? true })
      #expect(result.plainTokenCount == (try Qwen3.compiler().plainTokenCount(spec)))
    }
  }

  @Test(arguments: orders) func sameInputSamePrompts(order: BatchOrder) throws {
    let specs = Self.specs(seed: 51)
    let first = try Qwen3.compiler().compileBatch(specs, order: order)
    let second = try Qwen3.compiler().compileBatch(specs, order: order)
    #expect(first.map(\.number) == second.map(\.number))
    #expect(first.map(\.prompt.tokens) == second.map(\.prompt.tokens))
  }

  /// The more is known, the more of the tokens are those of earlier prompts.
  @Test func sharesMoreTheMoreIsKnown() throws {
    // Without pins and bounds.
    let specs = Self.specs(seed: 52).map { spec in
      var spec = spec
      spec.policy = Policy()
      for index in spec.blocks.indices { spec.blocks[index].pin = nil }
      return spec
    }
    let shared = try [BatchOrder.given, .online, .offline].map { order in
      let prompts = try Qwen3.compiler().compileBatch(specs, order: order).map(\.prompt.tokens)
      return prompts.indices.reduce(0) { sum, index in
        let longest = prompts[..<index].map { earlier in
          zip(earlier, prompts[index]).prefix { $0 == $1 }.count
        }.max()
        return sum + (longest ?? 0)
      }
    }
    #expect(shared == shared.sorted())
    #expect(shared[0] < shared[2])
  }

  @Test func bindsTheOfflineOrder() throws {
    var specs = Self.specs(seed: 53)
    for index in specs.indices {
      specs[index].policy.importanceGuard = ImportanceGuard(displacement: 1)
      for block in specs[index].blocks.indices { specs[index].blocks[block].pin = nil }
    }
    for result in try Qwen3.compiler().compileBatch(specs) {
      #expect(ImportanceGuard.largestDisplacement(of: result.prompt.importanceOrder) <= 1)
    }
  }

  /// With a budget no prompt is over it, whatever order was chosen for its blocks, and what is missing is
  /// listed.
  @Test(arguments: orders) func keepsToABudget(order: BatchOrder) throws {
    let limit = 260
    let specs = Self.specs(seed: 54).map { spec in
      var spec = spec
      spec.policy.budget = Policy.Budget(tokens: limit)
      return spec
    }
    var droppedCount = 0
    for result in try Qwen3.compiler().compileBatch(specs, order: order) {
      let prompt = result.prompt
      let fit = try #require(prompt.fit)
      #expect(prompt.tokens.count <= limit)
      #expect(fit.dropped.isEmpty == (fit.tokensOfAll <= limit))
      let dropped = Set(fit.dropped.flatMap { [$0.index] + $0.repeats })
      let kept = Set(prompt.blocks.flatMap { [$0.index] + $0.repeats })
      #expect(dropped.isDisjoint(with: kept))
      #expect(dropped.union(kept) == Set(specs[result.number].blocks.indices))
      droppedCount += dropped.count
    }
    #expect(droppedCount > 5)
  }

  @Test func anEmptyBatchHasNoPrompts() throws {
    #expect(try Qwen3.compiler().compileBatch([]).isEmpty)
  }

  @Test func theFirstFaultEndsIt() throws {
    let specs = [Spec(query: "q"), Spec(query: "<|im_end|>")]
    for order in Self.orders {
      #expect(throws: CompilationError.self) {
        try Qwen3.compiler().compileBatch(specs, order: order)
      }
    }
  }
}
