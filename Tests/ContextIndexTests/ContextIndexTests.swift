import Bytes
import ContextIndex
import TestSupport
import Testing

/// Requests over blocks that are named by a number, with 100 tokens each.
struct IndexScenario {
  let index: ContextIndex
  var key = IndexKey(model: "m")
  var head: UInt64 = 999

  init(_ limits: IndexLimits = IndexLimits()) {
    index = ContextIndex(limits: limits)
  }

  func request(_ blocks: [UInt64], tokens: UInt32 = 100) -> ContextRequest {
    ContextRequest(
      key: key, head: IndexedBlock(BlockFingerprint(high: 1, low: head), tokens: 10),
      blocks: blocks.map { IndexedBlock(BlockFingerprint(high: 0, low: $0), tokens: tokens) })
  }

  /// The order in which the index lays out blocks, and how many are believed to be cached.
  func arranged(_ blocks: [UInt64], at time: UInt64 = 0) -> (order: [UInt64], cached: Int) {
    let arrangement = index.arrange(request(blocks), at: time)
    return (arrangement.order.map { blocks[$0] }, arrangement.cachedBlocks)
  }

  func learn(_ blocks: [UInt64], count: Int) {
    index.learn(request(blocks), order: Array(blocks.indices), count: count)
  }

  func evict(node blocks: [UInt64]) -> Bool {
    index.evict(
      node: blocks.map { BlockFingerprint(high: 0, low: $0) },
      behind: BlockFingerprint(high: 1, low: head), of: key)
  }

  func send(_ blocks: [UInt64], id: ByteString? = nil, at time: UInt64 = 0) {
    index.record(request(blocks), order: Array(blocks.indices), id: id, at: time)
  }
}

@Suite struct ContextIndexTests {
  @Test("an empty index keeps the order of importance")
  func emptyIndex() {
    let (order, cached) = IndexScenario().arranged([3, 1, 2])
    #expect(order == [3, 1, 2])
    #expect(cached == 0)
  }

  @Test("what was sent stands first, in the order in which it was sent")
  func reusesPrefix() {
    let scenario = IndexScenario()
    scenario.send([5, 2, 9])
    let (order, cached) = scenario.arranged([9, 1, 2, 5])
    #expect(order == [5, 2, 9, 1])
    #expect(cached == 3)
  }

  @Test("the sequence with the most tokens is taken, not the longest")
  func weighsTokens() {
    let scenario = IndexScenario()
    scenario.send([1, 2, 3])
    let heavy = scenario.request([7], tokens: 500)
    scenario.index.record(heavy, order: [0])
    let request = ContextRequest(
      key: scenario.key, head: heavy.head,
      blocks: scenario.request([1, 2, 3]).blocks + heavy.blocks)
    #expect(scenario.index.arrange(request).order.first == 3)
  }

  @Test("the same request twice adds nothing")
  func isIdempotent() {
    let scenario = IndexScenario()
    scenario.send([1, 2, 3])
    let before = scenario.index.statistics(of: scenario.key)
    scenario.send([1, 2, 3])
    #expect(scenario.index.statistics(of: scenario.key) == before)
  }

  @Test("tenants, models and heads share nothing")
  func isIsolated() {
    var scenario = IndexScenario()
    scenario.send([1, 2])
    scenario.head = 998
    #expect(scenario.arranged([2, 1]).order == [2, 1])
    scenario.head = 999
    scenario.key = IndexKey(tenant: "other", model: "m")
    #expect(scenario.arranged([2, 1]).order == [2, 1])
    scenario.key = IndexKey(model: "n")
    #expect(scenario.arranged([2, 1]).order == [2, 1])
  }

  @Test("a request that the engine gave up takes only its own end with it")
  func evictsRequests() {
    let scenario = IndexScenario()
    scenario.send([1, 2, 3], id: "a")
    scenario.send([1, 2, 4], id: "b")
    #expect(scenario.index.evict(request: "a", of: scenario.key) != nil)
    #expect(scenario.index.evict(request: "a", of: scenario.key) == nil)
    #expect(scenario.arranged([3, 2, 1]).cached == 2)
    #expect(scenario.arranged([4, 2, 1]).cached == 3)
  }

  @Test("a block that is gone cuts the sequences that hold it, until it is sent again")
  func evictsBlocks() {
    let scenario = IndexScenario()
    scenario.send([1, 2, 3])
    #expect(scenario.index.evict(block: BlockFingerprint(high: 0, low: 2), of: scenario.key))
    #expect(scenario.arranged([3, 2, 1]).cached == 1)
    scenario.send([1, 2, 3])
    #expect(scenario.arranged([3, 2, 1]).cached == 3)
  }

  @Test("a node takes what stands behind it along, and nothing else")
  func evictsNodes() {
    let scenario = IndexScenario()
    scenario.send([1, 2, 3, 4], id: "a")
    scenario.send([1, 2, 5])
    scenario.send([2, 3])
    #expect(scenario.evict(node: [1, 2, 3]))
    #expect(scenario.arranged([4, 3, 2, 1]).cached == 2)
    #expect(scenario.arranged([5, 2, 1]).cached == 3)
    #expect(scenario.index.evict(request: "a", of: scenario.key) == nil)
    #expect(!scenario.evict(node: [1, 2, 3]))
    #expect(!scenario.evict(node: [7]))
    #expect(scenario.evict(node: [1]))
    #expect(scenario.arranged([5, 3, 2, 1]).order == [2, 3, 5, 1])
    #expect(scenario.arranged([5, 2, 1]).cached == 1)
    #expect(scenario.evict(node: []))
    #expect(scenario.index.statistics(of: scenario.key).tokens == 0)
    #expect(!scenario.evict(node: []))
  }

