import ContextIndex
import TestSupport
import Testing

@Suite struct OfflineSchedulerTests {
  @Test(
    "orders are permutations of blocks, the sequence one of requests", arguments: 0..<20)
  func permutes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let batch = RequestBatch.random(60, blocks: 40, size: 0...12, using: &generator)
    let schedule = OfflineScheduler().schedule(batch)
    #expect(schedule.sequence.sorted() == Array(0..<batch.count))
    for request in 0..<batch.count {
      #expect(schedule.orders[request].sorted() == batch.requests[request].sorted())
    }
  }

  @Test("the same batch gives the same schedule")
  func isDeterministic() {
    var generator = SeededGenerator(seed: 7)
    let batch = RequestBatch.random(200, blocks: 60, size: 1...10, using: &generator)
    #expect(OfflineScheduler().schedule(batch) == OfflineScheduler().schedule(batch))
  }

  @Test("shares at least as much as the given order, and as a sort of blocks", arguments: 0..<20)
  func sharesMore(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let batch = RequestBatch.random(80, blocks: 30, size: 2...9, using: &generator)
    var (given, sorted) = (Schedule(), Schedule())
    for request in 0..<batch.count {
      given.orders.append(batch.requests[request])
      sorted.orders.append(batch.requests[request].sorted())
    }
    let shared = OfflineScheduler().schedule(batch).sharedTokens(batch.tokens)
    #expect(shared >= given.sharedTokens(batch.tokens))
    #expect(shared >= sorted.sharedTokens(batch.tokens))
  }

  @Test("blocks that all have stand first, the most important of them first")
  func commonBlocksFirst() {
    var batch = RequestBatch(tokens: [10, 10, 10, 10, 10])
    batch.append([4, 1, 0])
    batch.append([0, 2, 1])
    batch.append([0, 1, 3])
    let schedule = OfflineScheduler().schedule(batch)
    for request in 0..<3 { #expect(schedule.orders[request].prefix(2) == [0, 1]) }
  }

  @Test("requests with nothing in common keep the order of importance")
  func keepsImportance() {
    var batch = RequestBatch(tokens: Array(repeating: 5, count: 6))
    batch.append([5, 0, 3])
    batch.append([4, 2, 1])
    let schedule = OfflineScheduler().schedule(batch)
    #expect(Array(schedule.orders[0]) == [5, 0, 3])
    #expect(Array(schedule.orders[1]) == [4, 2, 1])
  }

  @Test("a block that comes twice or is not known is left out")
  func cleansRequests() {
    var batch = RequestBatch(tokens: [1, 1])
    batch.append([1, 1, 0, 7])
    #expect(Array(batch.requests[0]) == [1, 0])
  }

  @Test("no requests, empty requests and one request of 50,000 blocks")
  func extremes() {
    #expect(OfflineScheduler().schedule(RequestBatch(tokens: [])).sequence.isEmpty)
    var empty = RequestBatch(tokens: [1])
    empty.append([])
    #expect(OfflineScheduler().schedule(empty).sequence == [0])
    var long = RequestBatch(tokens: Array(repeating: 1, count: 50_000))
    long.append(Array(0..<50_000))
    long.append(Array((0..<50_000).reversed()))
    let schedule = OfflineScheduler().schedule(long)
    #expect(schedule.orders[0] == schedule.orders[1])
  }

  @Test("agglomeration reaches the best hierarchy of three requests")
  func optimumOfThree() {
    // The heavy pair is joined, though the light block is common to all.
    var batch = RequestBatch(tokens: [1, 100, 100, 7, 7])
    batch.append([0, 1, 2])
    batch.append([0, 3])
    batch.append([2, 1, 0])
    #expect(OfflineScheduler().schedule(batch).sharedTokens(batch.tokens) == 201 + 1)
  }
}
