import ArgumentParser
import Bytes
import ContextStore
import PromptCompilation

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what a spec is compiled to and why: a table, or a page with each token.",
    discussion: "An index is read and not written to: what is shown counts as not sent.")

  @Argument(help: "The spec, JSON or YAML; - for standard input.")
  var spec: String

  @OptionGroup var template: TemplateOptions
  @OptionGroup var request: TemplateRequestOptions
  @OptionGroup var index: IndexOptions
  @OptionGroup var budget: BudgetOptions
  @OptionGroup var cache: CacheModelOption

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
      """
      Write a page that shows the prompt, which needs nothing but a browser, in place of the table; - for \
      standard output.
      """,
      valueName: "file"))
  var html: String?

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
    let conversation = try compiler.conversationKey(of: spec).flatMap { key in
      try memory.map { try ConversationMemory(key, in: $0.store) }
    }
    var state = conversation?.state
    try memory?.load(spec, state, with: compiler)
    let prompt = try compiler.compile(
      spec, state: &state, explaining: true, at: WallClock.milliseconds)
    for warning in prompt.warnings { Terminal.printError(warning.description) }
    let plain = try compiler.plainTokenCount(spec)
    guard let html else {
      try Terminal.printLine(Explanation(prompt, plainTokenCount: plain).text)
      if let memory {
        try Terminal.printLine(memory.explanation(of: prompt, for: compiler.cacheModel))
      }
      return
    }
    let page = PromptPage(
      try TokenizedPrompt(prompt, tokenizer: model.tokenizer), plainTokenCount: plain,
      pageSize: compiler.cacheModel.pageSize,
      cached: try memory?.cached(of: prompt, for: compiler.cacheModel),
      turns: compiler.turns(of: spec))
    guard let bytes = page?.bytes else { return }
    if html == "-" { try Terminal.write(bytes) } else { try Files.writeAtomically(bytes, to: html) }
  }
}
