import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compare the heads of prompts with those that are locked, and explain what differs.",
    discussion: """
      Ends with 0 if all are the same, 1 if one differs, 2 if something could not be compared. That \
      nothing was compared is an error.
      """)

  @Argument(help: "The specs that are compared; all of the lock if none is named.")
  var specs: [String] = []

  @Option(
    help: ArgumentHelp(
      "The lock; cpc.lock in the working folder or the nearest above if not given.",
      valueName: "file"))
  var lock: String?

  @Option(help: "What is written: \(FindingFormat.names).")
  var format: FindingFormat = .text

  @OptionGroup var cost: CostOptions

  @Flag(help: "Write the heads as they are now to the lock.")
  var update = false

  @Option(
    help: ArgumentHelp(
      "The folder that the specs' files are in; each spec's own folder if not given.",
      valueName: "dir"))
  var base: String?

  func run() throws {
    let file = try LockFile.located(lock)
    let locked = try file.read()
    let selected = try selectedSpecs(file)
    guard !update else { return try rewrite(file, locked, selected) }
    let prices = try cost.priceList()
    let heads = locked.heads.filter { selected.isEmpty || selected.contains($0.spec) }
    let faults = selected.filter { spec in !heads.contains { $0.spec == spec } }.map { spec in
      Diagnostic(
        file: file.file(ofSpec: spec),
        message:
          "is not in \(file.path): add it with `cpc check --update \(file.file(ofSpec: spec))`")
    }
    guard faults.isEmpty else { throw CompilationError(faults) }
    guard !heads.isEmpty else {
      throw CompilationError(file: file.path, message: "nothing is locked, nothing was compared")
    }
    let differences = try differences(heads, locked, file)
    let report = CheckReport(
      differences, checked: heads.count, lock: file, costs: CheckCosts(cost, prices))
    try Terminal.write(report.bytes(format))
    guard differences.isEmpty else { throw ExitCode(1) }
  }

  private func selectedSpecs(_ file: LockFile) throws(CompilationError) -> [ByteString] {
    var selected: [ByteString] = []
    for path in specs { selected.append(try file.spec(at: path)) }
    return selected
  }

  /// The heads that differ, in the order of the lock. Each spec is read once, each model loaded once.
  private func differences(
    _ heads: [LockedHead], _ lock: PrefixLock, _ file: LockFile
  ) throws(CompilationError) -> [HeadDifference] {
    var models = ContractModels()
    var differences: [HeadDifference] = []
    var faults: [Diagnostic] = []
    var last: (path: ByteString, spec: Spec)?
    for head in heads {
      do {
        let spec: Spec
        if let last, last.path == head.spec {
          spec = last.spec
        } else {
          spec = try SpecLoading.load(file.file(ofSpec: head.spec), base: base)
          last = (head.spec, spec)
        }
        let compiler = try models.compiler(for: head.model)
        guard let model = lock.model(named: head.model) else { continue }
        let difference = try head.difference(
          from: try compiler.head(of: spec), model, compiler.model.tokenizer)
        if let difference { differences.append(difference) }
      } catch {
        // One fault of a spec is told once, not for each model.
        faults += error.diagnostics.filter { !faults.contains($0) }
      }
    }
    guard faults.isEmpty else { throw CompilationError(faults) }
    return differences
  }

  /// Compiles the specs anew. Those that are named and not locked yet are added for all models of the lock;
  /// those of the lock that are not there any more are taken out.
  private func rewrite(_ file: LockFile, _ lock: PrefixLock, _ selected: [ByteString]) throws {
    var models = ContractModels()
    var written = PrefixLock()
    let kept = lock.heads.filter { Files.exists(file.file(ofSpec: $0.spec)) }
    var wanted = kept.map { (spec: $0.spec, model: $0.model) }
    for spec in selected where !wanted.contains(where: { $0.spec == spec }) {
      wanted += lock.models.map { (spec, $0.name) }
    }
    guard !wanted.isEmpty else {
      throw CompilationError(file: file.path, message: "no spec is left to lock")
    }
    var specs: [(path: ByteString, spec: Spec)] = []
    for (path, model) in wanted {
      if !specs.contains(where: { $0.path == path }) {
        specs.append((path, try SpecLoading.load(file.file(ofSpec: path), base: base)))
      }
      guard let spec = specs.first(where: { $0.path == path })?.spec else { continue }
      let head = try models.compiler(for: model).head(of: spec)
      written.add(head, ofSpec: path, modelName: model)
    }
    try file.write(written)
    Terminal.printError("\(written.heads.count) prompts locked in \(file.path)")
  }
}

/// The options that say what lost tokens cost.
struct CostOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How many requests a day begin with each head.", valueName: "n"))
  var requestsPerDay: Int?

  @Option(
    help: ArgumentHelp(
      "Prices with their date; those that ship with cpc if not given.", valueName: "file"))
  var prices: String?

  @Option(
    help: ArgumentHelp(
      "The model of the price list whose price counts; each head's own model if not given.",
      valueName: "name"))
  var priceOf: String?

  func validate() throws {
    if let requestsPerDay, requestsPerDay < 1 {
      throw ValidationError("--requests-per-day must be at least 1")
    }
  }

  /// The prices; nil if no cost is asked for.
  func priceList() throws(CompilationError) -> PriceList? {
    guard requestsPerDay != nil || prices != nil || priceOf != nil else { return nil }
    let list = try PriceList(path: prices)
    if let priceOf, list.entry(named: ByteString(priceOf)) == nil {
      let names = list.entries.map(\.name.string).joined(separator: ", ")
      throw CompilationError(
        file: prices ?? "prices", message: "has no model \"\(priceOf)\"; there are: \(names)")
    }
    return list
  }
}
