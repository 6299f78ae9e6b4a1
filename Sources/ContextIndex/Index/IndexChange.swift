public import Bytes
internal import Synchronization

/// A change of what an index believes to be cached, in the words of the index's own methods.
public enum IndexChange: Sendable {
  /// A request was sent.
  case sent(SentRequest)
  /// So many requests of a log had these blocks in this order.
  case learned(SentRequest, count: Int)
  /// A content was shown under a label.
  case labelled(ByteString, BlockFingerprint, IndexKey)
  /// What only this request holds is gone.
  case evictedRequest(ByteString, IndexKey)
  /// All sequences from this block on are gone.
  case evictedBlock(BlockFingerprint, IndexKey)
  /// The last block of a sequence behind a head, and what stands behind it, is gone.
  case evictedNode([BlockFingerprint], head: BlockFingerprint, IndexKey)
  /// What was last used before a time in milliseconds is gone.
  case evictedUnused(before: UInt64, IndexKey)
  /// Everything is gone.
  case removedAll(IndexKey)
}

/// Is told of every change of an index, so that it can be kept elsewhere.
public protocol IndexJournal: Sendable {
  /// Takes a change. It is called while the change is made, by any task, and must not wait or call the
  /// index.
  func append(_ change: IndexChange)
}

extension ContextIndex {
  /// Makes a change that was kept elsewhere; the journal is not told.
  public func restore(_ change: IndexChange) {
    switch change {
    case .sent(let sent):
      partition(sent.request.key).state.withLock {
        $0.record(
          sent.request, order: Array(sent.request.blocks.indices), id: sent.id, at: sent.time)
      }
    case .learned(let hint, let count):
      partition(hint.request.key).state.withLock {
        $0.learn(
          hint.request, order: Array(hint.request.blocks.indices), count: UInt32(clamping: count))
      }
    case .labelled(let label, let content, let key):
      partition(key).state.withLock { $0.labels.insert(label, for: content) }
    case .evictedRequest(let id, let key):
      _ = partition(key).state.withLock { $0.evict(request: id) }
    case .evictedBlock(let block, let key):
      _ = partition(key).state.withLock { $0.evict(block: block) }
    case .evictedNode(let blocks, let head, let key):
      _ = partition(key).state.withLock { $0.evict(node: blocks, behind: head) }
    case .evictedUnused(let time, let key):
      partition(key).state.withLock { $0.evict(usedBefore: time) }
    case .removedAll(let key):
      partition(key).state.withLock { $0.removeAll() }
    }
  }
}
