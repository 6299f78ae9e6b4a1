import ContextIndex
import TestSupport
import Testing

@Suite struct CacheSimulationTests {
  /// Prompts over few tokens that often go on from an earlier one.
  private static func prompts(
    _ count: Int, length: Int, using generator: inout SeededGenerator
  ) -> [[UInt32]] {
    var prompts: [[UInt32]] = []
    for _ in 0..<count {
      var prompt: [UInt32] = []
      if let earlier = prompts.randomElement(using: &generator), Bool.random(using: &generator) {
        prompt = Array(earlier.prefix(Int.random(in: 0...earlier.count, using: &generator)))
      }
      for _ in 0..<Int.random(in: 0...length, using: &generator) {
        prompt.append(UInt32.random(in: 0...2, using: &generator))
      }
      prompts.append(prompt)
    }
    return prompts
  }

  private static func hits(
    _ prompts: [SimulatedPrompt], _ model: CacheModel, capacity: Int? = nil
  ) throws -> [Int] {
    var simulation = CacheSimulation(model, capacity: capacity)
    let hits = try prompts.map { prompt in try simulation.send(prompt) }
    #expect(simulation.reuse.requests == prompts.count)
    #expect(simulation.reuse.promptTokens == prompts.reduce(0) { $0 + $1.tokenCount })
    #expect(simulation.reuse.hitTokens == hits.reduce(0, +))
    return hits
  }

