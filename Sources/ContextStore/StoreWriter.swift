internal import Bytes
internal import ContextIndex
internal import Foundation
internal import GRDB

/// Writes the rows of an index file, inside a transaction.
struct StoreWriter {
  private let database: Database
  private let reader: StoreReader
  /// Now, in milliseconds since 1970.
  private let time: UInt64

  init(_ database: Database, at time: UInt64 = UInt64(Date.now.timeIntervalSince1970 * 1000)) {
    self.database = database
    self.time = time
    reader = StoreReader(database)
  }

  /// Writes a change.
  func write(_ change: PendingChange) throws {
    switch change {
    case .index(let change): try write(change)
    case .blockLabel(let label, let block, let key):
      try write(label: label, of: block, isContent: false, key: key, time: time)
    }
  }

  /// Writes what a change of an index makes of the rows.
  func write(_ change: IndexChange) throws {
    switch change {
    case .sent(let sent): try write(StoredSequence(sent))
    case .learned(let hint, let count): try learn(StoredSequence(hint), count: count)
    case .labelled(let label, let content, let key):
      try write(label: label, of: content, isContent: true, key: key, time: time)
    case .evictedRequest(let id, let key):
      try remove("key = ? AND request = ?", [try number(of: key), Data(id.bytes)])
    case .evictedBlock(let block, let key):
      try shorten(before: block, of: try number(of: key))
    case .evictedNode(let blocks, let head, let key):
      try shorten(node: blocks, behind: head, of: try number(of: key))
    case .evictedUnused(let time, let key):
      try remove("key = ? AND time < ?", [try number(of: key), Int64(clamping: time)])
    case .removedAll(let key):
      let number = try number(of: key)
      try remove("key = ?", [number])
      try execute("DELETE FROM learned WHERE key = ?", [number])
      if database.changesCount > 0 { try countEviction() }
    }
  }

