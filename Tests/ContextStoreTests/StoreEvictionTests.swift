import Bytes
import ContextIndex
import ContextStore
import Testing

@Suite struct StoreEvictionTests {
  @Test("a request that is gone takes its sequence with it, if it was the last to send it")
  func evictsRequests() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      try scenario.send([1, 2], to: store, id: "a")
      try scenario.send([3], to: store, id: "b")
      store.index.evict(request: "a", of: scenario.key)
      try store.save()
      #expect(try scenario.sequences() == [[3]])
      // The name goes to what was sent under it last.
      try scenario.send([4], to: store, id: "b")
      store.index.evict(request: "b", of: scenario.key)
      try store.save()
      #expect(try scenario.sequences() == [[3]])
    }
  }

  @Test("a block that is gone shortens the sequences that hold it")
  func evictsBlocks() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      for blocks: [UInt64] in [[1, 2, 3], [1], [2, 1], [1, 2, 4], [5]] {
        try scenario.send(blocks, to: store)
      }
      store.index.evict(block: StoreScenario.fingerprint(2), of: scenario.key)
      try store.save()
      #expect(try scenario.sequences() == [[], [1], [5]])
      #expect(try scenario.cached([1, 2]) == 1)
      store.index.evict(block: BlockFingerprint(high: 1, low: 999), of: scenario.key)
      try store.save()
      #expect(try scenario.sequences() == [])
    }
  }

  @Test("a node that is gone shortens the sequences that begin with it, and others not")
  func evictsNodes() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      for blocks: [UInt64] in [[1, 2, 3], [1, 2, 4], [2, 1], [1, 5], [5]] {
        try scenario.send(blocks, to: store)
      }
      func evict(_ blocks: [UInt64]) throws {
        store.index.evict(
          node: blocks.map(StoreScenario.fingerprint),
          behind: BlockFingerprint(high: 1, low: 999), of: scenario.key)
        try store.save()
      }
      let other = try scenario.open()
      try evict([1, 2])
      #expect(try scenario.sequences() == [[1], [2, 1], [1, 5], [5]])
      #expect(try scenario.cached([2, 1]) == 2)
      try other.refresh()
      #expect(other.index.arrange(scenario.request([3, 2, 1])).order == [1, 2, 0])
      try evict([7])
      #expect(try scenario.sequences().count == 4)
      try evict([])
      #expect(try scenario.sequences() == [])
    }
  }

  @Test("what was learned is kept as a hint, once, and goes with everything of its key")
  func keepsWhatWasLearned() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      for _ in 0..<2 {
        store.index.learn(scenario.request([3, 1]), order: [0, 1], count: 2, at: 5000)
        try store.save()
      }
      let learned = try store.learned(of: scenario.key)
      #expect(learned.map { $0.blocks.map(\.fingerprint.low) } == [[3, 1]])
      #expect(learned.map(\.learned) == [2])
      let found = try scenario.open(.reading)
      let arrangement = found.index.arrange(scenario.request([1, 2, 3]))
      #expect(arrangement.order == [2, 0, 1])
      #expect(arrangement.cachedBlocks == 0)
      #expect(try found.keys().map(\.learned) == [1])
      #expect(try scenario.sequences() == [])
      #expect(try store.prune(before: nil, keeping: 0) == 0)
      #expect(try store.prune(before: 6000, keeping: nil) == 1)
      store.index.learn(scenario.request([3, 1]), order: [0, 1], at: 5000)
      store.index.removeAll(of: scenario.key)
      try store.save()
      #expect(try store.learned(of: scenario.key).isEmpty)
    }
  }

  @Test("bytes that only look like a block's fingerprint across two blocks are no block")
  func findsWholeBlocks() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      let blocks = [
        IndexedBlock(BlockFingerprint(high: 7, low: 8), tokens: 9),
        IndexedBlock(BlockFingerprint(high: 10, low: 11), tokens: 12),
      ]
      var request = scenario.request([])
      request.blocks = blocks
      store.index.record(request, order: [0, 1])
      // 4 bytes into the first block.
      store.index.evict(
        block: BlockFingerprint(high: 7 << 32, low: 8 << 32 | 9), of: scenario.key)
      try store.save()
      #expect(try scenario.sequences() == [[8, 11]])
    }
  }

  @Test("what is old, and what is too much, is removed")
  func prunes() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      for block in 1...9 as ClosedRange<UInt64> {
        try scenario.send([block], to: store, at: block * 1000)
      }
      store.index.evict(usedBefore: 3000, of: scenario.key)
      try store.save()
      #expect(try scenario.sequences().first == [3])
      #expect(try store.prune(before: 5000, keeping: nil) == 2)
      #expect(try store.prune(before: nil, keeping: 2) == 3)
      #expect(try scenario.sequences() == [[8], [9]])
      store.index.removeAll(of: scenario.key)
      try store.save()
      #expect(try scenario.sequences() == [])
    }
  }

  @Test("a file does not grow past its limit; what was used last stays")
  func boundsTheFile() throws {
    try StoreScenario.run { scenario in
      var bounded = scenario
      bounded.limits.bytes = 1 << 18
      let store = try bounded.open()
      for first in stride(from: 0, to: 40_000, by: 20) as StrideTo<UInt64> {
        store.index.record(
          bounded.request((first..<(first + 20)).map { $0 }), order: Array(0..<20))
        if first.isMultiple(of: 400) { try store.save() }
      }
      try store.save()
      #expect(try store.size() < (1 << 18) + (1 << 16))
      let sequences = try bounded.sequences()
      #expect(sequences.count > 200)
      #expect(sequences.last?.first == 39_980)
    }
  }
}
