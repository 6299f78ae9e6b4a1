import ArgumentParser
import Bytes
import PromptCompilation

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Compile a spec into a request that is ready to send.")

  @OptionGroup var options: CompilationOptions

  @Option(help: "What is written: \(OutputFormat.names).")
  var format: OutputFormat = .openai

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
    let compiled = try options.compile(explaining: explain)
    let prompt = compiled.prompt
    let needsPlainCount = explain || report != nil || format == .tokens || format == .json
    let plain = needsPlainCount ? try compiled.compiler.plainTokenCount(compiled.spec) : nil
    if explain {
      Terminal.printError(Explanation(prompt, plainTokenCount: plain).text)
      if let line = compiled.cacheExplanation { Terminal.printError(line) }
      if let line = ConversationMemory.explanation(of: prompt), compiled.conversation != nil {
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
    compiled.memory?.save(prompt)
    compiled.conversation?.save()
  }

  /// Writes to a file; `-` is standard output.
  private func write(_ bytes: [UInt8], _ path: String) throws {
    if path == "-" { try Terminal.write(bytes) } else { try Files.writeAtomically(bytes, to: path) }
  }
}
