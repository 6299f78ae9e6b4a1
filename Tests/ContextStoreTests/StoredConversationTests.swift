import Bytes
import ContextIndex
import ContextStore
import TestSupport
import Testing

/// The states of conversations in the file of an index.
@Suite struct StoredConversationTests {
  private static let key = IndexKey(tenant: "t", model: "m")
  private static let day: UInt64 = 86_400_000
  private static let now: UInt64 = 1_000 * day

  /// Stores a state of one turn.
  private static func save(
    _ state: [UInt8], _ id: ByteString, to store: ContextStore, key: IndexKey = key,
    at time: UInt64 = now
  ) throws {
    try store.save(state, turns: 1, ofConversation: id, of: key, at: time)
  }

  @Test func anotherProcessReadsWhatOneStored() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      #expect(try store.conversation("c", of: Self.key, at: Self.now) == nil)
      #expect(try store.conversations() == [])
      try Self.save([1, 2, 0], "c", to: store)
      try store.save([3], turns: 2, ofConversation: "c", of: Self.key, at: Self.now + 1)
      let other = try ContextStore(path: scenario.path, .reading)
      #expect(try other.conversation("c", of: Self.key, at: Self.now) == [3])
      let listed = try #require(try other.conversations().first)
      #expect((listed.key, listed.id) == (Self.key, "c"))
      #expect((listed.turns, listed.bytes, listed.lastUse) == (2, 1, Self.now + 1))
      // It is a thing of its own: there is no sequence of that key.
      #expect(try other.keys() == [])
    }
  }

  @Test func nothingOfAnotherTenantOrModelIsRead() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      let keys = [
        Self.key, IndexKey(tenant: "u", model: "m"), IndexKey(tenant: "t", model: "n"),
        IndexKey(tenant: "", model: "m"), IndexKey(tenant: "T", model: "m"),
      ]
      for (number, key) in keys.enumerated() where number > 0 {
        try Self.save([UInt8(number)], "c", to: store, key: key)
      }
      #expect(try store.conversation("c", of: Self.key, at: Self.now) == nil)
      #expect(try store.conversation("C", of: keys[1], at: Self.now) == nil)
      try Self.save([0], "c", to: store)
      for (number, key) in keys.enumerated() {
        #expect(try store.conversation("c", of: key, at: Self.now) == [UInt8(number)])
      }
      #expect(
        try store.conversations().map { "\($0.key.tenant)/\($0.key.model)" } == [
          "/m", "T/m", "t/m", "t/n", "u/m",
        ])
    }
  }

  @Test func whatDoesNotGoOnExpires() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      try Self.save([1], "old", to: store)
      #expect(try store.conversation("old", of: Self.key, at: Self.now + 30 * Self.day) == [1])
      #expect(try store.conversation("old", of: Self.key, at: Self.now + 31 * Self.day) == nil)
      try Self.save([2], "new", to: store, at: Self.now + 31 * Self.day)
      #expect(try store.conversations().map(\.id) == ["new"])
    }
  }

  @Test func theyArePruned() throws {
    try StoreScenario.run { scenario in
      let store = try scenario.open()
      #expect(try store.pruneConversations(before: Self.now, keeping: 0) == 0)
      for number in 0..<6 {
        for tenant: ByteString in ["t", "u"] {
          try Self.save(
            [UInt8(number)], ByteString("c\(number)"), to: store,
            key: IndexKey(tenant: tenant, model: "m"), at: Self.now + UInt64(number))
        }
      }
      #expect(try store.pruneConversations(before: Self.now + 2, keeping: nil) == 4)
      #expect(try store.pruneConversations(before: nil, keeping: 3) == 2)
      #expect(
        try store.conversations().map(\.id) == ["c3", "c4", "c5", "c3", "c4", "c5"])
    }
  }

  @Test func theirSizeIsBounded() throws {
    try StoreScenario.run { scenario in
      var scenario = scenario
      scenario.limits = StoreLimits(bytes: 1 << 17)
      let store = try scenario.open()
      try scenario.send([1, 2], to: store)
      let state = [UInt8](repeating: 7, count: 20_000)
      for number in 0..<10 {
        try Self.save(
          state, ByteString("c\(number)"), to: store, at: Self.now + UInt64(number))
      }
      // Half of 131,072 bytes has room for three.
      #expect(try store.conversations().map(\.id) == ["c7", "c8", "c9"])
      // The latest stays, and the sequences do.
      try Self.save([UInt8](repeating: 7, count: 100_000), "d", to: store, at: Self.now + 99)
      #expect(try store.conversations().map(\.id) == ["d"])
      #expect(try scenario.sequences() == [[1, 2]])
    }
  }

  @Test func aFileThatCannotBeWrittenIsRead() throws {
    try StoreScenario.run { scenario in
      try Self.save([1], "c", to: try scenario.open())
      let bytes = try Files.read(scenario.path)
      try Files.writeAtomically(Array(bytes.prefix(100)), to: scenario.path)
      #expect(throws: ContextStoreError.self) {
        try ContextStore(path: scenario.path).conversation("c", of: Self.key, at: Self.now)
      }
    }
  }
}
