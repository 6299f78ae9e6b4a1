public import Bytes
public import ContextIndex
internal import GRDB

extension ContextStore {
  /// Notes under which label a block is shown, for people who look at the file; `save` writes it.
  public func note(label: ByteString, of block: BlockFingerprint, for key: IndexKey) {
    pending.append(.blockLabel(label, block, key))
  }

  /// What the file holds, by tenant, then model.
  ///
  /// - Throws: `ContextStoreError`.
  /// - Complexity: reads the whole file.
  public func keys() throws(ContextStoreError) -> [StoredKey] {
    try connection.perform { database in
      let reader = StoreReader(database)
      return try reader.keys().compactMap { number, key in
        var found: StoredKey?
        var blocks = Set<BlockFingerprint>()
        let index = ContextIndex(limits: IndexLimits(edges: .max))
        try reader.forEachSequence(of: key, number: number) { sequence in
          var stored = found ?? StoredKey(key, at: sequence.time)
          stored.sequences += 1
          stored.earliest = min(stored.earliest, sequence.time)
          stored.latest = max(stored.latest, sequence.time)
          blocks.formUnion(sequence.blocks.lazy.map(\.fingerprint))
          index.restore(sequence.change)
          found = stored
        }
        found?.blocks = blocks.count
        found?.tokens = index.statistics(of: key).tokens
        let learned = try reader.learned(.max, of: key).sequences
        for sequence in learned where found == nil { found = StoredKey(key, at: sequence.time) }
        found?.learned = learned.count
        return found
      }
    }
  }

  /// Calls `body` with every sequence of the file, by key, the least recently used first.
  ///
  /// - Parameter key: the key whose sequences are meant; nil for those of all.
  /// - Throws: `ContextStoreError`, and what `body` throws.
  public func forEachSequence(
    of key: IndexKey? = nil, _ body: (StoredSequence) throws -> Void
  ) throws {
    var fault: (any Error)?
    try connection.perform { database in
      let reader = StoreReader(database)
      do {
        for (number, found) in try reader.keys() where key == nil || key == found {
          try reader.forEachSequence(of: found, number: number) { sequence in
            do { try body(sequence) } catch { fault = error; throw error }
          }
        }
      } catch {
        if fault == nil { throw error }
      }
    }
    if let fault { throw fault }
  }

  /// The sequences of a key that were learned, in the order in which they were.
  ///
  /// - Throws: `ContextStoreError`.
  public func learned(of key: IndexKey) throws(ContextStoreError) -> [StoredSequence] {
    try connection.perform { try StoreReader($0).learned(.max, of: key).sequences }
  }

  /// The labels of a key's blocks, as far as they are known.
  ///
  /// - Throws: `ContextStoreError`.
  public func labels(
    of key: IndexKey
  ) throws(ContextStoreError) -> [BlockFingerprint: ByteString] {
    try connection.perform { database in
      let reader = StoreReader(database)
      let labels = try reader.labels(.max, ofContents: false, key: key).labels
      return Dictionary(labels.map { ($0.fingerprint, $0.label) }) { _, later in later }
    }
  }

  /// Removes what was sent long ago, and makes the file smaller. The index in memory stays as it is.
  ///
  /// - Parameters:
  ///   - time: sequences that were last sent before this, in milliseconds since 1970; nil for none.
  ///   - count: how many sequences of each key stay, the latest; nil for all.
  /// - Returns: how many were removed.
  /// - Throws: `ContextStoreError`.
  public func prune(
    before time: UInt64?, keeping count: Int?
  ) throws(ContextStoreError) -> Int {
    let removed = try connection.write { database in
      try StoreWriter(database).prune(before: time, keeping: count)
    }
    try connection.perform { database in
      try database.execute(sql: "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")
    }
    return removed
  }

  /// The size of the file in bytes.
  ///
  /// - Throws: `ContextStoreError`.
  public func size() throws(ContextStoreError) -> Int {
    try connection.perform { database in
      let page = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
      return try page * (Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0)
    }
  }
}
