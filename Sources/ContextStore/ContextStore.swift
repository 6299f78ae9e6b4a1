public import ContextIndex
internal import GRDB
internal import Synchronization

/// An index that is kept in an SQLite file, so that the next process knows what this one sent.
///
/// ```swift
/// let store = try ContextStore(path: "index.db")
/// try store.load(key)
/// let arrangement = store.index.arrange(request, at: now)
/// store.index.record(request, order: arrangement.order, at: now)
/// try store.save()
/// ```
/// The index is used as any other; what changes in it is written by `save()` in one transaction. A process
/// that is killed loses what it had not saved, and never damages the file. Many processes can use one file:
/// `load` and `refresh` read what others saved. A store may be used from many tasks at once.
public final class ContextStore: Sendable {
  /// What a file is opened for.
  public enum Access: Sendable {
    /// To look at: it has to be there.
    case reading
    /// To read and to write: it is made if it is not there.
    case recording
  }

  /// The index; `load` fills it.
  public let index: ContextIndex
  /// The path of the file, as it was given.
  public let path: String

  let connection: StoreConnection
  let limits: StoreLimits
  let pending: PendingChanges
  private let progress: Mutex<Progress> = Mutex(Progress())

  /// How far the file was read.
  private struct Progress {
    /// By key, the ids of the last rows that the index knows of.
    var rows: [IndexKey: Rows] = [:]
    /// The keys of which the index knows only what matters for some requests.
    var partial: Set<IndexKey> = []
    /// The removals that the index knows of.
    var evictions: Int64 = 0
    /// SQLite's mark of what other connections wrote.
    var version: Int64?
  }

  /// The last rows of a key.
  private struct Rows {
    var sequence: Int64 = 0
    var label: Int64 = 0
    var learned: Int64 = 0
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: where it is. Beside it SQLite keeps `-wal` and `-shm` while it is open.
  ///   - limits: how much is read and kept.
  ///   - index: the limits of the index in memory.
  /// - Throws: `ContextStoreError`; no file is changed then.
  public init(
    path: String, _ access: Access = .recording, limits: StoreLimits = StoreLimits(),
    index indexLimits: IndexLimits = IndexLimits()
  ) throws(ContextStoreError) {
    self.path = path
    self.limits = limits
    connection = try StoreConnection(path: path, access)
    pending = PendingChanges(isWritten: connection.obstacle == nil)
    index = ContextIndex(limits: indexLimits, journal: pending)
  }

  /// Why nothing that happens is recorded, as a file that can only be read; nil if it is.
  public var obstacle: ContextStoreError? { connection.obstacle }

  /// The requests that were recorded since the last `save`, oldest first; only the last where the file
  /// cannot be written to.
  public var unsaved: [SentRequest] {
    pending.all.compactMap { change in
      if case .index(.sent(let sent)) = change { sent } else { nil }
    }
  }

  /// Fills the index with the latest sequences of a key, oldest first, and from then on keeps it up to date
  /// with the file. A key that is there already is brought up to date.
  ///
  /// - Throws: `ContextStoreError`.
  /// - Complexity: in proportion to what is read, see `StoreLimits.loaded`.
  public func load(_ key: IndexKey) throws(ContextStoreError) {
    try progress.withLock { progress throws(ContextStoreError) in
      if progress.partial.remove(key) != nil {
        index.restore(.removedAll(key))
        progress.rows[key] = nil
      }
      if progress.rows[key] == nil { progress.rows[key] = Rows() }
      // What is new to one key alone is not a change of the file.
      progress.version = nil
      try connection.perform { database in
        try database.inTransaction(.deferred) {
          try follow(database, &progress)
          return .commit
        }
      }
    }
  }

  /// Fills the index with what matters for one request of a key that was not loaded: the sequences that
  /// begin as it does and have one of its blocks, and the labels of its contents. Others of the key are to be
  /// laid out only behind `load`.
  ///
  /// - Parameters:
  ///   - contents: the contents whose labels are wanted.
  ///   - request: finds the request, which may depend on the labels.
  /// - Throws: `ContextStoreError`, and what `request` throws.
  /// - Complexity: looks at as many sequences as `load` reads, see `StoreLimits.loaded`.
  public func load(
    labels contents: [BlockFingerprint], of key: IndexKey, request: () throws -> ContextRequest
  ) throws {
    var fault: (any Error)?
    try progress.withLock { progress throws(ContextStoreError) in
      guard progress.rows[key] == nil else { return }
      try connection.perform { database in
        try database.inTransaction(.deferred) {
          let reader = StoreReader(database)
          for content in contents {
            guard let label = try reader.label(of: content, key: key) else { continue }
            index.restore(.labelled(label, content, key))
          }
          do {
            for sequence in try reader.matching(try request(), in: limits.loaded) {
              index.restore(sequence.change)
            }
          } catch let error as DatabaseError {
            throw error
          } catch {
            fault = error
          }
          progress.evictions = try reader.evictions()
          progress.rows[key] = Rows(
            sequence: try reader.lastSequence(), label: try reader.lastLabel(),
            learned: try reader.lastLearned())
          progress.partial.insert(key)
          return .commit
        }
      }
    }
    if let fault { throw fault }
  }

