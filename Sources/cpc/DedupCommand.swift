import ArgumentParser
import Bytes
import Deduplication
import OrderedJSON
import PromptCompilation

struct DedupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dedup",
    abstract: "Put references in place of what a request body repeats.",
    discussion: """
      The body is one for /v1/chat/completions, /v1/responses or /v1/messages. Tool results and long texts of \
      the user's are folded against all that stands before them; every other byte of the body stays. \
      docs/dedup.md describes it.
      """)

  @Argument(help: "The body, JSON; - for standard input.")
  var body: String

  @Flag(help: "The input has a body a line, packed with gzip or not; each is folded on its own.")
  var jsonl = false

  @OptionGroup var template: TemplateOptions
  @OptionGroup var request: TemplateRequestOptions
  @OptionGroup var folding: FoldOptions

  @Option(help: "What is written: \(DedupFormat.names).")
  var format: DedupFormat = .body

  @Option(help: "all, or none to have the bodies as they were.")
  var passes: DedupPasses = .all

  @Option(
    help: ArgumentHelp(
      "Write what was folded to a file; - for standard output, in place of the bodies.",
      valueName: "file"))
  var report: String?

  @Option(name: .shortAndLong, help: "Write to a file in place of standard output.")
  var output: String?

  func validate() throws {
    if report == "-", output != nil {
      throw ValidationError("--report -: the bodies are not written then; leave -o out")
    }
  }

  func run() throws {
    guard let located = try template.located() else {
      throw ValidationError("no model: give --model qwen3")
    }
    let tokenizer = try located.tokenizer()
    var run = DedupRun(
      folder: passes == .all ? try folding.folder(tokenizer) : nil,
      format: format, isLines: jsonl,
      compiler: format == .body
        ? nil : PromptCompiler(model: try Model(located), rendering: try request.settings()))
    if let report {
      run.report = try DedupReport(
        path: report == "-" ? nil : report, model: located.profile.name, tokenizer: tokenizer)
    }
    if jsonl {
      let file = report == "-" ? nil : try OutputFile(path: output)
      try forEachLine { source in
        let bytes = try run.output(source)
        try file?.write(bytes)
      }
    } else {
      // Everything is made before anything is written, so that a fault leaves nothing behind.
      let bytes = try run.output(SourceText(name: name, bytes: try Files.read(body)))
      if let output {
        try Files.writeAtomically(bytes, to: output)
      } else if report != "-" {
        try Terminal.write(bytes)
      }
    }
    try run.report?.finish()
  }

  private var name: String { body == "-" ? "<stdin>" : body }

  private func forEachLine(_ take: (SourceText) throws -> Void) throws {
    try Files.forEachUnpackedLine(of: body) { line, bytes in
      try take(SourceText(name: name, bytes: Array(bytes), firstLine: line))
    }
  }
}

/// Folds bodies one after another and makes what is written of each.
struct DedupRun {
  /// Folds the bodies; nil leaves them as they are.
  var folder: BodyFolder?
  let format: DedupFormat
  /// Whether the bodies are lines of a file.
  let isLines: Bool
  /// Renders the bodies; nil if they are written as bodies.
  let compiler: PromptCompiler?
  /// What is said of each body.
  var report: DedupReport?

  /// Returns what is written of a body, with the line's end.
  mutating func output(_ source: SourceText) throws -> [UInt8] {
    let lineEnd = isLines ? [UInt8(ascii: "\n")] : []
    // A line of white space alone is no body.
    guard !isLines || source.bytes.contains(where: { $0 > 0x20 }) else {
      return format == .body ? source.bytes + lineEnd : []
    }
    let folded = try folder?.fold(source)
    try report?.add(folded, of: source)
    guard let compiler else { return (folded?.bytes ?? source.bytes) + lineEnd }
    let original = try plainPrompt(source, compiler)
    var prompt = original.prompt
    if let folded, folded.bytes != source.bytes {
      let shown = SourceText(name: source.name, bytes: folded.bytes, firstLine: source.firstLine)
      prompt = try plainPrompt(shown, compiler).prompt
    }
    if format == .text, !isLines { return prompt.text }
    return format.line(
      prompt, number: source.firstLine - 1, id: original.id,
      plainTokenCount: original.prompt.tokens.count)
  }

  private func plainPrompt(
    _ source: SourceText, _ compiler: PromptCompiler
  ) throws(CompilationError) -> (prompt: PlainPrompt, id: ByteString?) {
    do {
      var body = try BatchJSON.parse(source)
      let ownID = try BatchJSON.removeID(from: &body, source)
      var node = OpenAIRequestLine.spec(ChatBody.node(body))
      let id = try BatchJSON.removeID(from: &node, source) ?? ownID
      return (try compiler.plainPrompt(try Spec(json: node, source: source)), id)
    } catch {
      throw BatchRequest.located(error, file: source.name, line: source.firstLine)
    }
  }
}

/// What `--format` takes.
enum DedupFormat: String, CaseIterable, ExpressibleByArgument {
  case body
  case tokens
  case text

  /// The names, for help.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The line of a prompt, with its newline.
  func line(
    _ prompt: PlainPrompt, number: Int, id: ByteString?, plainTokenCount: Int
  ) -> [UInt8] {
    var bytes = Array("{\"index\":\(number)".utf8)
    if let id {
      bytes += Array(",\"id\":".utf8)
      JSONWriter.appendQuoted(id.bytes, to: &bytes)
    }
    bytes += Array(",\"orig_tokens\":\(plainTokenCount),\"\(rawValue)\":".utf8)
    if self == .tokens {
      var writer = JSONWriter()
      writer.write(tokens: prompt.tokens)
      bytes += writer.bytes
    } else {
      JSONWriter.appendQuoted(prompt.text, to: &bytes)
    }
    return bytes + Array("}\n".utf8)
  }
}

/// What `--passes` takes.
enum DedupPasses: String, CaseIterable, ExpressibleByArgument {
  case all
  case none
}
