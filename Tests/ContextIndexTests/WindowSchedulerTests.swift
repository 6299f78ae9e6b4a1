import ContextIndex
import TestSupport
import Testing

@Suite struct WindowSchedulerTests {
  /// Sends a batch in windows, and returns what the mirror says was cached.
  private func cachedTokens(_ batch: RequestBatch, window: Int, cacheTokens: Int) -> UInt64 {
    var scheduler = WindowScheduler(cacheTokens: cacheTokens)
    for start in stride(from: 0, to: batch.count, by: window) {
      var part = RequestBatch(tokens: batch.tokens)
      for request in start..<min(start + window, batch.count) {
        part.append(Array(batch.requests[request]))
      }
      _ = scheduler.schedule(part)
    }
    return scheduler.cachedTokens
  }

  @Test("orders are permutations of blocks, the sequence one of requests", arguments: 0..<10)
  func permutes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let batch = RequestBatch.random(40, blocks: 30, size: 0...9, using: &generator)
    var scheduler = WindowScheduler(cacheTokens: 5000)
    for _ in 0..<3 {
      let schedule = scheduler.schedule(batch)
      #expect(schedule.sequence.sorted() == Array(0..<batch.count))
      for request in 0..<batch.count {
        #expect(schedule.orders[request].sorted() == batch.requests[request].sorted())
      }
    }
  }

  @Test("a window sends together what a small cache would have forgotten")
  func sendsTogether() {
    // Two topics take turns, and the cache holds the blocks of one.
    var batch = RequestBatch(tokens: Array(repeating: 100, count: 40))
    for request in 0..<16 {
      let topic: [UInt32] = request % 2 == 0 ? [0, 1, 2] : [3, 4, 5]
      batch.append(topic + [UInt32(10 + request)])
    }
    #expect(cachedTokens(batch, window: 1, cacheTokens: 450) < 1000)
    // Of 300 tokens 18 pages of 16 are whole.
    #expect(cachedTokens(batch, window: 16, cacheTokens: 450) == 14 * 288)
  }

  @Test("what the cache holds is asked for before it is given up")
  func usesTheCacheFirst() {
    var scheduler = WindowScheduler(cacheTokens: 300, cacheModel: .radix)
    var first = RequestBatch(tokens: Array(repeating: 100, count: 10))
    first.append([0, 1, 2])
    _ = scheduler.schedule(first)
    var second = RequestBatch(tokens: first.tokens)
    second.append([5, 6, 7])
    second.append([2, 1, 0])
    let schedule = scheduler.schedule(second)
    #expect(schedule.sequence == [1, 0])
    #expect(Array(schedule.orders[1]) == [0, 1, 2])
    #expect(scheduler.cachedTokens == 300)
  }

  @Test("an empty window, and a cache that holds nothing")
  func extremes() {
    var scheduler = WindowScheduler(cacheTokens: 0)
    #expect(scheduler.schedule(RequestBatch(tokens: [5])).sequence.isEmpty)
    var batch = RequestBatch(tokens: [5])
    batch.append([0])
    batch.append([0])
    #expect(scheduler.schedule(batch).sequence.count == 2)
    #expect(scheduler.cachedTokens == 0)
  }
}
