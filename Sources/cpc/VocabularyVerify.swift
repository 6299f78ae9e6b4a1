import ArgumentParser
import Bytes
import Foundation
import Tokenization

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

  /// Whether the file that would be mapped has the content that the manifest states; says what to do
  /// if not.
  private func isWhole(
    _ file: VocabularyManifest.File, _ catalog: VocabularyCatalog
  ) throws -> Bool {
    if try catalog.isWhole(file) { return true }
    let path = catalog.path(of: file) ?? file.name.string
    let user = catalog.manifest.vocabularies.first { $0.file == file.name }?.name ?? file.name
    Terminal.printError(
      "\(path): error: damaged: "
        + (file.isShipped
          ? "remove it, it is unpacked again when it is needed"
          : "run `cpc vocabulary pull \(user)`"))
    return false
  }

  private func isRebuilt(
    _ file: VocabularyManifest.File, _ catalog: VocabularyCatalog, _ download: PackageDownload
  ) throws -> Bool {
    let bytes = try catalog.build(file, from: try download.bytes(of: file.sources[0]))
    return try Vocabulary(bytes: bytes, source: file.name.string).fileDigest.hexadecimal
      == file.digest.string
  }
}