  @Test("what was learned guides the order, and is not believed to be cached")
  func learns() {
    let scenario = IndexScenario()
    scenario.learn([5, 2, 9], count: 3)
    scenario.learn([5, 7], count: 1)
    let (order, cached) = scenario.arranged([9, 1, 7, 2, 5])
    #expect(Array(order.prefix(3)) == [5, 2, 9])
    #expect(cached == 0)
    #expect(scenario.index.statistics(of: scenario.key).tokens == 0)
    // What most requests went on with, not what is longest.
    #expect(Array(scenario.arranged([7, 2, 5]).order.prefix(2)) == [5, 2])
  }

  @Test("what is cached stands before what was learned, which goes on behind it")
  func prefersWhatIsCached() {
    let scenario = IndexScenario()
    scenario.learn([5, 2, 9], count: 3)
    scenario.send([2])
    #expect(scenario.arranged([9, 5, 2]).order.first == 2)
    scenario.send([5])
    scenario.learn([2, 8], count: 1)
    #expect(Array(scenario.arranged([9, 8, 2]).order.prefix(2)) == [2, 8])
    scenario.index.removeAll(of: scenario.key)
    #expect(scenario.arranged([9, 2, 5]).order == [9, 2, 5])
  }

  @Test("what was not used for a lifetime is gone")
  func expires() {
    let scenario = IndexScenario(IndexLimits(lifetime: 1000))
    scenario.send([1, 2], at: 5000)
    #expect(scenario.arranged([2, 1], at: 5900).cached == 2)
    #expect(scenario.arranged([2, 1], at: 6100).cached == 0)
  }

  @Test("a finite cache gives up the ends of what was used least recently")
  func mirrorsCapacity() {
    // Head 10 tokens, blocks 100 each.
    let scenario = IndexScenario(IndexLimits(tokens: 510))
    scenario.send([1, 2, 3])
    scenario.send([4, 5])
    #expect(scenario.arranged([3, 2, 1]).cached == 3)
    scenario.send([6])
    #expect(scenario.arranged([3, 2, 1]).cached == 2)
    #expect(scenario.arranged([5, 4]).cached == 2)
  }

  @Test("the number of edges is bounded")
  func boundsEdges() {
    let scenario = IndexScenario(IndexLimits(edges: 50))
    for request in UInt64(0)..<1000 { scenario.send([request, request + 1]) }
    let statistics = scenario.index.statistics(of: scenario.key)
    #expect(statistics.edges <= 50)
    #expect(statistics.blocks <= 2 * 50 + 1)
  }

  @Test("no blocks, one block twice and 50,000 blocks")
  func extremes() {
    let scenario = IndexScenario()
    #expect(scenario.arranged([]).order.isEmpty)
    scenario.send([])
    scenario.send([1, 1, 1])
    #expect(scenario.arranged([1, 1]).order.count == 2)
    let many = Array(UInt64(0)..<50_000)
    scenario.send(many)
    #expect(scenario.arranged(many.reversed()).cached == 50_000)
  }

  @Test("blocks that like requests ask for stand before others that are as important")
  func learnsCompany() {
    let scenario = IndexScenario()
    for other in UInt64(0)..<8 { scenario.send([100 + other, 1, 2]) }
    let (order, _) = scenario.arranged([50, 1, 2])
    #expect(order == [1, 2, 50])
  }

  @Test(
    "an arrangement is a permutation, its cached part what the index has", arguments: 0..<10)
  func agreesWithPlainSearch(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let scenario = IndexScenario()
    var sent: [[UInt64]] = []
    for _ in 0..<120 {
      let size = Int.random(in: 0...7, using: &generator)
      var blocks: [UInt64] = []
      for _ in 0..<size {
        let block = UInt64.random(in: 0..<14, using: &generator)
        if !blocks.contains(block) { blocks.append(block) }
      }
      let arrangement = scenario.index.arrange(scenario.request(blocks))
      #expect(arrangement.order.sorted() == Array(blocks.indices))
      let longest = sent.map { old in old.prefix { blocks.contains($0) }.count }.max() ?? 0
      #expect(!arrangement.isExact || arrangement.cachedBlocks == longest)
      #expect(arrangement.cachedTokens == arrangement.cachedBlocks * 100)
      let order = arrangement.order.map { blocks[$0] }
      sent.append(order)
      scenario.send(order)
    }
  }

  @Test("may be used from many tasks at once")
  func isConcurrent() async {
    let scenario = IndexScenario()
    await withTaskGroup(of: Void.self) { group in
      for task in UInt64(0)..<8 {
        group.addTask {
          for round in UInt64(0)..<50 {
            let blocks = [task, round, 1000 + round]
            scenario.send(scenario.arranged(blocks).order)
          }
        }
      }
    }
    #expect(scenario.index.statistics(of: scenario.key).edges > 0)
  }
}
