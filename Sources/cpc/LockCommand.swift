import ArgumentParser
import Bytes
import PromptCompilation

struct LockCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Write down the head of each prompt, for `cpc check` to compare with.",
    discussion: """
      The head is what all requests of a spec begin with: the template's first words, the system text, the \
      tools, the blocks that are pinned first. The lock holds exactly the specs that are named.
      """)

  @Argument(help: "The specs, JSON or YAML, in the folder of the lock or below it.")
  var specs: [String]

  @Option(
    help: """
      The models, with commas between them; may be given again. Without it each spec's "model", then \
      CPC_MODEL.
      """)
  var model: [String] = []

  @Option(help: ArgumentHelp("The file that is written.", valueName: "file"))
  var lock = LockFile.defaultName

  @Option(
    help: ArgumentHelp(
      "The folder that the specs' files are in; each spec's own folder if not given.",
      valueName: "dir"))
  var base: String?

  func run() throws {
    let file = LockFile(path: lock)
    let names = try ContractModels.names(in: model)
    var models = ContractModels()
    var written = PrefixLock()
    for path in specs {
      let name = try file.spec(at: path)
      let spec = try SpecLoading.load(path, base: base)
      let own = names.isEmpty ? [spec.model ?? Self.environmentModel].compactMap { $0 } : names
      guard !own.isEmpty else {
        throw CompilationError(file: path, message: "no model: give --model qwen3")
      }
      for model in own {
        let head = try models.compiler(for: model).head(of: spec)
        for warning in head.warnings { Terminal.printError(warning.description) }
        written.add(head, ofSpec: name, modelName: model)
      }
    }
    try file.write(written)
    Terminal.printError("\(written.heads.count) prompts locked in \(file.path)")
  }

  private static var environmentModel: ByteString? {
    Environment.value("CPC_MODEL").map { ByteString($0) }
  }
}
