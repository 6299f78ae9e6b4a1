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
      docs/dedup.md describes it. With --documents the documents in the texts are put in order first \
      (docs/documents.md), with --cache-marks the body is marked for a hosted service at last \
      (docs/cache-marks.md).
      """)

  @Argument(help: "The body, JSON; - for standard input.")
  var body: String

  @Flag(help: "The input has a body a line, packed with gzip or not; each is folded on its own.")
  var jsonl = false

  @OptionGroup var template: TemplateOptions
  @OptionGroup var request: TemplateRequestOptions
  @OptionGroup var folding: FoldOptions
  @OptionGroup var documents: DocumentOptions
  @OptionGroup var marks: CacheMarkOptions

  @Option(
    help: "Whose requests the bodies are: nothing of another tenant's changes what they look like.")
  var tenant = ""

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
    let located = try template.located()
    let tenant = ByteString(tenant)
    var run = DedupRun(
      documents: try documents.run(located, tenant: tenant), marker: try marks.marker(located),
      tenant: tenant, format: format, isLines: jsonl)
    if passes == .all || format != .body || report != nil {
      guard let located else { throw ValidationError("no model: give --model qwen3") }
      try prepare(&run, located)
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
    run.documents?.save()
    try run.report?.finish()
  }

  /// Adds what needs a model.
  private func prepare(_ run: inout DedupRun, _ located: LocatedModel) throws {
    let tokenizer = try located.tokenizer()
    if passes == .all { run.folder = try folding.folder(tokenizer) }
    if format != .body {
      run.compiler = PromptCompiler(
        model: try Model(located), rendering: try request.settings())
    }
    if let report {
      run.report = try DedupReport(
        path: report == "-" ? nil : report, model: located.profile.name, tokenizer: tokenizer)
    }
  }

  private var name: String { body == "-" ? "<stdin>" : body }

  private func forEachLine(_ take: (SourceText) throws -> Void) throws {
    try Files.forEachUnpackedLine(of: body) { line, bytes in
      try take(SourceText(name: name, bytes: Array(bytes), firstLine: line))
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
