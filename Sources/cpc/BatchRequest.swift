import Bytes
import OrderedJSON
import PromptCompilation

/// A request of a batch, as it was read.
struct BatchRequest {
  /// The number of its line, from 0 over all inputs.
  let number: Int
  /// The caller's name for it.
  let id: ByteString?
  /// The file.
  let file: String
  /// The line in the file, from 1.
  let line: Int
  /// The spec, or why there is none.
  let spec: Result<Spec, CompilationError>

  /// An error about this request, each of whose diagnostics names the line.
  static func located(_ error: CompilationError, file: String, line: Int) -> CompilationError {
    CompilationError(
      error.diagnostics.map { diagnostic in
        guard diagnostic.line == nil else { return diagnostic }
        var located = diagnostic
        located.line = line
        if diagnostic.file != file {
          located.message = "\(diagnostic.file): \(diagnostic.message)"
          located.file = file
        }
        return located
      })
  }
}

/// Where the requests of a batch come from.
protocol BatchSource {
  /// What progress bars call it.
  var name: String { get }

  /// Calls `body` with each request, in the order in which they are to be sent if nothing better is known.
  ///
  /// - Parameters:
  ///   - start: the number of the first line.
  ///   - progress: called now and then with how much of the source is done, 0 to 1; not where that is not
  ///     known.
  /// - Returns: the number behind that of the last line.
  func forEachRequest(
    from start: Int, progress: (Double) -> Void, _ body: (BatchRequest) throws -> Void
  ) throws -> Int
}

/// A file with a spec a line, each a JSON object that may have an `id` beside the members of a spec, or is a
/// request as OpenAI's interface takes it.
struct BatchLines: BatchSource {
  /// The file; `-` is standard input.
  let path: String
  /// The folder that the files of blocks are in.
  let base: String?

  var name: String { path == "-" ? "<stdin>" : path }

  func forEachRequest(
    from start: Int, progress: (Double) -> Void, _ body: (BatchRequest) throws -> Void
  ) throws -> Int {
    let files = FileResolver(folder: base ?? Paths.folder(of: path))
    var end = start
    let size = Files.size(of: path)
    func report(_ done: Int) {
      if let size { progress(min(Double(done) / Double(size), 1)) }
    }
    try Files.forEachUnpackedLine(of: path, progress: report) { line, bytes in
      end = start + line
      // A line of white space alone is none.
      guard bytes.contains(where: { $0 > 0x20 }) else { return }
      let source = SourceText(name: name, bytes: Array(bytes), firstLine: line)
      var id: ByteString?
      let spec = Result { () throws(CompilationError) in
        var node = OpenAIRequestLine.spec(try BatchJSON.parse(source))
        id = try BatchJSON.removeID(from: &node, source)
        return try Spec(json: node, source: source, files: files)
      }
      try body(
        BatchRequest(number: start + line - 1, id: id, file: name, line: line, spec: spec))
    }
    return end
  }
}

/// Reads lines of JSON.
enum BatchJSON {
  /// The longest id in bytes.
  private static let idLimit = 256

  static func parse(_ source: SourceText) throws(CompilationError) -> JSONNode {
    do {
      return try JSONParser.parse(source.bytes)
    } catch {
      throw fault(error.message, at: error.offset, source)
    }
  }

  /// Takes the member `id` out of an object.
  static func removeID(
    from node: inout JSONNode, _ source: SourceText
  ) throws(CompilationError) -> ByteString? {
    guard case .object(let members) = node.value,
      let member = members.first(where: { $0.key == "id" })
    else { return nil }
    guard let id = member.node.string, !id.isEmpty, id.count <= idLimit,
      !id.bytes.contains(where: { $0 < 0x20 })
    else {
      throw fault(
        "\"id\" must be a string of 1 to \(idLimit) bytes without control characters",
        at: member.node.offset, source)
    }
    node.value = .object(members.filter { $0.key != "id" })
    return id
  }

  static func fault(_ message: String, at offset: Int, _ source: SourceText) -> CompilationError {
    let (line, column) = source.position(at: offset)
    return CompilationError([
      Diagnostic(file: source.name, line: line, column: column, message: message)
    ])
  }
}
