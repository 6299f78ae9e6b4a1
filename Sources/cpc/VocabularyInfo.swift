import ArgumentParser
import Bytes
import OrderedJSON
import Tokenization

struct VocabularyInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what is known of a vocabulary.")

  @Option(help: "text: a line each; json: one object with the same.")
  var format: TokensFormat = .text

  @Argument(help: "The name of the vocabulary, or an alias.")
  var name: String

  func run() throws {
    let catalog = try VocabularyCatalog.ofDataFolder()
    let vocabulary = try catalog.open(ByteString(name))
    guard let file = catalog.manifest.file(ofVocabulary: vocabulary.name) else {
      throw catalog.unknownVocabulary(vocabulary.name)
    }
    switch format {
    case .text: try Terminal.printLine(Self.text(vocabulary, file, path: catalog.path(of: file)))
    case .json:
      let json = Self.json(vocabulary, file, path: catalog.path(of: file))
      try Terminal.write(JSONWriter.write(json, style: .indented) + [UInt8(ascii: "\n")])
    }
  }

  private static func text(
    _ vocabulary: Vocabulary, _ file: VocabularyManifest.File, path: String?
  ) -> String {
    let configuration = vocabulary.configuration
    var lines = [
      "name: \(vocabulary.name)",
      "sha256: \(vocabulary.digest.hexadecimal)",
      "tokens: \(vocabulary.tokenCount), of them \(configuration.addedTokens.count) added",
      "merges: \(vocabulary.mergeCount)",
      "normalization: \(configuration.normalization.rawValue)",
      "ignore_merges: \(configuration.ignoresMerges)",
    ]
    lines += configuration.splitPatterns.map { "split: \($0)" }
    if let path { lines.append("file: \(path)") }
    lines += [
      "file size: \(file.size) bytes", "file sha256: \(file.digest)", "licence: \(file.licence)",
    ]
    lines += file.sources.map {
      "source: \($0.package) \($0.version) \($0.file) sha256 \($0.sha256)"
    }
    return lines.joined(separator: "\n")
  }

  private static func json(
    _ vocabulary: Vocabulary, _ file: VocabularyManifest.File, path: String?
  ) -> JSONValue {
    let configuration = vocabulary.configuration
    let sources: [JSONValue] = file.sources.map {
      .object([
        "package": .string($0.package), "version": .string($0.version), "file": .string($0.file),
        "sha256": .string($0.sha256),
      ])
    }
    return .object([
      "schema_version": .integer(TokensFormat.schemaVersion),
      "name": .string(vocabulary.name),
      "sha256": .string(ByteString(vocabulary.digest.hexadecimal)),
      "tokens": .integer(vocabulary.tokenCount),
      "added_tokens": .integer(configuration.addedTokens.count),
      "merges": .integer(vocabulary.mergeCount),
      "normalization": .string(ByteString(configuration.normalization.rawValue)),
      "ignore_merges": .bool(configuration.ignoresMerges),
      "split": .array(of: configuration.splitPatterns.map { .string($0) }),
      "file": path.map { .string(ByteString($0)) } ?? .null,
      "file_size": .integer(file.size),
      "file_sha256": .string(file.digest),
      "licence": .string(file.licence),
      "sources": .array(of: sources),
    ])
  }
}
