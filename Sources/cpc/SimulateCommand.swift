import ArgumentParser
import Bytes
import ContextIndex
import OrderedJSON
import PromptCompilation

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Send prompts through a simulated prefix cache and count what it reuses.",
    discussion: """
      A file has a prompt a line, in the order in which they are sent: {"tokens": [...]}, as cpc batch \
      --format tokens writes them, or {"hash_ids": [...], "input_length": N}, as Mooncake's traces have \
      them. With --order they hold requests as cpc batch reads them, which are compiled. Files may be packed \
      with gzip.
      """)

  @Argument(help: "The files; - for standard input.")
  var files: [String]

  @OptionGroup var requests: SimulateOrderOptions

  @Option(
    help: ArgumentHelp(
      "What the cache can reuse: \(CacheModel.forms). May be given again; radix without it.",
      valueName: "model"))
  var cacheModel: [CacheModel] = []

  @Option(
    help: ArgumentHelp(
      "The size of the cache in tokens: 500000, 500k, 2M or unlimited. May be given again.",
      valueName: "size"))
  var cacheTokens: [CacheSize] = []

  @Option(help: "text: a table; json: one object with the same numbers.")
  var format: TokensFormat = .text

  @Option(
    help: ArgumentHelp("Draw the hit ratio over the size of the cache.", valueName: "file.svg"))
  var plot: String?

  @Option(
    help: ArgumentHelp(
      "Write what each cache found of each prompt, a line each.", valueName: "file.jsonl"))
  var prompts: String?

  @Option(help: ArgumentHelp("The tokens of a page that hash_ids name.", valueName: "tokens"))
  var tracePage = 512

  @Option(
    help: ArgumentHelp("Time to the first token: what each request takes.", valueName: "seconds"))
  var ttftBase = PrefillTime().base

  @Option(
    help: ArgumentHelp(
      "Time to the first token: what each cold token takes.", valueName: "seconds"))
  var ttftToken = PrefillTime().perToken

  @Option(
    help: ArgumentHelp(
      "Time to the first token: what each cold token takes for each token before it.",
      valueName: "seconds"))
  var ttftPair = PrefillTime().perPair

  /// The sizes that are simulated if none are given.
  private static let tableSizes = [50_000, 200_000, 1_000_000, 10_000_000, nil].map {
    CacheSize(tokens: $0)
  }
  /// From 8,192 to 100 M, two for each doubling.
  private static let plotSizes =
    (12...25).flatMap { [2 << $0, 3 << $0] }.map { CacheSize(tokens: $0) } + [.unlimited]

  func validate() throws {
    guard (1...1_000_000_000).contains(tracePage) else {
      throw ValidationError("--trace-page \(tracePage): from 1 to a billion")
    }
    for (name, value) in [
      ("--ttft-base", ttftBase), ("--ttft-token", ttftToken), ("--ttft-pair", ttftPair),
    ] {
      guard value >= 0, value <= 1_000_000 else {
        throw ValidationError("\(name) \(value): from 0 to a million seconds")
      }
    }
  }

  func run() throws {
    let sources = try files.flatMap { path -> [any PromptSource] in
      if requests.order.isEmpty { return [TraceFile(path: path, pageSize: tracePage)] }
      return try requests.sources(path, for: cacheModel.first)
    }
    let rows = try simulate(sources)
    let sizes = Set(tableSizes)
    let report = SimulationReport(rows: rows.filter { sizes.contains($0.size) }, prefill: prefill)
    if let plot {
      let sizes = Set(plotSizes)
      let chart = HitChart(rows.filter { sizes.contains($0.size) })
      try Files.makeFolder(Paths.folder(of: plot))
      try Files.writeAtomically(chart.svg, to: plot)
    }
    switch format {
    case .text: try Terminal.printLine(report.text)
    case .json:
      try Terminal.write(
        JSONWriter.write(report.json, style: .indented) + [UInt8(ascii: "\n")])
    }
  }

  private var prefill: PrefillTime {
    PrefillTime(base: ttftBase, perToken: ttftToken, perPair: ttftPair)
  }

  private var tableSizes: [CacheSize] {
    cacheTokens.isEmpty ? Self.tableSizes : cacheTokens
  }

  private var plotSizes: [CacheSize] {
    guard plot != nil else { return [] }
    return cacheTokens.isEmpty ? Self.plotSizes : cacheTokens
  }

  /// Sends the prompts of each source through a cache of each model and size.
  private func simulate(_ sources: [any PromptSource]) throws -> [SimulationReport.Row] {
    let sizes = Set(tableSizes + plotSizes).sorted()
    var seen: Set<CacheModel> = []
    let models = (cacheModel.isEmpty ? [.radix] : cacheModel).filter { seen.insert($0).inserted }
    var list = try prompts.map { try SimulatedPromptList(path: $0, sizes: Set(tableSizes)) }
    var bar = ProgressBar()
    defer { bar.clear() }
    var rows: [SimulationReport.Row] = []
    for source in sources {
      var sweeps = models.map { model in
        CacheSweep(model, capacities: sizes.map(\.tokens), prefill: prefill)
      }
      list?.begin(source.name)
      try source.forEachPrompt(
        progress: { bar.show($0, of: source.name) },
        { (prompt) throws(SimulationError) in
          for index in sweeps.indices {
            let hits = try sweeps[index].send(prompt)
            list?.append(prompt, sweeps[index].model, zip(sizes, hits))
          }
          list?.end()
        })
      try list?.flush()
      rows += sweeps.flatMap { sweep in
        zip(sizes, sweep.reuse).map { size, reuse in
          SimulationReport.Row(
            source: source.name, model: sweep.model, size: size, reuse: reuse)
        }
      }
    }
    return rows
  }
}
