public import Bytes
public import ContextIndex

/// A sequence of blocks that was sent or learned, as an index file keeps it.
public struct StoredSequence: Hashable, Sendable {
  /// Whose requests sent it.
  public var key: IndexKey
  /// All that stood before the blocks.
  public var head: IndexedBlock
  /// The blocks, in the order in which they stood.
  public var blocks: [IndexedBlock]
  /// What the engine calls the latest request that sent it; nil if none had a name.
  public var request: ByteString?
  /// When it was sent, or learned, last, in milliseconds since 1970.
  public var time: UInt64
  /// How many requests of a log had it; 0 if it was sent.
  public var learned = 0

  /// Makes a sequence.
  public init(
    key: IndexKey, head: IndexedBlock, blocks: [IndexedBlock], request: ByteString? = nil,
    time: UInt64
  ) {
    self.key = key
    self.head = head
    self.blocks = blocks
    self.request = request
    self.time = time
  }

  /// Makes the sequence of a request.
  init(_ sent: SentRequest) {
    self.init(
      key: sent.request.key, head: sent.request.head, blocks: sent.request.blocks,
      request: sent.id, time: sent.time)
  }

  /// The tokens of the head and of the blocks.
  public var tokens: Int { blocks.reduce(Int(head.tokens)) { $0 + Int($1.tokens) } }

  /// The change that sent it, or taught it.
  var change: IndexChange {
    let sent = SentRequest(
      ContextRequest(key: key, head: head, blocks: blocks), id: request, at: time)
    return learned > 0 ? .learned(sent, count: learned) : .sent(sent)
  }
}

/// How much a file holds of one key's requests.
public struct StoredKey: Hashable, Sendable {
  /// Whose requests they are.
  public var key: IndexKey
  /// The different sequences that were sent.
  public var sequences = 0
  /// The different sequences that were learned.
  public var learned = 0
  /// The different blocks that were sent, without heads.
  public var blocks = 0
  /// The tokens that a cache without limit holds of them: each prefix that sequences share counts once.
  public var tokens = 0
  /// When the least recently used of them was last sent, in milliseconds since 1970.
  public var earliest: UInt64
  /// When the most recently used of them was last sent.
  public var latest: UInt64

  init(_ key: IndexKey, at time: UInt64) {
    self.key = key
    (earliest, latest) = (time, time)
  }
}
