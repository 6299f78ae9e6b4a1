internal import Bytes
internal import OrderedJSON

/// A data file whose figures are those of a date: prices, and what hosted services cache.
enum DatedFile {
  /// Reads the file at `path`, or the one called `name` that ships with cpc.
  ///
  /// - Throws: `CompilationError` if it cannot be read.
  static func read(_ path: String?, orOurs name: String) throws(CompilationError) -> SourceText {
    let file: String
    if let path {
      file = path
    } else {
      file = try DataFolder.located().path + "/prices/" + name
    }
    do {
      return SourceText(name: file, bytes: try Files.read(file))
    } catch {
      throw CompilationError(file: error.path, message: error.reason)
    }
  }
}

extension FieldReader {
  /// Whether a node is an object with just these members, all of them there, and with the version that is read;
  /// notes what is wrong.
  mutating func isFile(_ node: JSONNode, _ name: String, _ members: [String]) -> Bool {
    let keys = ["schema_version"] + members
    guard object(node, name, keys: keys) != nil else { return false }
    for key in keys where node[ByteString(key)] == nil {
      fault(at: node.offset, "\"\(key)\" is missing")
    }
    if let version = node["schema_version"] {
      _ = integer(version, "\"schema_version\"", in: 1...1)
    }
    return true
  }
}
