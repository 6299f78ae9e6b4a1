import Bytes
import Glibc
import PromptCompilation

/// A lock with the folder that its paths count from.
struct LockFile {
  /// The name that it has where none is given.
  static let defaultName = "cpc.lock"

  /// The file, as messages name it.
  let path: String
  private let folder: String

  /// Takes the path of a lock.
  init(path: String) {
    self.path = path
    folder = Paths.folder(of: path)
  }

  /// The lock that `option` names, or else the nearest `cpc.lock` in the working folder or above it.
  ///
  /// - Throws: `CompilationError` if there is none.
  static func located(_ option: String?) throws(CompilationError) -> LockFile {
    if let option { return LockFile(path: option) }
    let depth = try working().utf8.split(separator: UInt8(ascii: "/")).count
    for level in 0...depth {
      let path = String(repeating: "../", count: level) + defaultName
      if Files.exists(path) { return LockFile(path: path) }
    }
    throw CompilationError(
      file: defaultName,
      message: "there is none here or above: write one with `cpc lock SPEC... --model qwen3`")
  }

  /// Reads it.
  func read() throws(CompilationError) -> PrefixLock {
    do {
      return try PrefixLock(try Files.read(path), name: path)
    } catch let error as CompilationError {
      throw error
    } catch {
      throw CompilationError(file: path, message: (error as? FileError)?.reason ?? "\(error)")
    }
  }

  /// Writes it.
  func write(_ lock: PrefixLock) throws(FileError) {
    try Files.writeAtomically(lock.json, to: path)
  }

  /// The path, from the working folder, of a spec of the lock.
  func file(ofSpec spec: ByteString) -> String {
    folder == "." ? spec.string : "\(folder)/\(spec)"
  }

  /// The path, from the lock's folder, of a spec that the user named.
  ///
  /// - Throws: `CompilationError` if it is not in the folder.
  func spec(at path: String) throws(CompilationError) -> ByteString {
    let root = Self.steps(of: folder, from: try Self.working())
    let steps = Self.steps(of: path, from: try Self.working())
    guard path != "-", steps.starts(with: root), steps.count > root.count else {
      throw CompilationError(
        file: path, message: "is not in the folder of the lock \(self.path), or below it")
    }
    let slash = [UInt8(ascii: "/")]
    return ByteString(Array(steps[root.count...].map(\.bytes).joined(separator: slash)))
  }

  private static func working() throws(CompilationError) -> String {
    guard let address = getcwd(nil, 0) else {
      throw CompilationError(file: ".", message: "the working folder is not there any more")
    }
    defer { free(address) }
    return String(cString: address)
  }

  /// The names on the way from the root to `path`, without `.` and `..`.
  private static func steps(of path: String, from working: String) -> [ByteString] {
    let slash = UInt8(ascii: "/")
    let whole = path.utf8.first == slash ? path : "\(working)/\(path)"
    var steps: [ByteString] = []
    for step in whole.utf8.split(separator: slash) {
      switch ByteString(Array(step)) {
      case ".": break
      case "..": _ = steps.popLast()
      case let name: steps.append(name)
      }
    }
    return steps
  }
}
