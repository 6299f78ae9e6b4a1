import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show where and why two prompts stop sharing the tokens that they begin with.",
    discussion: """
      Each of the two is a spec, a request body, what cpc compile --format json or --format tokens writes, or \
      the text of a prompt. Exit code 0: one is the beginning of the other; 1: they differ; 2: they cannot \
      be read.
      """)

  @Argument(help: "The first prompt; - for standard input.")
  var first: String

  @Argument(help: "The second prompt.")
  var second: String

  @OptionGroup var template: TemplateOptions
  @OptionGroup var request: TemplateRequestOptions

  @Option(help: "The optional passes that specs run through: all, none, or names with commas.")
  var passes: PassSelection = .all

  @Option(
    help: ArgumentHelp(
      "The folder that the files of specs are in; the folder of each spec if not given.",
      valueName: "dir"))
  var base: String?

  @Option(help: "text: for people, the lines side by side; json: one object.")
  var format: TokensFormat = .text

  @Option(help: "When the text is coloured: auto, always, never.")
  var color: ColorChoice = .auto

  @Option(
    help: ArgumentHelp(
      "Write a page that shows the difference, which needs nothing but a browser.",
      valueName: "file"))
  var html: String?

  func run() throws {
    guard first != "-" || second != "-" else {
      throw ValidationError("only one of the two prompts can be standard input")
    }
    let inputs = [
      try ComparedPrompt(first, base: base), try ComparedPrompt(second, base: base),
    ]
    let named = inputs.compactMap(\.model).first
    let rendering = try request.settings()
    var prompts: [TokenizedPrompt] = []
    for input in inputs {
      guard let located = try template.located(fallback: input.model ?? named) else {
        throw CompilationError(file: first, message: "no model: give --model qwen3")
      }
      prompts.append(try input.prompt(for: located, passes: passes, rendering: rendering))
    }
    let difference = PrefixDifference(prompts[0], prompts[1])
    if let html { try Files.writeAtomically(DifferencePage(difference).bytes, to: html) }
    switch format {
    case .text:
      let view = DifferenceView(
        difference, columns: Terminal.columns, isColored: color.isColored)
      try Terminal.write(view.bytes)
    case .json:
      try Terminal.write(
        JSONWriter.write(difference.json, style: .indented) + [UInt8(ascii: "\n")])
    }
    if difference.relation == .differ { throw ExitCode(1) }
  }
}
