import Bytes
import ContextIndex
import ContextStore
import TestSupport

/// Requests over blocks that are named by a number, with 100 tokens each, and the file that keeps them.
struct StoreScenario {
  let path: String
  var key = IndexKey(model: "m")
  var limits = StoreLimits()
  var head: UInt64 = 999

  /// Calls `body` with a scenario whose file is not there yet, in a folder of its own.
  static func run(_ body: (StoreScenario) throws -> Void) throws {
    try Command.withTemporaryFolder { try body(StoreScenario(path: $0 + "/i.db")) }
  }

  /// Opens the file and loads the key.
  func open(_ access: ContextStore.Access = .recording) throws -> ContextStore {
    let store = try ContextStore(path: path, access, limits: limits)
    try store.load(key)
    return store
  }

  static func fingerprint(_ block: UInt64) -> BlockFingerprint {
    BlockFingerprint(high: 0, low: block)
  }

  func request(_ blocks: [UInt64]) -> ContextRequest {
    ContextRequest(
      key: key, head: IndexedBlock(BlockFingerprint(high: 1, low: head), tokens: 10),
      blocks: blocks.map { IndexedBlock(Self.fingerprint($0), tokens: 100) })
  }

  /// Sends blocks in this order, and saves that.
  func send(
    _ blocks: [UInt64], to store: ContextStore, id: ByteString? = nil, at time: UInt64 = 0
  ) throws {
    store.index.record(request(blocks), order: Array(blocks.indices), id: id, at: time)
    try store.save()
  }

  /// How many of the blocks a new process believes to be cached.
  func cached(_ blocks: [UInt64]) throws -> Int {
    try open(.reading).index.arrange(request(blocks)).cachedBlocks
  }

  /// The blocks of all sequences in the file, the least recently used first.
  func sequences() throws -> [[UInt64]] {
    var found: [[UInt64]] = []
    try ContextStore(path: path, .reading).forEachSequence { sequence in
      found.append(sequence.blocks.map(\.fingerprint.low))
    }
    return found
  }
}
