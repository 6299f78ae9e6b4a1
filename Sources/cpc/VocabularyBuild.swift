import ArgumentParser
import Bytes
import Tokenization

struct VocabularyBuild: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Compile a vocabulary from a model's own files; the same files give the same bytes.",
    discussion: """
      --tokenizer alone is enough. With --ranks too, the merges are derived from the ranks, and the \
      command ends with an error if the two files do not say the same. With --file NAME a file of the \
      manifest is built from its source, which a rank file or tekken.json needs: their configuration \
      stands in tokenizers/.
      """)

  @Option(help: "The name of the vocabulary.")
  var name: String?

  @Option(help: "The model's tokenizer.json (Hugging Face).")
  var tokenizer: String?

  @Option(help: "The model's rank file (tiktoken).")
  var ranks: String?

  @Option(help: ArgumentHelp("The name of a file of the manifest.", valueName: "name"))
  var file: String?

  @Option(help: ArgumentHelp("The source of that file.", valueName: "path"))
  var source: String?

  @Option(name: .shortAndLong, help: "The file to write: NAME.vocab.")
  var output: String

  @Flag(help: "Write NAME.vocab.zst in place of NAME.vocab.")
  var compress = false

  func run() throws {
    let bytes = try compile()
    let vocabulary = try Vocabulary(bytes: bytes, source: output)
    if compress {
      guard let compressed = Zstandard.compress(bytes) else {
        throw FileError(path: output, reason: "cannot compress it")
      }
      try Files.writeAtomically(compressed, to: output + ".zst")
    } else {
      try Files.writeAtomically(bytes, to: output)
    }
    try Terminal.printLine(
      "\(vocabulary.name): \(vocabulary.tokenCount) tokens, \(vocabulary.mergeCount) merges, "
        + "\(bytes.count) bytes, sha256 \(vocabulary.fileDigest.hexadecimal)")
  }

  private func compile() throws -> [UInt8] {
    if let file, let source {
      let catalog = try VocabularyCatalog.ofDataFolder()
      guard let entry = catalog.manifest.files.first(where: { $0.name == ByteString(file) }) else {
        let names = catalog.manifest.files.map(\.name.string).joined(separator: ", ")
        throw ValidationError("--file \(file): the manifest has no such file; there are: \(names)")
      }
      return try catalog.build(entry, from: try Files.read(source))
    }
    guard let name, let tokenizer else {
      throw ValidationError("give --name and --tokenizer, or --file and --source")
    }
    return try VocabularyCompiler.compile(
      try describe(name: name, tokenizer: tokenizer), source: tokenizer)
  }

  private func describe(name: String, tokenizer: String) throws -> VocabularyDescription {
    let reader = try TokenizerJSONReader(try Files.read(tokenizer), source: tokenizer)
    let description = try reader.read(name: ByteString(name))
    guard let ranks else { return description }
    let tokens = try TiktokenReader.read(try Files.read(ranks), source: ranks)
    guard tokens == description.tokens else {
      throw VocabularyError(
        source: ranks, message: "its tokens are not those of \(tokenizer)")
    }
    guard VocabularyDescription.merges(ofRanked: tokens) == description.merges else {
      throw VocabularyError(
        source: ranks, message: "its ranks lead to other merges than those of \(tokenizer)")
    }
    return description
  }
}