  @Test(arguments: 0..<16)
  func pagesHitAsThePlainListDoes(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let prompts = Self.prompts(60, length: 24, using: &generator)
    let outputs = Self.prompts(60, length: 6, using: &generator)
    let plain = prompts.map { SimulatedPrompt(tokens: $0) }
    let answered = zip(prompts, outputs).map { SimulatedPrompt(tokens: $0, output: $1) }
    for page in [1, 2, 3, 4, 16] {
      for capacity in [nil, 0, 1, 5, 16, 40, 100, 300] {
        let model = CacheModel.paged(pageSize: page)
        #expect(
          try Self.hits(plain, model, capacity: capacity)
            == PlainCaches.paged(prompts, page: page, capacity: capacity))
        #expect(
          try Self.hits(answered, model, capacity: capacity)
            == PlainCaches.paged(prompts, outputs: outputs, page: page, capacity: capacity))
      }
    }
  }

  @Test(arguments: 0..<16)
  func tokensHitAsTheLongestCommonPrefix(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let prompts = Self.prompts(80, length: 30, using: &generator)
    let sent = prompts.map { SimulatedPrompt(tokens: $0) }
    #expect(try Self.hits(sent, .radix) == PlainCaches.radix(prompts))
    #expect(
      try Self.hits(sent, .radix, capacity: 70)
        == PlainCaches.paged(prompts, page: 1, capacity: 70))
  }

  @Test(arguments: 0..<16)
  func slotsHitAsThePlainOnesDo(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let prompts = Self.prompts(80, length: 30, using: &generator)
    let sent = prompts.map { SimulatedPrompt(tokens: $0) }
    for count in [1, 2, 5] {
      for capacity in [nil, 0, 20, 60] {
        #expect(
          try Self.hits(sent, .llamaSlots(count: count), capacity: capacity)
            == PlainCaches.slots(prompts, count: count, capacity: capacity))
      }
    }
  }

  @Test(arguments: 0..<16)
  func markedPrefixesHitAsThePlainOnesDo(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var time = 0.0
    let prompts = Self.prompts(120, length: 20, using: &generator).filter { !$0.isEmpty }
    let marked = prompts.map { tokens in
      time += Double(Int.random(in: 0...3, using: &generator))
      let places = (1...tokens.count).filter { _ in Bool.random(using: &generator) }
      return PlainCaches.Marked(
        tokens: tokens,
        breakpoints: places.filter { _ in Bool.random(using: &generator) } + [tokens.count],
        blockEnds: places, time: time)
    }.map { (marked: PlainCaches.Marked) in
      var marked = marked
      if marked.breakpoints.dropLast().last == marked.tokens.count {
        marked.breakpoints.removeLast()
      }
      return marked
    }
    let sent = marked.map { marked in
      var prompt = SimulatedPrompt(tokens: marked.tokens)
      prompt.breakpoints = marked.breakpoints
      prompt.blockEnds = marked.blockEnds
      prompt.time = marked.time
      return prompt
    }
    for (limit, lookback, timeToLive) in [(1, 1, 1000), (4, 1, 10), (4, 3, 20), (2, 20, 5)] {
      #expect(
        try Self.hits(
          sent, .breakpoints(count: limit, lookback: lookback, timeToLive: timeToLive))
          == PlainCaches.breakpoints(
            marked, limit: limit, lookback: lookback, timeToLive: Double(timeToLive)))
    }
  }

  /// Page names stand for prefixes: a trace of them hits as the tokens that it was made from.
  @Test(arguments: 0..<20)
  func aTraceOfPagesHitsAsItsTokens(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let prompts = Self.prompts(60, length: 30, using: &generator)
    var names: [[UInt32]: UInt64] = [:]
    let trace = prompts.compactMap { prompt in
      let pages = stride(from: 0, to: prompt.count, by: 4).map { start -> UInt64 in
        let prefix = Array(prompt.prefix(start + 4))
        let name = names[prefix] ?? UInt64(names.count) << 30
        names[prefix] = name
        return name
      }
      return SimulatedPrompt(pages: pages, size: 4, tokenCount: prompt.count)
    }
    try #require(trace.count == prompts.count)
    let sent = prompts.map { SimulatedPrompt(tokens: $0) }
    for page in [4, 8] {
      for capacity in [nil, 20, 100] {
        let model = CacheModel.paged(pageSize: page)
        #expect(
          try Self.hits(trace, model, capacity: capacity)
            == Self.hits(sent, model, capacity: capacity))
      }
    }
    // Of two prompts that part inside a page of the trace nothing of that page is known to be equal.
    for model in [CacheModel.paged(pageSize: 2), .radix] {
      #expect(
        zip(try Self.hits(trace, model), try Self.hits(sent, model)).allSatisfy {
          $0 <= $1 && $0 > $1 - 4
        })
    }
  }

  /// Several sizes at once are each what it is alone.
  @Test(arguments: 0..<6)
  func aSweepHitsAsCachesOfEachSize(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    // Enough prompts for the order of use to be numbered anew.
    let prompts = Self.prompts(900, length: 40, using: &generator)
    let outputs = Self.prompts(900, length: 6, using: &generator)
    let sent = zip(prompts, outputs).map { SimulatedPrompt(tokens: $0, output: $1) }
    for capacities in [[nil, 0, 1, 7, 60, 400, 3000, 1 << 50], [90, 10, 40]] {
      for model in [
        CacheModel.radix, .paged(pageSize: 3), .breakpoints(count: 2), .llamaSlots(count: 3),
      ] {
        var sweep = CacheSweep(model, capacities: capacities)
        let hits = try sent.map { prompt in try sweep.send(prompt) }
        for (index, capacity) in capacities.enumerated() {
          var simulation = CacheSimulation(model, capacity: capacity)
          #expect(try sent.map { try simulation.send($0) } == hits.map { $0[index] })
          #expect(sweep.reuse[index] == simulation.reuse)
        }
      }
    }
  }

  /// What is given up of a prompt is not found, what others have before it is.
  @Test(arguments: 0..<16)
  func whatIsGivenUpIsNotFound(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for model: CacheModel in [.radix, .paged(pageSize: 2), .llamaSlots(count: 4)] {
      var kept: [[UInt32]] = []
      var simulation = CacheSimulation(model)
      for _ in 0..<60 {
        let prompt = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
          UInt32.random(in: 0...1, using: &generator)
        }
        if model != .llamaSlots(count: 4), Bool.random(using: &generator) {
          let count = Int.random(in: 0...12, using: &generator)
          try simulation.giveUp(SimulatedPrompt(tokens: prompt), behind: count)
          // All that goes on as the prompt does ends where that is given up, or a page begins before.
          let end = (count + model.pageSize - 1) / model.pageSize * model.pageSize
          kept = kept.map { other in
            let common =
              zip(other, prompt).prefix { $0 == $1 }.count / model.pageSize
              * model.pageSize
            return common > end ? Array(other.prefix(end)) : other
          }
        } else if model != .llamaSlots(count: 4) {
          let common =
            kept.map { other in
              zip(other, prompt).prefix { $0 == $1 }.count / model.pageSize * model.pageSize
            }.max() ?? 0
          let most = (prompt.count - 1) / model.pageSize * model.pageSize
          #expect(try simulation.send(SimulatedPrompt(tokens: prompt)) == min(common, most))
          kept.append(prompt)
        } else {
          try simulation.giveUp(SimulatedPrompt(tokens: prompt), behind: 1)
          #expect(try simulation.send(SimulatedPrompt(tokens: prompt)) <= 1)
        }
      }
    }
  }

  @Test func aRepeatComputesTheLastTokenOrPage() throws {
    let prompt = SimulatedPrompt(tokens: Array(0..<32))
    for (model, hits) in [
      (CacheModel.radix, 31), (.paged(pageSize: 16), 16), (.llamaSlots(count: 1), 31),
      (.breakpoints(count: 1), 31),
    ] {
      #expect(try Self.hits([prompt, prompt], model) == [0, hits])
    }
  }

  @Test func aMarkedPrefixDiesUnlessItIsUsed() throws {
    let prompts = [0.0, 4, 8, 14].map { time in
      var prompt = SimulatedPrompt(tokens: [1, 2, 3])
      prompt.time = time
      return prompt
    }
    #expect(try Self.hits(prompts, .breakpoints(count: 1, timeToLive: 5)) == [0, 2, 2, 0])
  }

  /// What two prefixes share counts once, and a prefix is kept whole or not at all.
  @Test func markedPrefixesAreGivenUpWhole() throws {
    let tokens: [[UInt32]] = [[1, 2, 3, 4], [1, 2, 3, 4, 5, 6], [7, 8, 9], [1, 2, 3, 4, 9]]
    let prompts = tokens.map { tokens in
      var prompt = SimulatedPrompt(tokens: tokens)
      prompt.breakpoints = tokens.count > 4 ? [4, tokens.count] : [tokens.count]
      return prompt
    }
    #expect(try Self.hits(prompts, .breakpoints(count: 2), capacity: 7) == [0, 4, 0, 4])
    #expect(try Self.hits(prompts, .breakpoints(count: 2), capacity: 6) == [0, 4, 0, 0])
  }

  @Test func estimatesTheTimeToTheFirstToken() {
    let time = PrefillTime(base: 1, perToken: 0.5, perPair: 0.25)
    #expect(time.seconds(promptTokens: 4, hitTokens: 1) == 1 + 1.5 + 0.25 * (3 + 3))
  }

  @Test func saysWhatCannotBeCompared() throws {
    let trace = try #require(SimulatedPrompt(pages: [1, 2], size: 512, tokenCount: 600))
    for size in [3, 768] {
      var simulation = CacheSimulation(.paged(pageSize: size))
      #expect(throws: SimulationError.unequalPages(model: size, trace: 512)) {
        try simulation.send(trace)
      }
    }
    for model in [CacheModel.radix, .paged(pageSize: 512), .breakpoints(count: 1)] {
      var simulation = CacheSimulation(model)
      try simulation.send(trace)
      #expect(throws: SimulationError.mixedContent) {
        try simulation.send(SimulatedPrompt(tokens: [1]))
      }
    }
    #expect(SimulatedPrompt(pages: [1], size: 512, tokenCount: 600) == nil)
    #expect(SimulatedPrompt(pages: [1, 2], size: 0, tokenCount: 600) == nil)
  }
}
