import ArgumentParser
import Bytes
import ContextIndex
import ContextStore
import PromptCompilation

struct IndexLearn: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Make an index from a log of earlier requests, for the first ones of a new engine.",
    discussion: """
      The requests of the log are ordered together, as if they were all known, and what would be sent is \
      recorded. The next requests are then laid out so that they share beginnings with each other, \
      although nothing is cached yet.
      """)

  @OptionGroup var template: TemplateOptions
  @OptionGroup var request: TemplateRequestOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The index; it is made if it is not there.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "The folder that the specs' files are in; the log's own folder if not given.",
      valueName: "dir"))
  var base: String?

  @Argument(help: "The log: a spec in JSON on each line; - for standard input.")
  var log: String

  func run() throws {
    let specs = try LoggedSpecs.read(log, base: base)
    guard let located = try template.located(fallback: specs.first?.model) else {
      throw CompilationError(
        file: LoggedSpecs.name(of: log), message: "no model: give --model qwen3")
    }
    let layout = LearnedLayout(
      model: try Model(located), rendering: try request.settings())
    let store = try ContextStore(path: output)
    if let obstacle = store.obstacle { throw obstacle }
    let requests = try layout.requests(of: specs)
    for request in layout.arranged(requests) {
      store.index.record(
        request.request, order: Array(request.request.blocks.indices), at: WallClock.milliseconds)
      for (label, content) in request.contents {
        store.index.record(label: label, of: content, for: request.request.key)
      }
      for (label, block) in request.labels {
        store.note(label: label, of: block, for: request.request.key)
      }
    }
    try store.save()
    try Terminal.printLine("\(requests.count) requests learned")
  }
}

/// The specs of a log.
enum LoggedSpecs {
  /// What messages call the log.
  static func name(of path: String) -> String { path == "-" ? "<stdin>" : path }

  /// Reads a spec from each line that is not empty.
  ///
  /// - Throws: `CompilationError` with what is wrong with the first line that is no spec, `FileError`.
  static func read(_ path: String, base: String?) throws -> [Spec] {
    let files = FileResolver(folder: base ?? Paths.folder(of: path))
    var specs: [Spec] = []
    try Files.forEachLine(of: path) { number, line in
      guard line.contains(where: { $0 > 0x20 }) else { return }
      do throws(CompilationError) {
        specs.append(try Spec(jsonBytes: Array(line), name: name(of: path), files: files))
      } catch {
        // A line of the log is line 1 of its spec.
        throw CompilationError(
          error.diagnostics.map { diagnostic in
            var placed = diagnostic
            placed.line = number
            return placed
          })
      }
    }
    guard !specs.isEmpty else {
      throw CompilationError(file: name(of: path), message: "there is no request in the log")
    }
    return specs
  }
}
