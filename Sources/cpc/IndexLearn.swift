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
      The requests of the log are ordered together, as if they were all known, and the orders are kept as \
      hints. The next requests are then laid out so that they share beginnings with each other, although \
      nothing is cached yet.
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

  @Option(help: ArgumentHelp("Take the best blocks of each request of a folder.", valueName: "k"))
  var top: Int?

  @Argument(
    help: """
      The log: a spec in JSON on each line, or a folder with a corpus and requests, as `cpc batch` reads \
      them; - for standard input.
      """)
  var log: String

  func run() throws {
    let name = log == "-" ? "<stdin>" : log
    var specs: [Spec] = []
    var bar = ProgressBar()
    defer { bar.clear() }
    let source = try InputSource.source(log, base: base, top: top)
    _ = try source.forEachRequest(from: 0, progress: { bar.show($0, of: source.name) }) { request in
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
    let now = WallClock.milliseconds
    let arranged = layout.arranged(requests)
    for (request, count) in LearnedLayout.counted(arranged.map(\.request)) {
      store.index.learn(request, order: Array(request.blocks.indices), count: count, at: now)
    }
    for request in arranged {
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
