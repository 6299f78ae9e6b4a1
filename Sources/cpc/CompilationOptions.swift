import ArgumentParser
import Bytes
import ContextStore
import PromptCompilation

/// The spec that a command compiles, and how.
struct CompilationOptions: ParsableArguments {
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

  /// Compiles the spec, with what the index knows; nothing is written yet. Warnings go to standard error.
  ///
  /// - Parameter explaining: whether tokens are counted behind each pass.
  func compile(explaining: Bool) throws -> Compiled {
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
      spec, state: &state, explaining: explaining, at: WallClock.milliseconds)
    conversation?.state = state
    for warning in prompt.warnings { Terminal.printError(warning.description) }
    return Compiled(
      spec: spec, compiler: compiler, memory: memory, conversation: conversation, prompt: prompt)
  }

  /// A prompt, and what it was compiled with.
  struct Compiled {
    let spec: Spec
    let compiler: PromptCompiler
    let memory: PromptMemory?
    let conversation: ConversationMemory?
    let prompt: CompiledPrompt

    /// How much of the prompt is believed to be cached; nil without an index.
    var cacheExplanation: String? {
      memory?.explanation(of: prompt, for: compiler.cacheModel)
    }
  }
}
