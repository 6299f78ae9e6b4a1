import ArgumentParser
import PromptCompilation

/// The command.
@main
struct CPC: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cpc",
    abstract: "Compiles prompts so that their token prefixes are shared with what is cached.",
    version: CPCVersion.current,
    subcommands: [CompileCommand.self, TokensCommand.self, VocabularyCommand.self])

  /// Runs the command; usage errors end with exit code 2, as all faults of the input do.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as ExitCode {
      exit(withError: error)
    } catch {
      let isHelp = exitCode(for: error) == .success
      if isHelp { exit(withError: error) }
      Terminal.printError(fullMessage(for: error))
      exit(withError: ExitCode(2))
    }
  }
}
