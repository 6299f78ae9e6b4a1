import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation
import Tokenization

struct TokensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens",
    abstract: "Count, encode and decode tokens, and check a tokenizer against vectors.",
    subcommands: [
      TokensCount.self, TokensEncode.self, TokensDecode.self, TokensCheck.self,
    ])
}

/// The options that the subcommands share.
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
  func tokenizer(fallback: String? = nil) throws -> Tokenizer {
    if let vocabulary { return try Tokenizer(try Vocabulary(path: vocabulary)) }
    guard let name = model ?? Environment.value("CPC_MODEL") ?? fallback else {
      throw ValidationError("no model: give --model qwen3")
    }
    return try Model.tokenizer(named: ByteString(name))
  }

  /// The bytes of a file, with a fault that names it if it cannot be encoded.
  static func encode(
    _ path: String, _ tokenizer: Tokenizer, _ addedTokens: Tokenizer.AddedTokens
  ) throws -> [UInt32] {
    do throws(TokenizerError) {
      return try tokenizer.encode(try read(path), addedTokens: addedTokens)
    } catch {
      throw CompilationError(file: path, message: error.description)
    }
  }

  private static func read(_ path: String) throws(TokenizerError) -> [UInt8] {
    do {
      return try Files.read(path)
    } catch {
      throw .engine(message: error.reason)
    }
  }
}

struct TokensCount: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count", abstract: "Count the tokens of files.")

  @OptionGroup var options: TokensOptions
  @Flag(help: "Take the text of added tokens, such as <|im_end|>, as text.")
  var plain = false
  @Argument(help: "The files; - for standard input.")
  var files: [String]

  func run() throws {
    let tokenizer = try options.tokenizer()
    let counts = try files.map { file in
      try TokensOptions.encode(file, tokenizer, plain ? .ignored : .recognized).count
    }
    guard counts.count > 1 else {
      try Terminal.printLine("\(counts.first ?? 0)")
      return
    }
    for (count, file) in zip(counts, files) { try Terminal.printLine("\(count)\t\(file)") }
    try Terminal.printLine("\(counts.reduce(0, +))\ttotal")
  }
}

struct TokensEncode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Write the token ids of a file as a JSON array.")

  @OptionGroup var options: TokensOptions
  @Flag(help: "Take the text of added tokens, such as <|im_end|>, as text.")
  var plain = false
  @Argument(help: "The file; - for standard input.")
  var file: String

  func run() throws {
    let ids = try TokensOptions.encode(
      file, try options.tokenizer(), plain ? .ignored : .recognized)
    var writer = JSONWriter()
    writer.write(tokens: ids)
    try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
  }
}

struct TokensDecode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Write the text of token ids: a JSON array, or an object with \"tokens\".")

  @OptionGroup var options: TokensOptions
  @Argument(help: "The file with the ids; - for standard input.")
  var file: String

  func run() throws {
    let tokenizer = try options.tokenizer()
    do {
      let node = try JSONParser.parse(try Files.read(file))
      guard case .array(let elements) = (node["tokens"] ?? node).value else {
        throw CompilationError(file: file, message: "expected an array of token ids")
      }
      let ids = try elements.map { try Self.id($0, file) }
      try Terminal.write(try tokenizer.decode(ids))
    } catch let error as JSONSyntaxError {
      throw CompilationError(file: file, message: error.description)
    } catch let error as TokenizerError {
      throw CompilationError(file: file, message: error.description)
    }
  }

  private static func id(_ node: JSONNode, _ file: String) throws -> UInt32 {
    guard case .number(let number) = node.value, let value = number.integer,
      let id = UInt32(exactly: value)
    else {
      throw CompilationError(file: file, message: "byte \(node.offset): not a token id")
    }
    return id
  }
}
