import ArgumentParser
import Bytes
import OrderedJSON
import Tokenization

struct TokensCount: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count the tokens of files.",
    discussion: """
      With several models, --model qwen3,gpt-oss, a line of counts a file under a line of their names.
      """)

  @OptionGroup var options: TokensOptions
  @OptionGroup var textOptions: TokensTextOptions
  @Option(help: "text: numbers; json: one object with a count for each file and model.")
  var format: TokensFormat = .text
  @Argument(help: "The files; - for standard input.")
  var files: [String]

  /// The counts of a file, in the order of the models.
  private struct Row {
    let file: String
    let byteCount: Int
    let counts: [Int]
  }

  func run() throws {
    let tokenizers = try options.tokenizers()
    let rows = try files.map { file in
      // Standard input can be read once only.
      let text = try TokensTextOptions.read(file)
      let counts = try tokenizers.map { try $0.count(text, of: file, textOptions.addedTokens) }
      return Row(file: file, byteCount: text.count, counts: counts)
    }
    let names = tokenizers.map(\.name)
    switch format {
    case .text: try Terminal.printLine(Self.table(rows, names: names))
    case .json:
      try Terminal.write(JSONWriter.write(Self.json(rows, names: names)) + [UInt8(ascii: "\n")])
    }
  }

  /// One number for one file and one model; else the columns of a table, separated by tabs.
  private static func table(_ rows: [Row], names: [String]) -> String {
    if rows.count == 1, names.count == 1 { return rows[0].counts.map(String.init).joined() }
    var lines = rows.map { line($0.counts, $0.file) }
    if rows.count > 1 {
      let totals = names.indices.map { index in rows.reduce(0) { $0 + $1.counts[index] } }
      lines.append(line(totals, "total"))
    }
    return ((names.count > 1 ? [names.joined(separator: "\t")] : []) + lines)
      .joined(separator: "\n")
  }

  private static func line(_ counts: [Int], _ name: String) -> String {
    (counts.map(String.init) + [name]).joined(separator: "\t")
  }

  private static func json(_ rows: [Row], names: [String]) -> JSONValue {
    let counts: [JSONValue] = rows.flatMap { row in
      zip(names, row.counts).map { name, count in
        .object([
          "file": .string(ByteString(row.file)), "model": .string(ByteString(name)),
          "bytes": .integer(row.byteCount), "tokens": .integer(count),
        ])
      }
    }
    return .object([
      "schema_version": .integer(TokensFormat.schemaVersion), "counts": .array(of: counts),
    ])
  }
}
