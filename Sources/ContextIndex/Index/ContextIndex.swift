public import Bytes
internal import Synchronization

/// What is believed to be cached, and how to lay out prompts so that it is used.
///
/// For each key it keeps a radix tree of the block sequences that were sent, and statistics of which blocks
/// were asked for together. All operations take time in proportion to their request; the number of requests
/// before does not matter. It may be used from many tasks at once; two keys do not wait for each other.
public final class ContextIndex: Sendable {
  private let limits: IndexLimits
  private let journal: (any IndexJournal)?
  private let partitions: Mutex<[IndexKey: Partition]> = Mutex([:])

  final class Partition: Sendable {
    let state: Mutex<IndexPartition>

    init(limits: IndexLimits) {
      state = Mutex(IndexPartition(limits: limits))
    }
  }

  /// Makes an empty index.
  ///
  /// - Parameter journal: what is told of every change.
  public init(limits: IndexLimits = IndexLimits(), journal: (any IndexJournal)? = nil) {
    self.limits = limits
    self.journal = journal
  }

  /// Returns how to lay out a request; the index stays as it is.
  ///
  /// - Parameters:
  ///   - cacheModel: what the engine can reuse; an order gains as much as that.
  ///   - time: now, in milliseconds since any fixed moment.
  public func arrange(
    _ request: ContextRequest, for cacheModel: CacheModel = .radix, at time: UInt64 = 0
  ) -> Arrangement {
    partition(request.key).state.withLock { $0.arrange(request, for: cacheModel, at: time) }
  }

  /// Records that a request was sent. The same request again adds nothing.
  ///
  /// - Parameters:
  ///   - order: the places in the request in the order in which the blocks stood.
  ///   - id: what the engine calls the request when it says that it is gone.
  ///   - time: now, in milliseconds since the same moment as elsewhere.
  /// - Returns: what was recorded, and how much of it was believed to be cached before: what `retract` takes.
  @discardableResult
  public func record(
    _ request: ContextRequest, order: [Int], id: ByteString? = nil, at time: UInt64 = 0
  ) -> SentRequest {
    var sent = SentRequest(request, id: id, at: time)
    sent.request.blocks = order.filter(request.blocks.indices.contains).map { request.blocks[$0] }
    partition(request.key).state.withLock {
      $0.measure(&sent)
      journal?.append(.sent(sent))
      $0.record(request, order: order, id: id, at: time)
    }
    return sent
  }

  /// Takes a request of an earlier log for a hint: nothing of it is believed to be cached, but requests of
  /// which no more is cached are laid out alike. A hint stays until everything of its key is removed.
  ///
  /// - Parameters:
  ///   - order: the places in the request in the order in which the blocks are to stand.
  ///   - count: how many requests of the log had this order.
  ///   - time: when the log was read, in milliseconds.
  public func learn(
    _ request: ContextRequest, order: [Int], count: Int = 1, at time: UInt64 = 0
  ) {
    guard count > 0 else { return }
    partition(request.key).state.withLock {
      if let journal {
        var hint = SentRequest(request, at: time)
        hint.request.blocks = order.filter(request.blocks.indices.contains).map {
          request.blocks[$0]
        }
        journal.append(.learned(hint, count: count))
      }
      $0.learn(request, order: order, count: UInt32(clamping: count))
    }
  }

  /// Returns the label under which a content was first shown for one key; nil if it never was, or long
  /// ago.
  public func label(of content: BlockFingerprint, for key: IndexKey) -> ByteString? {
    partition(key).state.withLock { $0.labels.label(of: content) }
  }

  /// Records that a content is shown under a label. The first label stays.
  public func record(label: ByteString, of content: BlockFingerprint, for key: IndexKey) {
    partition(key).state.withLock {
      journal?.append(.labelled(label, content, key))
      $0.labels.insert(label, for: content)
    }
  }

  /// Gives up what only the request called `id` holds.
  ///
  /// - Returns: the numbers of the tree's nodes that are given up, which may be none; nil if there is no such
  ///   request.
  @discardableResult
  public func evict(request id: ByteString, of key: IndexKey) -> [UInt32]? {
    partition(key).state.withLock {
      journal?.append(.evictedRequest(id, key))
      return $0.evict(request: id)
    }
  }

  /// Gives up all sequences from the given block on. Returns whether the block is known.
  @discardableResult
  public func evict(block: BlockFingerprint, of key: IndexKey) -> Bool {
    partition(key).state.withLock {
      journal?.append(.evictedBlock(block, key))
      return $0.evict(block: block)
    }
  }

  /// Gives up one node: the last block of a sequence, and what stands behind it, wherever prompts begin with
  /// the sequence. Returns whether any does.
  ///
  /// - Parameters:
  ///   - blocks: the blocks from the first to that of the node; none for all that begins with `head`.
  ///   - head: what stands before the blocks.
  @discardableResult
  public func evict(
    node blocks: [BlockFingerprint], behind head: BlockFingerprint, of key: IndexKey
  ) -> Bool {
    partition(key).state.withLock {
      journal?.append(.evictedNode(blocks, head: head, key))
      return $0.evict(node: blocks, behind: head)
    }
  }

  /// Gives up what was last used before `time`, in milliseconds.
  public func evict(usedBefore time: UInt64, of key: IndexKey) {
    partition(key).state.withLock {
      journal?.append(.evictedUnused(before: time, key))
      $0.evict(usedBefore: time)
    }
  }

  /// Gives up everything of one key, what was learned too.
  public func removeAll(of key: IndexKey) {
    partition(key).state.withLock {
      journal?.append(.removedAll(key))
      $0.removeAll()
    }
  }

  /// Frees the memory of one key as if it had never been there. The journal is not told: what it kept stays.
  public func forget(_ key: IndexKey) {
    partitions.withLock { $0[key] = nil }
  }

  /// Whether a block, or what stands before the blocks, is known.
  public func contains(_ block: BlockFingerprint, of key: IndexKey) -> Bool {
    partition(key).state.withLock { $0.table.number(of: block) != nil }
  }

  /// The keys that there are, by tenant, then model.
  public var keys: [IndexKey] {
    partitions.withLock { Array($0.keys) }.sorted {
      ($0.tenant, $0.model) < ($1.tenant, $1.model)
    }
  }

  /// How much there is of one key.
  public func statistics(of key: IndexKey) -> IndexStatistics {
    knownPartition(key)?.state.withLock { $0.statistics } ?? IndexStatistics()
  }

  /// The partition of a key; nil if there is none, which asking for it does not change.
  func knownPartition(_ key: IndexKey) -> Partition? {
    partitions.withLock { $0[key] }
  }

  func partition(_ key: IndexKey) -> Partition {
    partitions.withLock { partitions in
      if let known = partitions[key] { return known }
      let new = Partition(limits: limits)
      partitions[key] = new
      return new
    }
  }
}
