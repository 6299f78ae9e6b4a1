import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation
import Tokenization

struct TokensCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compare a tokenizer with vectors: a JSON object a line with text, special and ids.",
    discussion: """
      Without --model the tokenizer is that which the file is named for: qwen3 for qwen3.jsonl. \
      Ends with 1 if a vector differs.
      """)

  @OptionGroup var options: TokensOptions
  @Argument(help: "The file; - for standard input.")
  var file: String

  func run() throws {
    let tokenizer = try options.tokenizer(fallback: Self.stem(of: file)).tokenizer
    let bytes = try Files.read(file)
    var passed = 0
    var failed = 0
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      if line.isEmpty { continue }
      if let difference = try difference(Array(line), number, tokenizer) {
        failed += 1
        try Terminal.printLine("\(file):\(number): \(difference)")
      } else {
        passed += 1
      }
    }
    try Terminal.printLine("\(passed) passed, \(failed) failed")
    if passed + failed == 0 {
      throw CompilationError(file: file, message: "holds no vector")
    }
    if failed > 0 { throw ExitCode(1) }
  }

  /// What is wrong with our ids for a vector; nil if nothing.
  private func difference(
    _ line: [UInt8], _ number: Int, _ tokenizer: Tokenizer
  ) throws -> String? {
    let node: JSONNode
    do {
      node = try JSONParser.parse(line)
    } catch {
      throw Self.malformed(file, number, error.message)
    }
    guard case .string(let text)? = node["text"]?.value,
      case .array(let elements)? = node["ids"]?.value
    else { throw Self.malformed(file, number, "expected text and ids") }
    var recognizes = Tokenizer.AddedTokens.ignored
    if case .bool(true)? = node["special"]?.value { recognizes = .recognized }
    let expected = try elements.map { element in
      guard case .number(let value) = element.value, let id = value.integer else {
        throw Self.malformed(file, number, "ids must be integers")
      }
      return id
    }
    let ids = try tokenizer.encode(text.bytes, addedTokens: recognizes).map { Int($0) }
    guard ids != expected else { return nil }
    let place = zip(ids, expected).prefix { $0 == $1 }.count
    let (ours, theirs) = (ids.dropFirst(place).prefix(4), expected.dropFirst(place).prefix(4))
    return "token \(place): expected \(Array(theirs)), got \(Array(ours))"
  }

  private static func malformed(_ file: String, _ line: Int, _ message: String) -> CompilationError
  {
    CompilationError([Diagnostic(file: file, line: line, message: message)])
  }

  private static func stem(of path: String) -> String? {
    let name = Paths.name(of: path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
    return String(name[..<dot])
  }
}
