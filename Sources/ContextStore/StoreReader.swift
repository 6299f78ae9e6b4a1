internal import Bytes
internal import ContextIndex
internal import Foundation
internal import GRDB

/// Reads the rows of an index file.
struct StoreReader {
  private let database: Database

  init(_ database: Database) {
    self.database = database
  }

  /// How many removals there were.
  func evictions() throws -> Int64 {
    try Int64.fetchOne(database, sql: "SELECT evictions FROM state") ?? 0
  }

  /// The id of the latest sequence; 0 if there is none.
  func lastSequence() throws -> Int64 {
    try Int64.fetchOne(database, sql: "SELECT max(id) FROM sequence") ?? 0
  }

  /// The id of the latest label; 0 if there is none.
  func lastLabel() throws -> Int64 {
    try Int64.fetchOne(database, sql: "SELECT max(id) FROM label") ?? 0
  }

  /// The keys that there are, by tenant, then model, with the numbers that rows know them by.
  func keys() throws -> [(number: Int64, key: IndexKey)] {
    try Row.fetchAll(database, sql: "SELECT id, tenant, model FROM key ORDER BY tenant, model")
      .map { row in
        (
          try row.number(0),
          IndexKey(tenant: try row.text(1) ?? "", model: try row.text(2) ?? "")
        )
      }
  }

  /// The number of a key; nil if there is nothing of it.
  func number(of key: IndexKey) throws -> Int64? {
    try database.cachedStatement(sql: "SELECT id FROM key WHERE tenant = ? AND model = ?")
      .first([Data(key.tenant.bytes), Data(key.model.bytes)])
  }

  /// The latest sequences of a key behind a row, oldest first, and the id of the last.
  func latest(
    _ limit: Int, of key: IndexKey, behind row: Int64
  ) throws -> (sequences: [StoredSequence], last: Int64) {
    guard let number = try number(of: key) else { return ([], 0) }
    return try sequences(
      of: key,
      sql: """
        SELECT head, blocks, request, time, id, 0 FROM sequence
        WHERE key = ? AND id > ? ORDER BY id DESC LIMIT ?
        """, [number, row, limit])
  }

  /// Those of the latest sequences of a request's key that were sent, or learned, and matter for it, oldest
  /// first.
  func matching(_ request: ContextRequest, in limit: Int) throws -> [StoredSequence] {
    guard let number = try number(of: request.key) else { return [] }
    let filter = RowFilter(request)
    func found(_ table: String, _ columns: String) throws -> [StoredSequence] {
      let sql = """
        SELECT * FROM (SELECT head, blocks, \(columns) FROM \(table)
        WHERE key = ? ORDER BY id DESC LIMIT ?) WHERE substr(head, 1, 16) = ?
        """
      let arguments: StatementArguments = [number, limit, filter.headBytes]
      return try sequences(of: request.key, sql: sql, arguments, filter).sequences
    }
    let hints =
      try database.tableExists("learned") ? try found("learned", "NULL, time, id, count") : []
    return try hints + found("sequence", "request, time, id, 0")
  }

  /// The sequences of rows from the last to the first, turned round, and the greatest id.
  private func sequences(
    of key: IndexKey, sql: String, _ arguments: StatementArguments, _ filter: RowFilter? = nil
  ) throws -> (sequences: [StoredSequence], last: Int64) {
    let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
    var sequences: [StoredSequence] = []
    var last: Int64 = 0
    while let row = try rows.next() {
      if let filter, try !row.withUnsafeData(atIndex: 1, filter.matches) { continue }
      var found = try sequence(row, of: key)
      found.learned = Int(clamping: try row.number(5))
      sequences.append(found)
      last = max(last, try row.number(4))
    }
    return (sequences.reversed(), last)
  }

  /// The id of the latest learned sequence; 0 if there is none.
  func lastLearned() throws -> Int64 {
    guard try database.tableExists("learned") else { return 0 }
    return try Int64.fetchOne(database, sql: "SELECT max(id) FROM learned") ?? 0
  }

