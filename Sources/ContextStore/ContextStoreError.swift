internal import GRDB

/// What is wrong with the file of an index, and what to do about it.
public struct ContextStoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of a fault.
  public enum Kind: Hashable, Sendable {
    /// There is no file.
    case missing
    /// It cannot be opened: its folder is not there, it is a folder, or its permissions forbid it.
    case unreadable
    /// It is no index: another kind of file, or a database of another program.
    case foreign
    /// A newer cpc wrote it, in a format with this number.
    case newerFormat(Int)
    /// Parts of it are missing or were overwritten.
    case damaged
    /// It can be read, but not written to.
    case readOnly
    /// There is no space left on its disk.
    case full
    /// Another process has held it for longer than the time to wait.
    case busy
    /// The operating system could not read or write it.
    case failed
  }

  /// The path as the caller gave it.
  public let path: String
  /// The kind of the fault.
  public let kind: Kind
  /// What the system says of it; empty if the kind says all.
  public let detail: String

  init(path: String, _ kind: Kind, detail: String = "") {
    self.path = path
    self.kind = kind
    self.detail = detail
  }

  /// Puts SQLite's error into our words.
  init(path: String, _ error: any Error) {
    if let error = error as? ContextStoreError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(path: path, .failed, detail: "\(error)")
      return
    }
    let kind: Kind =
      switch error.extendedResultCode {
      // The file of the shared memory could not grow.
      case .SQLITE_IOERR_SHMSIZE: .full
      case .SQLITE_NOTADB: .foreign
      case .SQLITE_CORRUPT: .damaged
      case .SQLITE_READONLY: .readOnly
      case .SQLITE_FULL: .full
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .unreadable
      default: .failed
      }
    self.init(path: path, kind, detail: error.message ?? "")
  }

  /// What is wrong and what to do, without the path.
  public var reason: String {
    switch kind {
    case .missing:
      "there is no such index: `cpc compile --index` and `cpc index learn` make one"
    case .unreadable:
      "cannot be opened\(said): check that its folder is there and that you may write to it"
    case .foreign:
      "is not an index of cpc, and was left as it is: give another path"
    case .newerFormat(let format):
      "has format \(format), and this cpc knows format \(StoreSchema.format): use the cpc that wrote "
        + "it, or another path"
    case .damaged:
      "is damaged\(said): move it away, and a new one is made; it holds what was sent and nothing "
        + "else, so that prompts stay right and only the next ones reuse less"
    case .readOnly:
      "cannot be written to, nothing is recorded: check the permissions of the file and of its folder"
    case .full:
      "no space is left on its disk, nothing is recorded: make room, or give a path on another disk"
    case .busy:
      "another process has held it for \(StoreConnection.patience) seconds: try again"
    case .failed:
      "cannot be read or written\(said)"
    }
  }

  /// The path and the reason, on one line.
  public var description: String { "\(path): error: \(reason)" }

  private var said: String { detail.isEmpty ? "" : " (\(detail))" }
}
