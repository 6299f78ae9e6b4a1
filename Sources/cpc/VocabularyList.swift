import ArgumentParser
import Bytes
import OrderedJSON
import Tokenization

struct VocabularyList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the vocabularies, and which are there.")

  @Option(help: "text: a line each, in columns separated by tabs; json: one object.")
  var format: TokensFormat = .text

  func run() throws {
    let catalog = try VocabularyCatalog.ofDataFolder()
    var entries: [JSONValue] = []
    for (name, _) in catalog.manifest.vocabularies {
      guard let file = catalog.manifest.file(ofVocabulary: name) else { continue }
      let aliases = catalog.manifest.aliases.filter { $0.vocabulary == name }.map(\.name)
      let isThere = catalog.has(file)
      switch format {
      case .text:
        let names = ([name] + aliases).map(\.string).joined(separator: ", ")
        let state = isThere ? "there" : "to be pulled"
        try Terminal.printLine("\(names)\t\(state)\t\(file.licence)")
      case .json:
        entries.append(
          .object([
            "name": .string(name), "aliases": .array(of: aliases.map { .string($0) }),
            "there": .bool(isThere), "shipped": .bool(file.isShipped),
            "licence": .string(file.licence),
          ]))
      }
    }
    guard format == .json else { return }
    let list: JSONValue = .object([
      "schema_version": .integer(TokensFormat.schemaVersion), "vocabularies": .array(of: entries),
    ])
    try Terminal.write(JSONWriter.write(list, style: .indented) + [UInt8(ascii: "\n")])
  }
}
