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

  @Argument(
    help: "The log: a spec in JSON on each line, as `cpc batch` reads; - for standard input.")
  var log: String

  func run() throws {
    let name = log == "-" ? "<stdin>" : log
    var specs: [Spec] = []
    _ = try BatchLines(path: log, base: base).forEachRequest(from: 0) { request in
      specs.append(try request.spec.get())
    }
    guard let first = specs.first else {
      throw CompilationError(file: name, message: "there is no request in the log")
    }
    guard let located = try template.located(fallback: first.model) else {
      throw CompilationError(file: name, message: "no model: give --model qwen3")
    }
    let layout = LearnedLayout(
      model: try Model(located), rendering: try request.settings())
    let requests = try layout.requests(of: specs)
    let store = try ContextStore(path: output)
    if let obstacle = store.obstacle { throw obstacle }
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
