import ArgumentParser
import Bytes
import PromptCompilation

/// The models that heads are compiled for, each loaded once.
struct ContractModels {
  private var compilers: [(name: ByteString, compiler: PromptCompiler)] = []
  /// Whether the names are written to a lock, which holds nothing of the machine.
  private let areLocked: Bool

  init(areLocked: Bool = true) {
    self.areLocked = areLocked
  }

  /// The compiler for the model called `name`.
  mutating func compiler(for name: ByteString) throws(CompilationError) -> PromptCompiler {
    if let found = compilers.first(where: { $0.name == name }) { return found.compiler }
    guard !areLocked || name.bytes.first != UInt8(ascii: "/") else {
      throw CompilationError(
        file: name.string,
        message: "a lock names no absolute path: give the model's folder from the working folder")
    }
    let compiler = PromptCompiler(model: try Model.named(name))
    compilers.append((name, compiler))
    return compiler
  }

  /// The names in the values of `--model`, which have commas between them; each once.
  static func names(in values: [String]) throws -> [ByteString] {
    var names: [ByteString] = []
    for value in values {
      for name in value.split(separator: ",", omittingEmptySubsequences: false) {
        guard !name.isEmpty else {
          throw ValidationError("--model \(value): a name is missing beside a comma")
        }
        let name = ByteString(String(name))
        if !names.contains(name) { names.append(name) }
      }
    }
    return names
  }
}
