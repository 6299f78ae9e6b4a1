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

  /// The tokenizers of the models that are named, separated by commas, with their names.
  func tokenizers() throws -> [(name: String, tokenizer: Tokenizer)] {
    let names = (model ?? "").split(separator: ",").map(String.init)
    guard vocabulary == nil, names.count > 1 else {
      return [(name: model ?? "", tokenizer: try tokenizer())]
    }
    return try names.map { name in
      (name: name, tokenizer: try Model.tokenizer(named: ByteString(name)))
    }
  }

  /// The tokens of the text of a file, with a fault that names the file if it cannot be encoded.
  static func encode(
    _ text: [UInt8], of path: String, _ tokenizer: Tokenizer,
    _ addedTokens: Tokenizer.AddedTokens
  ) throws(CompilationError) -> [UInt32] {
    do {
      return try tokenizer.encode(text, addedTokens: addedTokens)
    } catch {
      throw CompilationError(file: path, message: error.description)
    }
  }

  /// The bytes of a file.
  static func read(_ path: String) throws(CompilationError) -> [UInt8] {
    do {
      return try Files.read(path)
    } catch {
      throw CompilationError(file: path, message: error.reason)
    }
  }
}

struct TokensCount: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count the tokens of files.",
    discussion: """
      With several models, --model qwen3,gpt-oss, a line of counts a file under a line of their names.
      """)

  @OptionGroup var options: TokensOptions
  @Flag(help: "Take the text of added tokens, such as <|im_end|>, as text.")
  var plain = false
  @Argument(help: "The files; - for standard input.")
  var files: [String]

  func run() throws {
    let tokenizers = try options.tokenizers()
    var rows: [(counts: [Int], name: String)] = []
    for file in files {
      // Standard input can be read once only.
      let text = try TokensOptions.read(file)
      let counts = try tokenizers.map { _, tokenizer in
        try TokensOptions.encode(text, of: file, tokenizer, plain ? .ignored : .recognized).count
      }
      rows.append((counts, file))
    }
    if rows.count > 1 {
      let totals = tokenizers.indices.map { index in rows.reduce(0) { $0 + $1.counts[index] } }
      rows.append((totals, "total"))
    }
    try Terminal.printLine(Self.table(rows, names: tokenizers.map(\.name)))
  }

  /// One number for one file and one model; else the columns of a table, separated by tabs.
  private static func table(_ rows: [(counts: [Int], name: String)], names: [String]) -> String {
    if rows.count == 1, names.count == 1 { return rows[0].counts.map(String.init).joined() }
    let lines = rows.map { row in
      (row.counts.map(String.init) + [row.name]).joined(separator: "\t")
    }
    return ((names.count > 1 ? [names.joined(separator: "\t")] : []) + lines)
      .joined(separator: "\n")
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
      try TokensOptions.read(file), of: file, try options.tokenizer(),
      plain ? .ignored : .recognized)
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
