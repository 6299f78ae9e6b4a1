import ArgumentParser
import Bytes
import PromptCompilation

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what a spec is compiled to and why: a table, or a page with each token.",
    discussion: "An index is read and not written to: what is shown counts as not sent.")

  @OptionGroup var options: CompilationOptions

  @Option(
    help: ArgumentHelp(
      """
      Write a page that shows the prompt, which needs nothing but a browser, in place of the table; - for \
      standard output.
      """,
      valueName: "file"))
  var html: String?

  func run() throws {
    let compiled = try options.compile(explaining: true)
    let (prompt, compiler) = (compiled.prompt, compiled.compiler)
    let plain = try compiler.plainTokenCount(compiled.spec)
    guard let html else {
      try Terminal.printLine(Explanation(prompt, plainTokenCount: plain).text)
      if let line = compiled.cacheExplanation { try Terminal.printLine(line) }
      return
    }
    let page = PromptPage(
      try TokenizedPrompt(prompt, tokenizer: compiler.model.tokenizer), plainTokenCount: plain,
      pageSize: compiler.cacheModel.pageSize,
      cached: try compiled.memory?.cached(of: prompt, for: compiler.cacheModel),
      turns: compiler.turns(of: compiled.spec))
    guard let bytes = page?.bytes else { return }
    if html == "-" { try Terminal.write(bytes) } else { try Files.writeAtomically(bytes, to: html) }
  }
}
