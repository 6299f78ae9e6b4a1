import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation
import SpecYAML

/// Loads specs from files and standard input.
enum SpecLoading {
  /// Reads the spec at `path`: YAML if the name ends in `.yaml` or `.yml`, or if the text does not
  /// begin as a JSON object does; else JSON.
  ///
  /// - Parameter base: the folder that the spec's files are in; nil takes the spec's own folder, or
  ///   the current one for standard input.
  static func load(_ path: String, base: String?) throws(CompilationError) -> Spec {
    let source: SourceText
    do {
      source = SourceText(
        name: path == "-" ? "<stdin>" : path, bytes: try Files.read(path))
    } catch {
      throw CompilationError(file: error.path, message: error.reason)
    }
    let files = FileResolver(folder: base ?? Paths.folder(of: path))
    guard isYAML(path, source.bytes) else {
      return try Spec(jsonBytes: source.bytes, name: source.name, files: files)
    }
    let node: JSONNode
    do {
      node = try YAMLParser.parse(source.bytes)
    } catch {
      throw CompilationError([
        Diagnostic(
          file: source.name, line: error.line, column: error.column, message: error.message)
      ])
    }
    return try Spec(json: node, source: source, files: files)
  }

  /// Reads a spec and sets variables in it, each given as `name=value`.
  static func load(_ path: String, base: String?, variables: [String]) throws -> Spec {
    var spec = try load(path, base: base)
    for variable in variables {
      let parts = variable.utf8.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, Variable.isName(ByteString(parts[0])) else {
        throw ValidationError("--var \(variable): write name=value, the name of letters, digits, _")
      }
      spec.variables.append(
        Variable(name: ByteString(parts[0]), value: ByteString(parts[1])))
    }
    return spec
  }

  private static func isYAML(_ path: String, _ bytes: [UInt8]) -> Bool {
    if path.hasSuffix(".yaml") || path.hasSuffix(".yml") { return true }
    if path.hasSuffix(".json") { return false }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    let first = text.first { $0 > 0x20 }
    return first != nil && first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
  }
}
