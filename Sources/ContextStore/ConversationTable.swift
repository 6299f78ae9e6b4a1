internal import Bytes
internal import ContextIndex
internal import Foundation
internal import GRDB

/// The table of the states of conversations. A file in which none was stored has none.
struct ConversationTable {
  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  // Stands for itself, so that a conversation costs no row elsewhere. time: the last use, in milliseconds
  // since 1970.
  private static let table = """
    CREATE TABLE IF NOT EXISTS conversation (
      tenant BLOB NOT NULL,
      model BLOB NOT NULL,
      id BLOB NOT NULL,
      turns INTEGER NOT NULL,
      state BLOB NOT NULL,
      time INTEGER NOT NULL,
      PRIMARY KEY (tenant, model, id)
    );
    CREATE INDEX IF NOT EXISTS conversation_by_time ON conversation (time);
    """

  private func exists() throws -> Bool { try database.tableExists("conversation") }

  /// The bytes of a state; nil if there is none that was used since `time`.
  func state(of id: ByteString, key: IndexKey, usedSince time: UInt64) throws -> [UInt8]? {
    guard try exists() else { return nil }
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT state FROM conversation WHERE tenant = ? AND model = ? AND id = ? AND time >= ?
        """, arguments: Self.arguments(id, key) + [Int64(clamping: time)])
    return try row?.text(0)?.bytes
  }

  /// Writes a state in place of the one that is there.
  func write(_ state: [UInt8], turns: Int, of id: ByteString, key: IndexKey, time: UInt64) throws {
    try database.execute(sql: Self.table)
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO conversation (tenant, model, id, turns, state, time)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: Self.arguments(id, key) + [turns, Data(state), Int64(clamping: time)])
  }

  /// The conversations, by tenant, model and id.
  func all() throws -> [StoredConversation] {
    guard try exists() else { return [] }
    return try Row.fetchAll(
      database,
      sql: """
        SELECT tenant, model, id, turns, length(state), time FROM conversation
        ORDER BY tenant, model, id
        """
    ).map { row in
      StoredConversation(
        key: IndexKey(tenant: try row.text(0) ?? "", model: try row.text(1) ?? ""),
        id: try row.text(2) ?? "", turns: Int(clamping: try row.number(3)),
        bytes: Int(clamping: try row.number(4)), lastUse: UInt64(clamping: try row.number(5)))
    }
  }

  /// Removes what was last used before `time`, and all but the latest `count` of each key.
  ///
  /// - Returns: how many were removed.
  func prune(before time: UInt64?, keeping count: Int?) throws -> Int {
    guard try exists() else { return 0 }
    var removed = 0
    if let time {
      try database.execute(
        sql: "DELETE FROM conversation WHERE time < ?", arguments: [Int64(clamping: time)])
      removed += database.changesCount
    }
    if let count {
      try database.execute(
        sql: """
          DELETE FROM conversation WHERE rowid IN (
            SELECT rowid FROM (
              SELECT rowid, row_number() OVER (
                PARTITION BY tenant, model ORDER BY time DESC, rowid DESC) AS place
              FROM conversation)
            WHERE place > ?)
          """, arguments: [max(count, 0)])
      removed += database.changesCount
    }
    return removed
  }

  /// Removes the least recently used while all of them together have more than `limit` bytes. The latest
  /// stays, however large it is.
  func prune(toBytes limit: Int) throws {
    // The sums run from the latest to the one that was used longest ago.
    try database.execute(
      sql: """
        DELETE FROM conversation WHERE rowid IN (
          SELECT rowid FROM (
            SELECT rowid, sum(length(state)) OVER latest AS bytes, row_number() OVER latest AS place
            FROM conversation WINDOW latest AS (ORDER BY time DESC, rowid DESC))
          WHERE bytes > ? AND place > 1)
        """, arguments: [limit])
  }

  private static func arguments(_ id: ByteString, _ key: IndexKey) -> StatementArguments {
    [Data(key.tenant.bytes), Data(key.model.bytes), Data(id.bytes)]
  }
}
