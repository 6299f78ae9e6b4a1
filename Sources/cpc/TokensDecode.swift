import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation
import Tokenization

struct TokensDecode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Write the text of token ids: a JSON array, or an object with \"tokens\".",
    discussion: "The text of an array is written as its ids come.")

  @OptionGroup var options: TokensOptions
  @Flag(help: "Leave out special tokens, such as <|im_end|>.")
  var skipSpecial = false
  @Argument(help: "The file with the ids; - for standard input.")
  var file: String

  func run() throws {
    let tokenizer = try options.tokenizer().tokenizer
    let name = TokensTextOptions.displayed(file)
    var decoder = StreamingDecoder(tokenizer, skippingSpecial: skipSpecial)
    var scanner = TokenIDScanner()
    // An object is read whole: its tokens may stand behind anything.
    var object: [UInt8] = []
    var isObject: Bool?
    do {
      try Files.forEachChunk(of: file) { chunk in
        isObject = isObject ?? chunk.first { !Self.isBlank($0) }.map { $0 == UInt8(ascii: "{") }
        if isObject == true {
          object += chunk
        } else {
          try Self.write(&decoder) { (body: (UInt32) throws -> Void) in
            try scanner.scan(chunk, body)
          }
        }
      }
      if isObject == true {
        let ids = try Self.ids(object, name)
        try Self.write(&decoder) { body in try ids.forEach(body) }
      } else {
        try scanner.finish()
      }
      try Terminal.write(decoder.finish())
    } catch let error as FileError {
      throw CompilationError(file: error.path == file ? name : error.path, message: error.reason)
    } catch let error as TokenIDScanner.Fault {
      throw CompilationError(file: name, message: "byte \(error.offset): \(error.message)")
    } catch let error as JSONSyntaxError {
      throw CompilationError(file: name, message: error.description)
    } catch let error as TokenizerError {
      throw CompilationError(file: name, message: error.description)
    }
  }

  /// Writes the text of the ids that `forEach` gives; up to one that is wrong, if one is.
  private static func write(
    _ decoder: inout StreamingDecoder, _ forEach: ((UInt32) throws -> Void) throws -> Void
  ) throws {
    var text: [UInt8] = []
    let result = Result { try forEach { text += try decoder.append($0) } }
    try Terminal.write(text)
    try result.get()
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    [0x20, 0x09, 0x0A, 0x0D].contains(byte)
  }

  private static func ids(_ object: [UInt8], _ file: String) throws -> [UInt32] {
    guard case .array(let elements)? = try JSONParser.parse(object)["tokens"]?.value else {
      throw CompilationError(file: file, message: "expected an array of token ids under \"tokens\"")
    }
    return try elements.map { node in
      guard case .number(let number) = node.value, let value = number.integer,
        let id = UInt32(exactly: value)
      else {
        throw CompilationError(file: file, message: "byte \(node.offset): not a token id")
      }
      return id
    }
  }
}
