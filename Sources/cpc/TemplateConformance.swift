import ArgumentParser
import Bytes
import ChatTemplates
import PromptCompilation

struct TemplateConformance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Compare renderings with those of the reference implementation.",
    discussion: """
      The folder holds manifest.json, cases.json, expected.jsonl and templates/; catalogue.jsonl, if it \
      is there, is compared with our own profiles of the models that it names, and the one-line tests of \
      micro.json are run. Prints a line for each pair that differs and, last, how many passed. Ends with \
      1 if any failed.
      """)

  @Option(
    help: ArgumentHelp(
      "Compare this template, model or test of micro.json (micro: all of them) only; may be given again.",
      valueName: "name"))
  var only: [String] = []

  @Argument(help: "The folder.")
  var folder: String

  func run() throws {
    let suite = try ConformanceSuite(folder: folder, only: only.map { ByteString($0) })
    if !suite.hasMicroTests {
      Terminal.printError("\(folder)/micro.json: there is no such file: skipped")
    }
    let catalog = try ModelCatalog()
    let tally = try suite.run(model: { Self.subject($0, catalog) }) { try Terminal.printLine($0) }
    guard tally.passed + tally.failed > 0 || only.isEmpty else {
      throw CompilationError(
        file: folder,
        message: "--only \(only.joined(separator: " ")): there is nothing of that name")
    }
    try Terminal.printLine("\(tally.passed) passed, \(tally.failed) failed")
    if tally.failed > 0 { throw ExitCode(1) }
  }

  /// Our own template of a model.
  private static func subject(_ name: ByteString, _ catalog: ModelCatalog) -> ConformanceSubject {
    do {
      guard let profile = try catalog.profile(of: name) else {
        return ConformanceSubject(fault: "there is no profile of that name")
      }
      let template = try catalog.template(of: profile)
      return ConformanceSubject(specialTokens: profile.specialTokens) { template.template }
    } catch {
      return ConformanceSubject(fault: error.description)
    }
  }
}
