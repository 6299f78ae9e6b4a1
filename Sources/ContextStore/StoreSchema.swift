internal import GRDB

/// The tables of an index file.
///
/// A sequence that is sent again is put in anew, so that rows in the order of their ids are in the order of
/// their last use, and what others added has greater ids than what was read; ids never come again.
enum StoreSchema {
  /// The number of the format, `PRAGMA user_version`.
  static let format = 1

  /// What marks a database as an index, `PRAGMA application_id`: the letters "cpcI".
  static let application = 0x6370_6349

  private static let tables = """
    CREATE TABLE key (
      id INTEGER PRIMARY KEY,
      tenant BLOB NOT NULL,
      model BLOB NOT NULL,
      UNIQUE (tenant, model)
    );
    -- blocks: 20 bytes each, the fingerprint and the tokens, see BlockRecord.
    -- digest: of all fingerprints, the head's included.
    -- time: the last use, in milliseconds since 1970.
    CREATE TABLE sequence (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key INTEGER NOT NULL REFERENCES key,
      head BLOB NOT NULL,
      blocks BLOB NOT NULL,
      digest BLOB NOT NULL,
      request BLOB,
      time INTEGER NOT NULL,
      UNIQUE (key, digest)
    );
    CREATE INDEX sequence_of_key ON sequence (key, id);
    CREATE INDEX sequence_of_request ON sequence (key, request) WHERE request IS NOT NULL;
    -- content: whether the fingerprint is of a content, or of a block in its frame.
    -- time: the last use, to the hour.
    CREATE TABLE label (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key INTEGER NOT NULL REFERENCES key,
      content INTEGER NOT NULL,
      fingerprint BLOB NOT NULL,
      label BLOB NOT NULL,
      time INTEGER NOT NULL,
      UNIQUE (key, content, fingerprint)
    );
    \(learned)
    -- evictions: grows with each removal that other processes have to follow.
    CREATE TABLE state (evictions INTEGER NOT NULL);
    INSERT INTO state VALUES (0);
    """

  /// Came later than the other tables: a file may have been made without it.
  private static let learned = """
    -- count: how many requests of a log had the blocks in this order.
    -- time: when the log was read last, in milliseconds since 1970.
    CREATE TABLE IF NOT EXISTS learned (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key INTEGER NOT NULL REFERENCES key,
      head BLOB NOT NULL,
      blocks BLOB NOT NULL,
      digest BLOB NOT NULL,
      count INTEGER NOT NULL,
      time INTEGER NOT NULL,
      UNIQUE (key, digest)
    );
    """

  /// What a database is, before anything in it is changed.
  enum Identity {
    case empty
    case index
  }

  /// Looks what kind of database this is.
  ///
  /// - Throws: `ContextStoreError` for what is no index, or one of a format that is not known.
  static func identity(of database: Database, path: String) throws -> Identity {
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    if application == Self.application {
      guard found <= format else { throw ContextStoreError(path: path, .newerFormat(found)) }
      guard found == format else { throw ContextStoreError(path: path, .damaged) }
      return .index
    }
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
    guard application == 0, found == 0, tables == 0 else {
      throw ContextStoreError(path: path, .foreign)
    }
    return .empty
  }

  /// Makes the table that a file of an earlier version does not have.
  static func complete(_ database: Database) throws {
    guard try !database.tableExists("learned") else { return }
    try database.execute(sql: learned)
  }

  /// Makes the tables, unless another process has just made them.
  static func create(in database: Database, path: String) throws {
    // Takes effect in an empty database: pages that are free can be given back without copying the rest.
    try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
    try database.execute(sql: "PRAGMA journal_mode = WAL")
    try database.inTransaction(.immediate) {
      if try identity(of: database, path: path) == .empty {
        try database.execute(sql: tables)
        try database.execute(sql: "PRAGMA application_id = \(application)")
        try database.execute(sql: "PRAGMA user_version = \(format)")
      }
      return .commit
    }
  }
}
