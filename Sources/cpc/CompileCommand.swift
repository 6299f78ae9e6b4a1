import ArgumentParser
import Bytes
import ContextStore
import PromptCompilation

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Compile a spec into a request that is ready to send.")

  @Argument(help: "The spec, JSON or YAML; - for standard input.")
  var spec: String

  @OptionGroup var template: TemplateOptions
  @OptionGroup var request: TemplateRequestOptions
  @OptionGroup var index: IndexOptions
  @OptionGroup var budget: BudgetOptions
  @OptionGroup var cache: CacheModelOption

  @Option(help: "What is written: \(OutputFormat.names).")
  var format: OutputFormat = .openai

  @Option(
    help: "The optional passes that run: all, none, or names with commas between them.")
  var passes: PassSelection = .all

  @Option(
    help: ArgumentHelp(
      "The folder that the spec's files are in; the spec's own folder if not given.",
      valueName: "dir"))
  var base: String?

  @Option(
    name: [.customLong("var")],
    help: ArgumentHelp("Set a variable; may be given again.", valueName: "name=value"))
  var variables: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write the seal and what the passes did to a file; - for standard output, in place of the body.",
      valueName: "file"))
  var report: String?

  @Option(name: .shortAndLong, help: "Write to a file in place of standard output.")
  var output: String?

  @Flag(help: "Show on standard error what each pass did, in tokens.")
  var explain = false

  func run() throws {
    let spec = budget.applied(
      to: try SpecLoading.load(self.spec, base: base, variables: variables))
    guard let located = try template.located(fallback: spec.model) else {
      throw CompilationError(file: spec.name, message: "no model: give --model qwen3")
    }
    let model = try Model(located)
    let memory = try index.memory(of: spec, for: model)
    let compiler = PromptCompiler(
      model: model, passes: passes, index: memory?.store.index, cacheModel: cache.cacheModel,
      rendering: try request.settings())
    var conversation = try compiler.conversationKey(of: spec).flatMap { key in
      try memory.map { try ConversationMemory(key, in: $0.store) }
    }
    var state = conversation?.state
    try memory?.load(spec, state, with: compiler)
    let prompt = try compiler.compile(
      spec, state: &state, explaining: explain, at: WallClock.milliseconds)
    conversation?.state = state
    for warning in prompt.warnings { Terminal.printError(warning.description) }
    let needsPlainCount = explain || report != nil || format == .tokens || format == .json
    let plain = needsPlainCount ? try compiler.plainTokenCount(spec) : nil
    if explain {
      Terminal.printError(Explanation(prompt, plainTokenCount: plain).text)
      if let memory {
        Terminal.printError(memory.explanation(of: prompt, for: compiler.cacheModel))
      }
      if let line = ConversationMemory.explanation(of: prompt), conversation != nil {
        Terminal.printError(line)
      }
    }
    // Everything is made before anything is written, so that a fault leaves nothing behind.
    var body = try prompt.emit(format, plainTokenCount: plain)
    if format != .text { body.append(UInt8(ascii: "\n")) }
    if let report {
      try write(prompt.report(plainTokenCount: plain) + [UInt8(ascii: "\n")], report)
    }
    if let output {
      try write(body, output)
    } else if report != "-" {
      try Terminal.write(body)
    }
    memory?.save(prompt)
    conversation?.save()
  }

  /// Writes to a file; `-` is standard output.
  private func write(_ bytes: [UInt8], _ path: String) throws {
    if path == "-" { try Terminal.write(bytes) } else { try Files.writeAtomically(bytes, to: path) }
  }
}
