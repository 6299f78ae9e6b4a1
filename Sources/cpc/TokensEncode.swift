import ArgumentParser
import Bytes
import OrderedJSON
import Tokenization

struct TokensEncode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Write the token ids of a file as a JSON array.")

  @OptionGroup var options: TokensOptions
  @OptionGroup var textOptions: TokensTextOptions
  @Option(help: "text: the array; json: an object with file, model and tokens.")
  var format: TokensFormat = .text
  @Argument(help: "The file; - for standard input.")
  var file: String

  func run() throws {
    let named = try options.tokenizer()
    let encoded = try named.encode(
      try TokensTextOptions.read(file), of: file, textOptions.addedTokens)
    var writer = JSONWriter()
    if format == .json {
      writer.write(raw: ByteString("{\"schema_version\":\(TokensFormat.schemaVersion),\"file\":"))
      writer.write(.string(ByteString(file)))
      writer.write(raw: ",\"model\":")
      writer.write(.string(ByteString(named.name)))
      writer.write(raw: ",\"tokens\":")
    }
    writer.write(tokens: encoded.ids)
    writer.write(raw: format == .json ? "}\n" : "\n")
    try Terminal.write(writer.bytes)
  }
}
