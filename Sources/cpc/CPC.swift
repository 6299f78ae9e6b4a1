import ArgumentParser
import Bytes
import ChatTemplates
import ContextStore
import PromptCompilation
import PromptServer
import Tokenization

/// The command.
@main
struct CPC: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cpc",
    abstract: "Compiles prompts so that their token prefixes are shared with what is cached.",
    version: CPCVersion.current,
    subcommands: [
      CompileCommand.self, ExplainCommand.self, DiffCommand.self, ExpandCommand.self,
      BatchCommand.self, DedupCommand.self, ServeCommand.self, VerifyCommand.self,
      LockCommand.self, CheckCommand.self, LintCommand.self,
      IndexCommand.self, TokensCommand.self, TemplateCommand.self, VocabularyCommand.self,
      ModelsCommand.self, SimulateCommand.self,
    ])

  /// Our own errors say all in their description; ArgumentParser words those of usage.
  private static func message(of error: any Error) -> String {
    switch error {
    case is CompilationError, is VocabularyError, is FileError, is TokenizerError,
      is TemplateError, is ConformanceError, is ContextStoreError, is ConfigurationError,
      is EngineError:
      "\(error)"
    default: fullMessage(for: error)
    }
  }

  /// Runs the command; usage errors end with exit code 2, as all faults of the input do.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as ExitCode {
      exit(withError: error)
    } catch {
      guard exitCode(for: error) != .success else { exit(withError: error) }
      Terminal.printError(message(of: error))
      exit(withError: ExitCode(2))
    }
  }
}
