import ArgumentParser
import Bytes
import ContextStore
import PromptCompilation

struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Compile many specs, so that what they share is computed once.",
    discussion: """
      The prompts are written in the order in which they are to be sent. docs/batch.md describes the lines.
      """)

  @Argument(
    help: """
      Files with a spec a line, packed with gzip or not, - for standard input, or folders with a corpus and \
      requests.
      """)
  var inputs: [String]

  @OptionGroup var template: TemplateOptions
  @OptionGroup var request: TemplateRequestOptions
  @OptionGroup var budget: BudgetOptions
  @OptionGroup var cache: CacheModelOption
  @OptionGroup var index: IndexOptions

  @Option(
    help: """
      given: as listed; online: as listed, the blocks of each laid out against those before it; offline: \
      all together.
      """)
  var order: RequestOrder = .offline

  @Option(
    help: ArgumentHelp(
      "Lay out windows of this many waiting requests; with --cache-tokens.", valueName: "n"))
  var window: Int?

  @Option(
    help: ArgumentHelp(
      "The tokens that the engine's cache holds, such as 500000 or 500k.", valueName: "n"))
  var cacheTokens: CacheSize?

  @Option(help: "What the lines hold: \(BatchFormat.names).")
  var format: BatchFormat = .openai

  @Option(help: ArgumentHelp("Take the best blocks of each request of a folder.", valueName: "k"))
  var top: Int?

  @Option(
    help: ArgumentHelp(
      "The folder that the specs' files are in; the input's own folder if not given.",
      valueName: "dir"))
  var base: String?

  @Option(help: "The optional passes that run: all, none, or names with commas between them.")
  var passes: PassSelection = .all

  @Option(name: .shortAndLong, help: "Write to a file in place of standard output.")
  var output: String?

  @Flag(help: "Keep the whole lines that the output has already, and add those that are missing.")
  var resume = false

  @Flag(
    help: "Write a line that says why where a request cannot be compiled, and end with exit code 1."
  )
  var keepGoing = false

  /// The memory for the tokens of blocks that come again, in bytes.
  private static let blockMemory = 1 << 29

  func validate() throws {
    if let window, window < 1 { throw ValidationError("--window: at least 1") }
    if (window == nil) != (cacheTokens == nil) {
      throw ValidationError("--window and --cache-tokens: give both or none")
    }
    if cacheTokens == .unlimited {
      throw ValidationError("--cache-tokens: windows are for a cache of finite size")
    }
    if window != nil, order != .offline {
      throw ValidationError(
        "--window: orders requests together, not with --order \(order.rawValue)")
    }
    if resume, output == nil { throw ValidationError("--resume: give the file with -o") }
    if resume, index.path != nil {
      throw ValidationError(
        "--resume: goes on as the first run did, and an index is another by now: give no index")
    }
    if inputs.filter({ $0 == "-" }).count > 1 {
      throw ValidationError("standard input can be read once only")
    }
  }

  func run() throws {
    guard let located = try template.located() else {
      throw ValidationError("no model: give --model qwen3")
    }
    let model = try Model(located)
    let memory = try index.path.map { try BatchMemory(path: $0, model: model.profile.name) }
    let compiler = PromptCompiler(
      model: model, passes: passes, index: memory?.store.index, cacheModel: cache.cacheModel,
      rendering: try request.settings(), blockMemory: Self.blockMemory)
    let sources = try inputs.map { try InputSource.source($0, base: base, top: top) }
    let remains = resume ? try output.map { try BatchRemains(path: $0) } : nil
    var writer = BatchWriter(
      try OutputFile(path: output, keeping: remains?.byteCount ?? 0), format: format,
      written: remains?.stamps ?? [], keepsGoing: keepGoing, memory: memory)
    // What was written was sent, even if the batch ends early.
    defer { memory?.save() }
    var batch = BatchCompiler(compiler, order: batchOrder, at: WallClock.milliseconds)
    defer { writer.bar.clear() }
    var number = 0
    for source in sources {
      number = try source.forEachRequest(
        from: number, progress: { writer.bar.show($0, of: source.name) }
      ) { request in
        let spec = writer.expect(request).map(budget.applied)
        if !keepGoing, case .failure(let error) = spec {
          throw BatchRequest.located(error, file: request.file, line: request.line)
        }
        if case .success(let spec) = spec { try memory?.load(spec) }
        try batch.add(spec, number: request.number, to: &writer)
      }
    }
    writer.expectNoMore()
    try batch.finish(to: &writer)
    try writer.finish()
  }

  private var batchOrder: BatchOrder {
    if let window, let tokens = cacheTokens?.tokens {
      return .windows(size: window, cacheTokens: tokens)
    }
    return order.batchOrder
  }
}

/// What `--order` takes.
enum RequestOrder: String, CaseIterable, ExpressibleByArgument {
  case given
  case online
  case offline
}
