internal import Bytes
internal import Foundation
internal import GRDB

/// An open index file.
struct StoreConnection: Sendable {
  /// How long a process waits for another one that writes, in seconds.
  static let patience = 5

  private let queue: DatabaseQueue
  private let path: String
  /// Why nothing can be written; nil if it can.
  let obstacle: ContextStoreError?

  /// Opens the file at `path`.
  ///
  /// - Parameter access: whether it is made if it is not there. A file that can be read but not written
  ///   to is opened for reading.
  init(path: String, _ access: ContextStore.Access) throws(ContextStoreError) {
    self.path = path
    guard access == .recording || Files.exists(path) else {
      throw ContextStoreError(path: path, .missing)
    }
    let fault: ContextStoreError
    do {
      queue = try Self.openForWriting(path)
      obstacle = nil
      return
    } catch {
      fault = error
    }
    guard [.readOnly, .unreadable, .full].contains(fault.kind),
      let readable = try Self.openForReading(path)
    else { throw fault }
    queue = readable
    obstacle = ContextStoreError(path: path, fault.kind == .full ? .full : .readOnly)
  }

  /// Runs `body` with the database; what it throws is put into our words.
  func perform<Result>(
    _ body: (Database) throws -> Result
  ) throws(ContextStoreError) -> Result {
    do {
      return try queue.inDatabase(body)
    } catch {
      throw ContextStoreError(path: path, error)
    }
  }

  /// Runs `body` in a transaction that no other process writes beside; all of it happens or nothing.
  func write<Result>(_ body: (Database) throws -> Result) throws(ContextStoreError) -> Result {
    if let obstacle { throw obstacle }
    return try perform { database in
      var result: Result?
      try database.inTransaction(.immediate) {
        result = try body(database)
        return .commit
      }
      guard let result else { throw ContextStoreError(path: path, .failed) }
      return result
    }
  }

  private static func openForWriting(_ path: String) throws(ContextStoreError) -> DatabaseQueue {
    // SQLite itself opens a file that it may not write to for reading, and says so at the first change.
    guard !Files.exists(path) || FileManager.default.isWritableFile(atPath: path) else {
      throw ContextStoreError(path: path, .readOnly)
    }
    var configuration = Configuration()
    configuration.busyMode = .timeout(Double(patience))
    configuration.prepareDatabase { database in
      // A crash of the machine may lose the last requests; it never damages the file.
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    // While another process makes the file SQLite does not wait by itself.
    let end = Date.now.addingTimeInterval(Double(patience))
    while true {
      do {
        let queue = try DatabaseQueue(path: local(path), configuration: configuration)
        try queue.inDatabase { database in
          if try StoreSchema.identity(of: database, path: path) == .empty {
            try StoreSchema.create(in: database, path: path)
          } else {
            try StoreSchema.complete(database)
          }
        }
        return queue
      } catch {
        let fault = ContextStoreError(path: path, error)
        guard fault.kind == .busy, Date.now < end else { throw fault }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  /// Opens a file that cannot be written to; nil if it cannot be read either.
  private static func openForReading(_ path: String) throws(ContextStoreError) -> DatabaseQueue? {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(Double(patience))
    // Beside a file in a folder that cannot be written to SQLite cannot keep its locks: where no process has
    // left changes there, nobody writes, and the file is read without them.
    var names = [local(path)]
    if (try? Files.read(path + "-wal", limit: 1 << 30))?.isEmpty ?? true {
      names.append("file:" + Self.escaped(local(path)) + "?immutable=1")
    }
    for name in names {
      do {
        let queue = try DatabaseQueue(path: name, configuration: configuration)
        let identity = try queue.inDatabase { try StoreSchema.identity(of: $0, path: path) }
        // A file without tables has nothing to be read.
        return identity == .index ? queue : nil
      } catch {
        let fault = ContextStoreError(path: path, error)
        guard [.unreadable, .readOnly, .full, .failed].contains(fault.kind) else { throw fault }
      }
    }
    return nil
  }

  /// A path that SQLite takes for nothing but a path: names such as `:memory:` and `file:a` mean others.
  private static func local(_ path: String) -> String {
    path.utf8.first == UInt8(ascii: "/") ? path : "./" + path
  }

  /// A path in an address.
  private static func escaped(_ path: String) -> String {
    path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
  }
}
