import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation

struct ExpandCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expand",
    abstract: "Turn a compiled prompt, or a folded request body, back into the full texts.",
    discussion: """
      Reads what cpc compile --format json writes, or a request body that cpc dedup folded, which is given \
      back as it was.
      """)

  @Argument(help: "The compiled prompt or the body; - for standard input.")
  var prompt: String

  @Flag(help: "The input has a folded body a line, packed with gzip or not.")
  var jsonl = false

  @Option(
    help: ArgumentHelp(
      "Compare with the spec it was compiled from; exit code 1 if a text differs.",
      valueName: "spec"))
  var check: String?

  @Option(
    help: ArgumentHelp(
      "The folder that the spec's files are in; the spec's own folder if not given.",
      valueName: "dir"))
  var base: String?

  @OptionGroup var template: TemplateOptions

  @Option(
    help: ArgumentHelp(
      "How the references of a body read, if cpc dedup was given it.", valueName: "template"))
  var wording: [String] = []

  @Option(name: .shortAndLong, help: "Write to a file in place of standard output.")
  var output: String?

  func validate() throws {
    if jsonl, check != nil {
      throw ValidationError("--check compares one prompt: leave --jsonl out")
    }
  }

  func run() throws {
    guard !jsonl else { return try expandLines() }
    let source = SourceText(
      name: prompt == "-" ? "<stdin>" : prompt, bytes: try Files.read(prompt))
    let json = try source.json(loneSurrogates: .replaced)
    if check == nil, BodyExpander.isBody(json) {
      let expander = BodyExpander(wording: try FoldOptions.wording(wording))
      return try write(try expander.expand(source))
    }
    let expanded = try ExpandedPrompt(json: json, source: source)
    if let check {
      try compare(expanded, with: try SpecLoading.load(check, base: base), json["model"]?.string)
      return
    }
    try write(JSONWriter.write(expanded.json, style: .indented) + [UInt8(ascii: "\n")])
  }

  private func expandLines() throws {
    let expander = BodyExpander(wording: try FoldOptions.wording(wording))
    let file = try OutputFile(path: output)
    try Files.forEachUnpackedLine(of: prompt) { line, bytes in
      let source = SourceText(
        name: prompt == "-" ? "<stdin>" : prompt, bytes: Array(bytes), firstLine: line)
      // A line of white space alone is no body.
      let isBody = source.bytes.contains { $0 > 0x20 }
      try file.write((isBody ? try expander.expand(source) : source.bytes) + [UInt8(ascii: "\n")])
    }
  }

  private func write(_ bytes: [UInt8]) throws {
    if let output {
      try Files.writeAtomically(bytes, to: output)
    } else {
      try Terminal.write(bytes)
    }
  }

  private func compare(
    _ expanded: ExpandedPrompt, with spec: Spec, _ model: ByteString?
  ) throws {
    guard let located = try template.located(fallback: model) else {
      throw CompilationError(file: spec.name, message: "no model: give --model qwen3")
    }
    let compiler = PromptCompiler(model: try Model(located))
    let differences = try expanded.differences(from: spec, compiledBy: compiler)
    guard differences.isEmpty else {
      for difference in differences { Terminal.printError("\(spec.name): \(difference)") }
      throw ExitCode(1)
    }
    print(
      "\(spec.blocks.count) blocks and \(expanded.toolResults.count) results of tools: "
        + "the prompt stands for all of them")
  }
}

extension ExpandedPrompt {
  /// The texts as JSON.
  fileprivate var json: JSONValue {
    .object([
      "schema_version": .integer(1),
      "blocks": .array(
        of: blocks.map { block in
          .object([
            "label": .string(block.label),
            "indices": .array(of: block.indices.map { .integer($0) }),
            "text": .string(block.text),
          ])
        }),
      "tool_results": .array(
        of: toolResults.map { result in
          .object([
            "turn": .integer(result.turn),
            "texts": .array(of: result.texts.map { .string($0) }),
          ])
        }),
    ])
  }
}