  /// The sequences of a key that were learned last, behind a row, in the order in which they were, and the
  /// id of the last.
  func learned(
    _ limit: Int, of key: IndexKey, behind row: Int64 = 0
  ) throws -> (sequences: [StoredSequence], last: Int64) {
    guard let number = try number(of: key), try database.tableExists("learned") else {
      return ([], 0)
    }
    return try sequences(
      of: key,
      sql: """
        SELECT head, blocks, NULL, time, id, count FROM learned
        WHERE key = ? AND id > ? ORDER BY id DESC LIMIT ?
        """, [number, row, limit])
  }

  /// Calls `body` with every sequence of a key, the least recently used first.
  func forEachSequence(
    of key: IndexKey, number: Int64, _ body: (StoredSequence) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(
      database,
      sql: "SELECT head, blocks, request, time FROM sequence WHERE key = ? ORDER BY id",
      arguments: [number])
    while let row = try rows.next() { try body(try sequence(row, of: key)) }
  }

  /// The latest labels of a key's contents, or of its blocks, behind a row, oldest first, and the id of the
  /// last.
  func labels(
    _ limit: Int, ofContents isContent: Bool, key: IndexKey, behind row: Int64 = 0
  ) throws -> (labels: [(fingerprint: BlockFingerprint, label: ByteString)], last: Int64) {
    guard let number = try number(of: key) else { return ([], 0) }
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT fingerprint, label, id FROM label
          WHERE key = ? AND content = ? AND id > ? ORDER BY id DESC LIMIT ?
          """), arguments: [number, isContent, row, limit])
    var labels: [(BlockFingerprint, ByteString)] = []
    var last: Int64 = 0
    while let row = try rows.next() {
      guard let fingerprint = try row.withUnsafeData(atIndex: 0, BlockRecord.fingerprint),
        let label = try row.text(1)
      else { throw Row.damage }
      labels.append((fingerprint, label))
      last = max(last, try row.number(2))
    }
    return (labels.reversed(), last)
  }

  /// Under which label a content is shown; nil if that is not known.
  func label(of content: BlockFingerprint, key: IndexKey) throws -> ByteString? {
    guard let number = try number(of: key) else { return nil }
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: "SELECT label FROM label WHERE key = ? AND content = ? AND fingerprint = ?"),
      arguments: [number, true, BlockRecord.bytes(of: content)])
    guard let row = try rows.next() else { return nil }
    guard let label = try row.text(0) else { throw Row.damage }
    return label
  }

  private func sequence(_ row: Row, of key: IndexKey) throws -> StoredSequence {
    guard let head = try row.withUnsafeData(atIndex: 0, BlockRecord.blocks), head.count == 1,
      let blocks = try row.withUnsafeData(atIndex: 1, BlockRecord.blocks)
    else { throw Row.damage }
    return StoredSequence(
      key: key, head: head[0], blocks: blocks, request: try row.text(2),
      time: UInt64(clamping: try row.number(3)))
  }
}

/// Columns of rows that may be damaged: GRDB's subscripts trap where a column has another type.
extension Row {
  /// A column as a number.
  func number(_ index: Int) throws -> Int64 {
    guard let number = Int64.fromDatabaseValue(self[index] as DatabaseValue) else {
      throw Self.damage
    }
    return number
  }

  /// A column as bytes; nil if there is nothing in it.
  func text(_ index: Int) throws -> ByteString? {
    try withUnsafeData(atIndex: index) { $0.map { ByteString(Array($0)) } }
  }

  /// A row that we never write.
  static var damage: DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a row cannot be read")
  }
}

extension Statement {
  /// The first column of the first row as a number; nil if there is no row, or nothing in it.
  func first(_ arguments: StatementArguments) throws -> Int64? {
    try Int64.fetchOne(self, arguments: arguments)
  }
}
