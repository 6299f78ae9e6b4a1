import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation
import Tokenization

struct VocabularyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vocabulary",
    abstract: "List, build, verify and unpack compiled vocabularies.",
    subcommands: [
      VocabularyList.self, VocabularyBuild.self, VocabularyVerify.self, VocabularyUnpack.self,
    ])
}

/// Opens the catalogue of the shipped vocabularies.
enum ShippedVocabularies {
  static func catalog(cacheFolder: String? = nil) throws -> VocabularyCatalog {
    try VocabularyCatalog(
      folder: try DataFolder.located().path + "/tokenizers", cacheFolder: cacheFolder)
  }
}

struct VocabularyList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the vocabularies that are there.")

  func run() throws {
    for entry in try ShippedVocabularies.catalog().manifest.entries {
      let sources = entry.sources.map { "\($0.package) \($0.version)" }
      try Terminal.printLine(
        "\(entry.name)\t\(entry.size) bytes\t\(entry.licence)\t\(sources.joined(separator: ", "))")
    }
  }
}

struct VocabularyVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that the vocabularies that are there have the digests of the manifest.")

  func run() throws {
    let catalog = try ShippedVocabularies.catalog()
    for entry in catalog.manifest.entries {
      _ = try catalog.unpacked(entry)
      try Terminal.printLine("\(entry.name)\tsha256 \(entry.digest)")
    }
  }
}

struct VocabularyUnpack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpack",
    abstract: "Unpack the vocabularies into a folder, so that they are mapped from there.")

  @Argument(help: "The folder.")
  var folder: String

  func run() throws {
    let catalog = try ShippedVocabularies.catalog()
    try Files.makeFolder(folder)
    for entry in catalog.manifest.entries {
      try Files.writeAtomically(
        try catalog.unpacked(entry), to: "\(folder)/\(entry.name).vocab")
    }
  }
}
