import ArgumentParser
import Bytes
import PromptCompilation
import Tokenization

/// The options that name a tokenizer, for the subcommands that take one.
struct TokensOptions: ParsableArguments {
  @Option(
    help: """
      The model: its name, a folder with tokenizer.json, a .gguf file, or ORG/NAME in the Hugging Face \
      cache; without it CPC_MODEL.
      """)
  var model: String?

  @Option(help: ArgumentHelp("A compiled vocabulary, in place of a model.", valueName: "file"))
  var vocabulary: String?

  /// The tokenizer of the vocabulary or the model that is named, or else of `fallback`.
  func tokenizer(fallback: String? = nil) throws -> NamedTokenizer {
    if let vocabulary {
      return NamedTokenizer(
        name: vocabulary, tokenizer: try Tokenizer(try Vocabulary(path: vocabulary)))
    }
    guard let name = model ?? Environment.value("CPC_MODEL") ?? fallback else {
      throw ValidationError("no model: give --model qwen3")
    }
    return try NamedTokenizer(name)
  }

  /// The tokenizers of the models that are named, separated by commas.
  func tokenizers() throws -> [NamedTokenizer] {
    let names = model ?? Environment.value("CPC_MODEL") ?? ""
    guard vocabulary == nil, names.contains(",") else { return [try tokenizer()] }
    let parts = names.split(separator: ",", omittingEmptySubsequences: false)
    guard !parts.contains("") else {
      throw ValidationError("--model \(names): a name is missing beside a comma")
    }
    return try parts.map { try NamedTokenizer(String($0)) }
  }
}

/// The options that say how a text is read.
struct TokensTextOptions: ParsableArguments {
  @Flag(help: "Take the text of added tokens, such as <|im_end|>, as text.")
  var plain = false

  /// Whether the text of added tokens is read as those tokens.
  var addedTokens: Tokenizer.AddedTokens { plain ? .ignored : .recognized }

  /// The bytes of a file; `-` is standard input.
  static func read(_ path: String) throws(CompilationError) -> [UInt8] {
    do {
      return try Files.read(path)
    } catch {
      throw CompilationError(file: displayed(path), message: error.reason)
    }
  }

  /// What messages call a file.
  static func displayed(_ path: String) -> String { path == "-" ? "<stdin>" : path }
}

/// How numbers and tokens are written.
enum TokensFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json

  /// The version of the JSON forms; it rises when a member changes its meaning or goes away.
  static let schemaVersion = 1
}

/// A tokenizer with the name that it was asked for by.
struct NamedTokenizer {
  let name: String
  let tokenizer: Tokenizer

  init(name: String, tokenizer: Tokenizer) {
    self.name = name
    self.tokenizer = tokenizer
  }

  /// Loads the tokenizer of a model.
  init(_ name: String) throws(CompilationError) {
    self.init(name: name, tokenizer: try Model.tokenizer(named: ByteString(name)))
  }

  /// The tokens of the text of a file, with a fault that names the file if it cannot be encoded.
  func encode(
    _ text: [UInt8], of path: String, _ addedTokens: Tokenizer.AddedTokens,
    recordingEnds: Bool = false
  ) throws(CompilationError) -> EncodedText {
    do {
      return try tokenizer.makeEncoder().encode(
        text, addedTokens: addedTokens, recordingEnds: recordingEnds)
    } catch {
      throw CompilationError(
        file: TokensTextOptions.displayed(path), message: error.description)
    }
  }

  /// The number of tokens of the text of a file, none of which is kept.
  func count(
    _ text: [UInt8], of path: String, _ addedTokens: Tokenizer.AddedTokens
  ) throws(CompilationError) -> Int {
    do {
      return try tokenizer.count(text, addedTokens: addedTokens)
    } catch {
      throw CompilationError(
        file: TokensTextOptions.displayed(path), message: error.description)
    }
  }
}
