import ContextIndex
import TestSupport
import Testing

/// What an order gains is counted in what the cache model can reuse.
///
/// The head has 10 tokens, a block 100.
@Suite struct ReuseMeasureTests {
  private func arranged(
    _ blocks: [UInt64], behind sent: [[UInt64]], _ model: CacheModel, at time: UInt64 = 0
  ) -> (order: [UInt64], arrangement: Arrangement) {
    let scenario = IndexScenario()
    for sequence in sent { scenario.send(sequence, at: 1_000_000) }
    let arrangement = scenario.index.arrange(scenario.request(blocks), for: model, at: time)
    return (arrangement.order.map { blocks[$0] }, arrangement)
  }

  @Test("blocks that complete no page keep the order of importance")
  func keepsTheOrderWithoutAPage() {
    let (order, arrangement) = arranged([3, 2, 1], behind: [[1, 2, 3]], .paged(pageSize: 512))
    #expect(order == [3, 2, 1])
    #expect(arrangement.cachedBlocks == 0)
    #expect(arrangement.cachedTokens == 0)
    #expect(arranged([3, 2, 1], behind: [[1, 2, 3]], .radix).order == [1, 2, 3])
  }

  @Test("the tokens before the blocks are part of the first page")
  func countsTheHead() {
    // 10 + 300 tokens complete a page of 310, and none of 311.
    let whole = arranged([3, 2, 1], behind: [[1, 2, 3]], .paged(pageSize: 310))
    #expect(whole.order == [1, 2, 3])
    #expect(whole.arrangement.cachedTokens == 310)
    let short = arranged([3, 2, 1], behind: [[1, 2, 3]], .paged(pageSize: 311))
    #expect(short.order == [3, 2, 1])
  }

  @Test("blocks behind the last whole page keep their importance")
  func leavesOutWhatCompletesNoPage() {
    // 10 + 200 tokens complete a page of 200; the third and fourth block complete no other.
    let (order, arrangement) = arranged(
      [9, 4, 3, 2, 1], behind: [[1, 2, 3, 4]], .paged(pageSize: 250))
    #expect(Array(order.prefix(3)) == [1, 2, 3])
    #expect(arrangement.cachedBlocks == 3)
    #expect(arrangement.cachedTokens == 250)
  }

  @Test("the path with more whole pages is taken, not that with more tokens")
  func prefersPages() {
    let scenario = IndexScenario()
    let heavy = scenario.request([7], tokens: 190)
    scenario.index.record(heavy, order: [0])
    scenario.send([1, 2])
    let blocks = scenario.request([1, 2]).blocks
    let request = ContextRequest(
      key: scenario.key, head: heavy.head, blocks: heavy.blocks + blocks)
    // By tokens 1, 2 (200) stand before 7 (190); in pages of 200 the head and 7 are as many.
    #expect(scenario.index.arrange(request).order == [1, 2, 0])
    #expect(scenario.index.arrange(request, for: .paged(pageSize: 210)).order == [1, 2, 0])
    let paged = scenario.index.arrange(request, for: .paged(pageSize: 200))
    #expect(paged.cachedTokens == 200)
  }

  @Test("with breakpoints a prefix counts where an earlier prompt's blocks ended")
  func needsAMark() {
    let model = CacheModel.breakpoints(count: 4)
    #expect(arranged([9, 2, 1], behind: [[1, 2, 3]], model).arrangement.cachedBlocks == 0)
    let marked = arranged([9, 2, 1], behind: [[1, 2, 3], [1, 2]], model)
    #expect(marked.order == [1, 2, 9])
    #expect(marked.arrangement.cachedTokens == 200)
  }

  @Test("a single mark finds what it looks back to")
  func looksBack() {
    func cached(_ model: CacheModel) -> Int {
      arranged([9, 8, 2, 1], behind: [[1, 2]], model).arrangement.cachedBlocks
    }
    #expect(cached(.breakpoints(count: 1)) == 0)
    #expect(cached(.breakpoints(count: 1, lookback: 2)) == 0)
    #expect(cached(.breakpoints(count: 1, lookback: 3)) == 2)
    #expect(cached(.breakpoints(count: 2)) == 2)
  }

  @Test("what was not used for the time to live is gone")
  func ages() {
    let model = CacheModel.breakpoints(count: 4, timeToLive: 300)
    func cached(_ time: UInt64) -> Int {
      arranged([2, 1], behind: [[1, 2]], model, at: time).arrangement.cachedBlocks
    }
    #expect(cached(1_299_000) == 2)
    #expect(cached(1_301_000) == 0)
  }

  @Test("offline, blocks that requests share stand first where they complete a page")
  func ordersABatchInPages() {
    var batch = RequestBatch(tokens: Array(repeating: 100, count: 6))
    batch.append([0, 1, 2], head: 10)
    batch.append([3, 4, 2], head: 10)
    let paged = OfflineScheduler(cacheModel: .paged(pageSize: 512)).schedule(batch)
    #expect(Array(paged.orders[0]) == [0, 1, 2])
    #expect(Array(paged.orders[1]) == [3, 4, 2])
    let whole = OfflineScheduler(cacheModel: .paged(pageSize: 110)).schedule(batch)
    #expect(Array(whole.orders[1]) == [2, 3, 4])
    #expect(Array(OfflineScheduler().schedule(batch).orders[0]) == [2, 0, 1])
  }

  @Test("a window counts what the mirror holds in pages")
  func countsWindowsInPages() {
    func cached(_ model: CacheModel) -> UInt64 {
      var scheduler = WindowScheduler(cacheTokens: 10_000, cacheModel: model)
      var batch = RequestBatch(tokens: Array(repeating: 100, count: 6))
      batch.append([0, 1, 2], head: 10)
      batch.append([2, 1, 0, 4], head: 10)
      _ = scheduler.schedule(batch)
      return scheduler.cachedTokens
    }
    #expect(cached(.radix) == 300)
    #expect(cached(.paged(pageSize: 200)) == 200)
    #expect(cached(.paged(pageSize: 512)) == 0)
  }

  @Test("an order has as many whole pages cached as that of importance", arguments: 0..<8)
  func isNeverWorse(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for page in [1, 64, 250, 512] {
      let scenario = IndexScenario()
      var sent: [[UInt64]] = []
      func pages(_ order: [UInt64]) -> Int {
        let common = sent.map { zip($0, order).prefix { $0 == $1 }.count }.max() ?? 0
        return (10 + common * 100) / page
      }
      for _ in 0..<60 {
        let size = Int.random(in: 0...8, using: &generator)
        let blocks = Array((UInt64(0)..<12).shuffled(using: &generator).prefix(size))
        let arrangement = scenario.index.arrange(
          scenario.request(blocks), for: .paged(pageSize: page))
        let order = arrangement.order.map { blocks[$0] }
        #expect(!arrangement.isExact || pages(order) >= pages(blocks))
        scenario.send(order)
        sent.append(order)
      }
    }
  }
}
