import ArgumentParser
import Bytes
import PromptCompilation
import Tokenization

struct VocabularyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vocabulary",
    abstract: "List, pull, build, verify and unpack compiled vocabularies.",
    subcommands: [
      VocabularyList.self, VocabularyInfo.self, VocabularyPull.self, VocabularyBuild.self,
      VocabularyVerify.self, VocabularyUnpack.self,
    ])
}

extension VocabularyCatalog {
  /// The catalogue of the data folder, with the user's cache folder.
  static func ofDataFolder() throws -> VocabularyCatalog {
    try VocabularyCatalog(
      folder: try DataFolder.located().path + "/tokenizers", cacheFolder: DataFolder.cache)
  }

  /// Whether the file can be used as it is: compiled, or compressed.
  func has(_ file: VocabularyManifest.File) -> Bool {
    path(of: file) != nil || Files.exists("\(folder)/\(file.name).vocab.zst")
  }
}

struct VocabularyList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the vocabularies, and which are there.")

  func run() throws {
    let catalog = try VocabularyCatalog.ofDataFolder()
    for (name, _) in catalog.manifest.vocabularies {
      guard let file = catalog.manifest.file(ofVocabulary: name) else { continue }
      let aliases = catalog.manifest.aliases.filter { $0.vocabulary == name }.map(\.name.string)
      let state = catalog.has(file) ? "there" : "to be pulled"
      let names = ([name.string] + aliases).joined(separator: ", ")
      try Terminal.printLine("\(names)\t\(state)\t\(file.licence)")
    }
  }
}

struct VocabularyInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what is known of a vocabulary.")

  @Argument(help: "The name of the vocabulary, or an alias.")
  var name: String

  func run() throws {
    let catalog = try VocabularyCatalog.ofDataFolder()
    let vocabulary = try catalog.open(ByteString(name))
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
    if let file = catalog.manifest.file(ofVocabulary: vocabulary.name) {
      lines.append("licence: \(file.licence)")
      lines += file.sources.map {
        "source: \($0.package) \($0.version) \($0.file) sha256 \($0.sha256)"
      }
    }
    try Terminal.printLine(lines.joined(separator: "\n"))
  }
}

struct VocabularyUnpack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpack",
    abstract: "Unpack the shipped vocabularies into a folder, so that they are mapped from there.")

  @Argument(help: "The folder.")
  var folder: String

  func run() throws {
    let catalog = try VocabularyCatalog.ofDataFolder()
    try Files.makeFolder(folder)
    for file in catalog.manifest.files where file.isShipped {
      let path = "\(folder)/\(file.name).vocab"
      if catalog.path(of: file) == path { continue }
      try Files.writeAtomically(try catalog.unpacked(file), to: path)
    }
  }
}
