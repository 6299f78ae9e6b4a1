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

  /// Whether the file that would be mapped has the digest that it states, and the compressed form of
  /// one that ships too; false if it is not there.
  ///
  /// - Throws: `VocabularyError` if the compressed form is not what the manifest says.
  func isWhole(_ file: VocabularyManifest.File) throws -> Bool {
    guard has(file) else { return false }
    if let path = path(of: file), try !Vocabulary(path: path).verify() { return false }
    if file.isShipped, Files.exists("\(folder)/\(file.name).vocab.zst") { _ = try unpacked(file) }
    return true
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
