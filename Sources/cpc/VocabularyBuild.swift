import ArgumentParser
import Bytes
import OrderedJSON
import Tokenization

struct VocabularyBuild: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Compile a vocabulary from a model's own files; the same files give the same bytes.",
    discussion: """
      tokenizer.json alone is enough. With a rank file too, the merges are derived from the ranks, \
      and the command ends with an error if the two files do not say the same.
      """)

  @Option(help: "The name of the vocabulary, such as qwen3.")
  var name: String

  @Option(help: "The model's tokenizer.json (Hugging Face).")
  var tokenizer: String

  @Option(help: "The model's rank file (tiktoken).")
  var ranks: String?

  @Option(name: .shortAndLong, help: "The file to write: NAME.vocab.")
  var output: String

  @Flag(help: "Write NAME.vocab.zst beside it.")
  var compress = false

  func run() throws {
    let description = try describe()
    let file = try VocabularyCompiler.compile(description, source: tokenizer)
    let vocabulary = try Vocabulary(bytes: file, source: output)
    try Files.writeAtomically(file, to: output)
    if compress {
      guard let compressed = Zstandard.compress(file) else {
        throw FileError(path: output, reason: "cannot compress it")
      }
      try Files.writeAtomically(compressed, to: output + ".zst")
    }
    try Terminal.printLine(
      "\(name): \(vocabulary.tokenCount) tokens, \(vocabulary.mergeCount) merges, "
        + "\(file.count) bytes, sha256 \(vocabulary.digest.hexadecimal)")
  }

  private func describe() throws -> VocabularyDescription {
    let reader = try TokenizerJSONReader(try Files.read(tokenizer), source: tokenizer)
    let description = try reader.read(name: ByteString(name))
    guard let ranks else { return description }
    let tokens = try TiktokenReader.read(try Files.read(ranks), source: ranks)
    guard tokens == description.tokens else {
      throw VocabularyError(
        source: ranks, message: "its tokens are not those of \(tokenizer)")
    }
    let merges = VocabularyDescription.merges(ofRanked: tokens)
    guard merges == description.merges else {
      throw VocabularyError(
        source: ranks, message: "its ranks lead to other merges than those of \(tokenizer)")
    }
    return description
  }
}
