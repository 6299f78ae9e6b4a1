import Bytes
import ContextIndex
import ContextStore
import TestSupport
import Testing

@Suite struct ContextStoreTests {
  @Test("the next process knows what was saved, and nothing else")
  func remembers() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      try scenario.send([5, 2, 9], to: store)
      store.index.record(scenario.request([7, 8]), order: [0, 1])
      #expect(try scenario.cached([9, 1, 2, 5]) == 3)
      #expect(try scenario.cached([7, 8]) == 0)
      try store.save()
      #expect(try scenario.cached([7, 8]) == 2)
    }
  }

  @Test("what is unloaded takes no memory, and is read again from the file")
  func unloads() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      store.index.record(scenario.request([5, 2, 9]), order: [0, 1, 2])
      try store.unload(scenario.key)
      #expect(store.index.keys.isEmpty)
      #expect(store.index.arrange(scenario.request([9, 2, 5])).cachedBlocks == 0)
      try store.load(scenario.key)
      #expect(store.index.arrange(scenario.request([9, 2, 5])).cachedBlocks == 3)
    }
  }

  @Test("the same sequence again makes no row, and is the latest used")
  func isIdempotent() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      for blocks: [UInt64] in [[1, 2], [3], [1, 2]] { try scenario.send(blocks, to: store) }
      #expect(try scenario.sequences() == [[3], [1, 2]])
    }
  }

  @Test("what is read for one request lays it out as all would", arguments: 0..<6)
  func readsWhatMatters(seed: UInt64) throws {
    try StoreScenario.run { scenario in
      var generator = SeededGenerator(seed: seed)
      let store = try scenario.open()
      func blocks() -> [UInt64] {
        Array((UInt64(0)..<30).shuffled(using: &generator).prefix(6))
      }
      for count in 1...60 {
        let request = scenario.request(blocks())
        if count % 3 == 0 {
          store.index.learn(request, order: Array(0..<6), count: count)
        } else {
          store.index.record(request, order: Array(0..<6))
        }
      }
      var other = scenario
      other.head = 998
      try other.send([101, 102], to: store)
      let content = StoreScenario.fingerprint(77)
      store.index.record(label: "x", of: content, for: scenario.key)
      try store.save()
      let whole = try scenario.open(.reading)
      for _ in 0..<10 {
        let request = scenario.request(blocks())
        let part = try ContextStore(path: scenario.path)
        try part.load(labels: [content], of: scenario.key) { request }
        #expect(part.index.arrange(request) == whole.index.arrange(request))
        #expect(part.index.label(of: content, for: scenario.key) == "x")
        let size = { (store: ContextStore) in store.index.statistics(of: scenario.key).edges }
        #expect(size(part) < size(whole))
        // Read anew it knows all.
        try part.load(scenario.key)
        #expect(size(part) == size(whole))
      }
    }
  }

  @Test("a new process lays out requests as the one that recorded would")
  func replaysInOrder() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      var random = SystemRandomNumberGenerator()
      func blocks() -> [UInt64] { Array((1...30).shuffled(using: &random).prefix(8)) }
      for time in 0..<300 as Range<UInt64> {
        let request = scenario.request(blocks())
        let arrangement = store.index.arrange(request, at: time)
        store.index.record(request, order: arrangement.order, at: time)
      }
      try store.save()
      let other = try scenario.open(.reading)
      for _ in 0..<50 {
        let request = scenario.request(blocks())
        let (here, there) = (store.index.arrange(request), other.index.arrange(request))
        #expect(here.cachedTokens == there.cachedTokens)
        #expect(here.isHeadCached == there.isHeadCached)
      }
    }
  }

  @Test("keys do not know of each other")
  func separatesKeys() throws {
    try StoreScenario.run { scenario in
      var other = scenario
      other.key = IndexKey(tenant: "t", model: "m")
      let store = try scenario.open()
      try store.load(other.key)
      try scenario.send([1, 2], to: store)
      try other.send([3], to: store)
      #expect(try scenario.cached([1, 2]) == 2)
      #expect(try other.cached([1, 2]) == 0)
      let keys = try ContextStore(path: scenario.path, .reading).keys()
      #expect(keys.map(\.key) == [scenario.key, other.key])
      #expect(keys.map(\.sequences) == [1, 1])
      #expect(keys.map(\.tokens) == [210, 110])
    }
  }

  @Test("two stores on one file see what the other saved")
  func followsOthers() throws {
    try StoreScenario.run { scenario in
      let (one, two) = (try scenario.open(), try scenario.open())
      try scenario.send([1, 2, 3], to: one)
      #expect(two.index.arrange(scenario.request([3, 2, 1])).cachedBlocks == 0)
      try two.refresh()
      #expect(two.index.arrange(scenario.request([3, 2, 1])).cachedBlocks == 3)
      // Saving reads what others saved as well.
      try scenario.send([4], to: two)
      try scenario.send([5], to: one)
      #expect(one.index.arrange(scenario.request([4])).cachedBlocks == 1)
      try two.refresh()
      #expect(two.index.arrange(scenario.request([5])).cachedBlocks == 1)
      // And what the other gave up is given up here, but not what is not saved yet.
      two.index.record(scenario.request([6]), order: [0])
      one.index.evict(block: StoreScenario.fingerprint(2), of: scenario.key)
      try one.save()
      try two.refresh()
      #expect(two.index.arrange(scenario.request([1, 2, 3])).cachedBlocks == 1)
      #expect(two.index.arrange(scenario.request([6])).cachedBlocks == 1)
    }
  }

  @Test("what is recorded says how much of it was believed to be cached")
  func measures() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      func cached(_ blocks: [UInt64]) -> [Int] {
        let request = scenario.request(blocks)
        store.index.record(request, order: Array(blocks.indices))
        return store.unsaved.suffix(1).flatMap { [$0.isHeadCached ? 1 : 0, $0.cachedBlocks] }
      }
      #expect(cached([1, 2, 3]) == [0, 0])
      #expect(cached([2, 1]) == [1, 0])
      #expect(cached([1, 2, 4]) == [1, 2])
      #expect(cached([1, 2, 3]) == [1, 3])
      #expect(cached([1, 2, 3, 5]) == [1, 3])
      store.index.evict(block: StoreScenario.fingerprint(2), of: scenario.key)
      #expect(cached([1, 2, 3]) == [1, 1])
      try store.save()
      #expect(store.unsaved.isEmpty)
    }
  }

  @Test("only the latest sequences are loaded")
  func loadsALimitedNumber() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      for block in 1...9 as ClosedRange<UInt64> { try scenario.send([block], to: store) }
      var limited = scenario
      limited.limits.loaded = 3
      #expect(try limited.cached([6]) == 0)
      #expect(try limited.cached([7]) == 1)
      #expect(try limited.cached([9]) == 1)
    }
  }

  @Test("blocks and contents have the labels that were noted first")
  func keepsLabels() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      for label: ByteString in ["first", "second"] {
        store.note(label: label, of: StoreScenario.fingerprint(1), for: scenario.key)
        store.index.record(label: label, of: StoreScenario.fingerprint(2), for: scenario.key)
        try store.save()
      }
      let labels = try ContextStore(path: scenario.path, .reading).labels(of: scenario.key)
      #expect(labels == [StoreScenario.fingerprint(1): "first"])
      let other = try scenario.open(.reading)
      #expect(other.index.label(of: StoreScenario.fingerprint(2), for: scenario.key) == "first")
    }
  }
}
