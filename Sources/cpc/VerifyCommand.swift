import ArgumentParser
import AsyncHTTPClient
import Bytes
import OrderedJSON
import PromptCompilation

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hold a compiled prompt against what a running engine makes of it, token for token.",
    discussion: """
      The body that cpc compile writes is sent to the endpoints that render and tokenize; nothing is \
      generated. Exit code 0: the engine computes the same tokens; 1: it computes others, and why; 2: \
      it does not answer, or the spec cannot be compiled.
      """)

  @OptionGroup var options: CompilationOptions

  @Option(help: "The engine's address, such as http://127.0.0.1:8080; without it CPC_UPSTREAM.")
  var url: String?

  @Option(help: "The engine: llama.cpp, vllm; without it it is found out.")
  var engine: EngineConnection.Kind?

  @Option(help: "The key that the engine asks for; without it CPC_UPSTREAM_KEY.")
  var key: String?

  @Option(help: ArgumentHelp("How long an answer may take.", valueName: "seconds"))
  var timeout = 30

  @Option(help: "text: for people; json: one object.")
  var format: TokensFormat = .text

  @Option(help: "When the text is coloured: auto, always, never.")
  var color: ColorChoice = .auto

  func validate() throws {
    guard timeout > 0 else { throw ValidationError("--timeout is a number of seconds above 0") }
  }

  func run() throws {
    guard let url = url ?? Environment.value("CPC_UPSTREAM") else {
      throw ValidationError("no engine: give --url http://127.0.0.1:8080")
    }
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw ValidationError("--url begins with http:// or https://")
    }
    let compiled = try options.compile(explaining: false)
    let body = try compiled.prompt.emit(.openai)
    let (kind, answer) = try ask(url, body)
    let tokenizer = compiled.compiler.model.tokenizer
    let comparison = EngineComparison(
      try TokenizedPrompt(compiled.prompt, tokenizer: tokenizer), tokens: answer.tokens,
      text: answer.text, of: "\(url) (\(kind.rawValue))", tokenizer: tokenizer)
    switch format {
    case .json: try Terminal.write(JSONWriter.write(comparison.json) + [UInt8(ascii: "\n")])
    case .text: try show(comparison)
    }
    if comparison.cause != nil { throw ExitCode(1) }
  }

  /// What the engine makes of a body, and which engine it is.
  private func ask(
    _ url: String, _ body: [UInt8]
  ) throws -> (EngineConnection.Kind, EngineConnection.Prompt) {
    let (key, seconds, kind) = (key ?? Environment.value("CPC_UPSTREAM_KEY"), timeout, engine)
    return try BlockingTask.run {
      let http = EngineHTTP(HTTPClient.shared, url: url, key: key, timeoutSeconds: seconds)
      let connection = try await EngineConnection(http, kind: kind)
      return (connection.kind, try await connection.prompt(of: body))
    }
  }

  private func show(_ comparison: EngineComparison) throws {
    try Terminal.printLine(comparison.reason)
    guard comparison.cause != nil else { return }
    try Terminal.printLine("")
    try Terminal.write(
      DifferenceView(
        comparison.difference, columns: Terminal.columns, isColored: color.isColored
      ).bytes)
  }
}
