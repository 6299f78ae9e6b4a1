public import Bytes

/// What an engine says of its cache at one time.
public struct EventBatch: Hashable, Sendable {
  /// When the engine wrote it, in seconds since 1970.
  public var timestamp: Double
  /// What happened, in order.
  public var events: [EngineEvent]
  /// Which of several data-parallel engines it is, if it is said. Each has a cache of its own.
  public var rank: Int?

  /// Makes a batch.
  public init(timestamp: Double, events: [EngineEvent], rank: Int? = nil) {
    self.timestamp = timestamp
    self.events = events
    self.rank = rank
  }
}

/// What happened in an engine's cache.
public enum EngineEvent: Hashable, Sendable {
  /// Blocks were computed, or copied to a medium.
  case stored(StoredBlocks)
  /// One copy of each block was given up.
  case removed([EngineBlockHash], medium: ByteString?)
  /// Everything was given up; with a medium, all that is in it.
  case cleared(medium: ByteString?)
  /// Something else, by its name.
  case other(ByteString)
}

/// Blocks that follow one another in a prompt.
public struct StoredBlocks: Hashable, Sendable {
  /// The blocks, first to last.
  public var hashes: [EngineBlockHash]
  /// The block before the first one; nil at the start of a prompt.
  public var parent: EngineBlockHash?
  /// The token ids of all blocks; none where a block that is known was copied to another medium.
  public var tokens: [UInt32]
  /// The tokens of a block.
  public var blockSize: Int
  /// Where the blocks are (`GPU`, `CPU`, ...); nil if it is not said, which means the GPU.
  public var medium: ByteString?
  /// The name or the number of the LoRA adapter, if there is one.
  public var adapter: ByteString?
  /// What is hashed with each block beside its tokens; empty if nothing is with any.
  public var extraKeys: [BlockKeys]

  /// Makes blocks without extra keys.
  public init(
    hashes: [EngineBlockHash], parent: EngineBlockHash?, tokens: [UInt32], blockSize: Int,
    medium: ByteString? = nil, adapter: ByteString? = nil, extraKeys: [BlockKeys] = []
  ) {
    self.hashes = hashes
    self.parent = parent
    self.tokens = tokens
    self.blockSize = blockSize
    self.medium = medium
    self.adapter = adapter
    self.extraKeys = extraKeys
  }
}

/// What an engine hashes with a block beside its tokens. Blocks with other keys are not shared.
public enum BlockKeys: Hashable, Sendable {
  /// Nothing.
  case none
  /// The request's `cache_salt`, which stands in its first block.
  case salt(ByteString)
  /// Images and the like; the bytes as they came.
  case other(ByteString)
}
