import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation
import Tokenization

struct TokensDecode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Write the text of token ids: a JSON array, or an object with \"tokens\".")

  @OptionGroup var options: TokensOptions
  @Flag(help: "Leave out special tokens, such as <|im_end|>.")
  var skipSpecial = false
  @Argument(help: "The file with the ids; - for standard input.")
  var file: String

  func run() throws {
    let tokenizer = try options.tokenizer().tokenizer
    let name = TokensTextOptions.displayed(file)
    do {
      let node = try JSONParser.parse(try TokensTextOptions.read(file))
      guard case .array(let elements) = (node["tokens"] ?? node).value else {
        throw CompilationError(file: name, message: "expected an array of token ids")
      }
      let ids = try elements.map { try Self.id($0, name) }
      try Terminal.write(try tokenizer.decode(ids, skippingSpecial: skipSpecial))
    } catch let error as JSONSyntaxError {
      throw CompilationError(file: name, message: error.description)
    } catch let error as TokenizerError {
      throw CompilationError(file: name, message: error.description)
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