  /// Frees the memory of a key that was loaded. The file keeps it: `load` reads it again.
  ///
  /// - Throws: `ContextStoreError` if what changed in it cannot be saved; nothing is freed then.
  public func unload(_ key: IndexKey) throws(ContextStoreError) {
    if obstacle == nil { try save() }
    progress.withLock { progress in
      progress.rows[key] = nil
      progress.partial.remove(key)
      index.forget(key)
    }
  }

  /// Reads what other processes saved since; takes microseconds if they did not.
  ///
  /// - Throws: `ContextStoreError`.
  public func refresh() throws(ContextStoreError) {
    try progress.withLock { progress throws(ContextStoreError) in
      try connection.perform { database in
        let version = try Int64.fetchOne(database, sql: "PRAGMA data_version")
        guard version != progress.version else { return }
        try database.inTransaction(.deferred) {
          try follow(database, &progress)
          return .commit
        }
        progress.version = version
      }
    }
  }

  /// Writes what changed in the index since the last time, in one transaction. If that fails, nothing is
  /// written and the changes are kept for the next time.
  ///
  /// - Throws: `ContextStoreError`; the obstacle, if there is one.
  public func save() throws(ContextStoreError) {
    if let obstacle { throw obstacle }
    try progress.withLock { progress throws(ContextStoreError) in
      let changes = pending.all
      guard !changes.isEmpty else { return }
      do throws(ContextStoreError) {
        let saved = try connection.write { database in
          var saved = progress
          // What others wrote stands before what is written now.
          try follow(database, &saved)
          let writer = StoreWriter(database)
          for change in changes { try writer.write(change) }
          try writer.prune(toBytes: limits.bytes)
          let reader = StoreReader(database)
          saved.evictions = try reader.evictions()
          let last = Rows(
            sequence: try reader.lastSequence(), label: try reader.lastLabel(),
            learned: try reader.lastLearned())
          for key in progress.rows.keys { saved.rows[key] = last }
          return saved
        }
        progress = saved
        pending.removeFirst(changes.count)
      } catch {
        pending.shrink()
        throw error
      }
    }
  }

  /// Brings the index up to date with the file.
  private func follow(_ database: Database, _ progress: inout Progress) throws {
    let reader = StoreReader(database)
    let evictions = try reader.evictions()
    if evictions != progress.evictions {
      // Which rows were removed is not known: all are read anew.
      for key in progress.rows.keys {
        index.restore(.removedAll(key))
        progress.rows[key] = Rows()
        progress.partial.remove(key)
      }
    }
    for (key, row) in progress.rows {
      let (hints, learned) = try reader.learned(limits.loaded, of: key, behind: row.learned)
      for hint in hints { index.restore(hint.change) }
      let (sequences, sequence) = try reader.latest(limits.loaded, of: key, behind: row.sequence)
      for sequence in sequences { index.restore(sequence.change) }
      let (labels, label) = try reader.labels(
        limits.loaded, ofContents: true, key: key, behind: row.label)
      for (content, label) in labels { index.restore(.labelled(label, content, key)) }
      progress.rows[key] = Rows(
        sequence: max(row.sequence, sequence), label: max(row.label, label),
        learned: max(row.learned, learned))
    }
    if evictions != progress.evictions {
      progress.evictions = evictions
      for case .index(let change) in pending.all { index.restore(change) }
    }
  }
}

/// How much of a file is read, and how large it becomes.
public struct StoreLimits: Sendable {
  /// How many sequences, and as many labels, of a key, the latest, are put into an index.
  public var loaded: Int
  /// The size in bytes past which the least recently used sequences are removed.
  public var bytes: Int

  /// Makes limits; without arguments 20,000 sequences are loaded, and a file has up to 256 MiB.
  public init(loaded: Int = 20_000, bytes: Int = 1 << 28) {
    self.loaded = max(loaded, 0)
    self.bytes = max(bytes, 1 << 16)
  }
}
