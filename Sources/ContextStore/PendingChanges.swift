internal import Bytes
internal import ContextIndex
internal import Synchronization

/// What a file does not have yet.
enum PendingChange: Sendable {
  /// A change of the index.
  case index(IndexChange)
  /// The label of a block in its frame.
  case blockLabel(ByteString, BlockFingerprint, IndexKey)
}

/// The changes of an index that its file does not have yet, oldest first.
final class PendingChanges: IndexJournal {
  private let changes: Mutex<[PendingChange]> = Mutex([])
  private let isWritten: Bool

  /// While the file cannot be written to, this many changes are kept for it.
  private static let limit = 1 << 16

  /// - Parameter isWritten: whether the changes will be written; if not, only the last request is kept.
  init(isWritten: Bool) {
    self.isWritten = isWritten
  }

  /// The changes.
  var all: [PendingChange] { changes.withLock { $0 } }

  func append(_ change: IndexChange) { append(.index(change)) }

  func append(_ change: PendingChange) {
    if isWritten {
      changes.withLock { $0.append(change) }
    } else if case .index(.sent) = change {
      changes.withLock { $0 = [change] }
    }
  }

  /// Removes the first changes, which were written.
  func removeFirst(_ count: Int) {
    changes.withLock { $0.removeFirst(min(count, $0.count)) }
  }

  /// Drops the oldest changes where there are too many to be kept.
  func shrink() {
    changes.withLock { $0.removeFirst(max($0.count - Self.limit, 0)) }
  }
}