  /// Writes a sequence; one that is there already becomes the latest used.
  func write(_ sequence: StoredSequence) throws {
    let number = try number(of: sequence.key)
    let digest = BlockRecord.digest(sequence.head, sequence.blocks)
    var request = sequence.request.map { Data($0.bytes) }
    if let request {
      // A name is that of the last sequence that was sent under it.
      try execute(
        "UPDATE sequence SET request = NULL WHERE key = ? AND request = ?", [number, request])
    } else {
      request = try Data.fetchOne(
        database.cachedStatement(sql: "SELECT request FROM sequence WHERE key = ? AND digest = ?"),
        arguments: [number, digest])
    }
    try execute(
      """
      INSERT OR REPLACE INTO sequence (key, head, blocks, digest, request, time)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        number, BlockRecord.bytes(of: [sequence.head]), BlockRecord.bytes(of: sequence.blocks),
        digest, request, Int64(clamping: sequence.time),
      ])
  }

  /// Writes a sequence of a log. Of one that is there already the larger count stays, so that the same log
  /// again adds nothing.
  private func learn(_ sequence: StoredSequence, count: Int) throws {
    try execute(
      """
      INSERT INTO learned (key, head, blocks, digest, count, time) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = max(count, excluded.count), time = excluded.time
      """,
      [
        try number(of: sequence.key), BlockRecord.bytes(of: [sequence.head]),
        BlockRecord.bytes(of: sequence.blocks),
        BlockRecord.digest(sequence.head, sequence.blocks), count, Int64(clamping: sequence.time),
      ])
  }

  /// Notes under which label a content, or a block, is shown. The first label stays.
  func write(
    label: ByteString, of fingerprint: BlockFingerprint, isContent: Bool, key: IndexKey,
    time: UInt64
  ) throws {
    // The time says which labels are in use; once an hour is often enough.
    try execute(
      """
      INSERT INTO label (key, content, fingerprint, label, time) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET time = excluded.time WHERE time < excluded.time - 3600000
      """,
      [
        try number(of: key), isContent, BlockRecord.bytes(of: fingerprint), Data(label.bytes),
        Int64(clamping: time),
      ])
  }

  /// Removes the least recently used sequences while the file is larger than `limit` bytes.
  func prune(toBytes limit: Int) throws {
    let page = try pragma("page_size")
    func used() throws -> Int { try page * (pragma("page_count") - pragma("freelist_count")) }
    guard try used() > limit else { return }
    // A part more than has to be, so that not every request removes something.
    while try used() > limit - limit / 8 {
      try execute(
        "DELETE FROM sequence WHERE id IN (SELECT id FROM sequence ORDER BY id LIMIT 256)", [])
      if database.changesCount == 0 {
        try execute(
          "DELETE FROM learned WHERE id IN (SELECT id FROM learned ORDER BY id LIMIT 256)", [])
        guard database.changesCount > 0 else { break }
      }
      try removeUnusedLabels()
    }
  }

  /// Removes the sequences that were last sent before `time`, and of each key all but the latest `count`.
  ///
  /// - Returns: how many were removed.
  func prune(before time: UInt64?, keeping count: Int?) throws -> Int {
    var removed = 0
    if let time {
      removed += try remove("time < ?", [Int64(clamping: time)])
      try execute("DELETE FROM learned WHERE time < ?", [Int64(clamping: time)])
      removed += database.changesCount
      if database.changesCount > 0 { try countEviction() }
    }
    if let count {
      for (number, _) in try reader.keys() {
        removed += try remove(
          """
          key = ? AND id NOT IN (SELECT id FROM sequence WHERE key = ? ORDER BY id DESC LIMIT ?)
          """, [number, number, max(count, 0)])
      }
    }
    try removeUnusedLabels()
    return removed
  }
}

// MARK: - Parts

extension StoreWriter {
  /// Removes the sequences for which `condition` holds; other processes will follow.
  @discardableResult
  private func remove(_ condition: String, _ arguments: StatementArguments) throws -> Int {
    try execute("DELETE FROM sequence WHERE " + condition, arguments)
    let removed = database.changesCount
    if removed > 0 { try countEviction() }
    return removed
  }

  /// Cuts the sequences of a key before a block.
  private func shorten(before block: BlockFingerprint, of key: Int64) throws {
    let bytes = BlockRecord.bytes(of: block)
    // The bytes can also stand across two blocks.
    let condition = "key = ? AND (substr(head, 1, 16) = ? OR instr(blocks, ?) > 0)"
    try shorten(condition, [key, bytes, bytes], of: key) { head, blocks in
      head.fingerprint == block ? .head : .block(blocks.firstIndex { $0.fingerprint == block })
    }
  }

  /// Cuts the sequences of a key that begin with `blocks` behind `head` before the last of them.
  private func shorten(
    node blocks: [BlockFingerprint], behind head: BlockFingerprint, of key: Int64
  ) throws {
    let bytes = blocks.first.map(BlockRecord.bytes) ?? Data()
    let condition = "key = ? AND substr(head, 1, 16) = ? AND substr(blocks, 1, ?) = ?"
    try shorten(
      condition, [key, BlockRecord.bytes(of: head), bytes.count, bytes], of: key
    ) { _, found in
      guard !blocks.isEmpty else { return .head }
      let begins = found.lazy.map(\.fingerprint).starts(with: blocks)
      return .block(begins ? blocks.count - 1 : nil)
    }
  }

  /// Where a sequence is cut.
  private enum Cut {
    /// Nothing is left of it.
    case head
    /// Before the block with this number; nil if it stays.
    case block(Int?)
  }

  /// Cuts those sequences of a key for which `condition` holds. One that is then equal to another is the
  /// same; the one that was used later stays.
  private func shorten(
    _ condition: String, _ arguments: StatementArguments, of key: Int64,
    at cut: (IndexedBlock, [IndexedBlock]) -> Cut
  ) throws {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT id, head, blocks FROM sequence WHERE \(condition) ORDER BY id DESC",
      arguments: arguments)
    var isChanged = false
    for row in rows {
      let id = try row.number(0)
      guard let head = try row.withUnsafeData(atIndex: 1, BlockRecord.blocks)?.first,
        let blocks = try row.withUnsafeData(atIndex: 2, BlockRecord.blocks)
      else { throw Row.damage }
      switch cut(head, blocks) {
      case .head: try execute("DELETE FROM sequence WHERE id = ?", [id])
      case .block(nil): continue
      case .block(let place?): try shorten(id, head, Array(blocks[..<place]), of: key)
      }
      isChanged = true
    }
    if isChanged { try countEviction() }
  }

  /// Leaves the first blocks of a sequence.
  private func shorten(
    _ id: Int64, _ head: IndexedBlock, _ kept: [IndexedBlock], of key: Int64
  ) throws {
    let digest = BlockRecord.digest(head, kept)
    let equal = try database.cachedStatement(
      sql: "SELECT id FROM sequence WHERE key = ? AND digest = ?"
    ).first([key, digest])
    if let equal, equal > id {
      try execute("DELETE FROM sequence WHERE id = ?", [id])
    } else {
      try execute(
        "UPDATE OR REPLACE sequence SET blocks = ?, digest = ? WHERE id = ?",
        [BlockRecord.bytes(of: kept), digest, id])
    }
  }

  private func countEviction() throws {
    try execute("UPDATE state SET evictions = evictions + 1", [])
  }

  /// Labels that were not used since the oldest sequence was sent are of no sequence.
  private func removeUnusedLabels() throws {
    try execute(
      """
      DELETE FROM label
      WHERE time < coalesce((SELECT min(time) FROM sequence) - 3600000, 9223372036854775807)
      """, [])
  }

  /// The number of a key, which is made if it is not there.
  private func number(of key: IndexKey) throws -> Int64 {
    if let number = try reader.number(of: key) { return number }
    try execute(
      "INSERT INTO key (tenant, model) VALUES (?, ?)",
      [Data(key.tenant.bytes), Data(key.model.bytes)])
    return database.lastInsertedRowID
  }

  private func pragma(_ name: String) throws -> Int {
    try Int.fetchOne(database, sql: "PRAGMA \(name)") ?? 0
  }

  private func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try database.cachedStatement(sql: sql).execute(arguments: arguments)
  }
}
