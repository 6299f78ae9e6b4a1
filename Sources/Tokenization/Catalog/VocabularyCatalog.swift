public import Bytes

/// The vocabularies of a `tokenizers` folder: a manifest, and for each vocabulary its compiled file
/// (`NAME.vocab`), that file compressed (`NAME.vocab.zst`), or both.
///
/// A compressed vocabulary is unpacked once into the cache folder, under a name that holds its
/// digest, and mapped from there. A file whose header states another digest than the manifest is
/// passed over, so a stale one is never used.
public struct VocabularyCatalog: Sendable {
  /// The `tokenizers` folder.
  public let folder: String
  /// What the folder's manifest says.
  public let manifest: VocabularyManifest
  private let cacheFolder: String?

  /// Reads the manifest of a `tokenizers` folder.
  ///
  /// - Parameter cacheFolder: where compressed vocabularies are unpacked; made when it is first
  ///   needed. Without one, or where it cannot be written, a vocabulary is unpacked in memory.
  /// - Throws: `VocabularyError` if the manifest cannot be read.
  public init(folder: String, cacheFolder: String?) throws(VocabularyError) {
    self.folder = folder
    self.cacheFolder = cacheFolder
    let path = folder + "/manifest.json"
    do {
      manifest = try VocabularyManifest(try Files.read(path), source: path)
    } catch let error as FileError {
      throw VocabularyError(source: error.path, message: error.reason)
    } catch let error as VocabularyError {
      throw error
    } catch {
      throw VocabularyError(source: path, message: "\(error)")
    }
  }

  /// Opens the vocabulary called `name`.
  ///
  /// - Throws: `VocabularyError` if the manifest has none of that name, or no file of it is there.
  public func open(_ name: ByteString) throws(VocabularyError) -> Vocabulary {
    guard let entry = manifest.entries.first(where: { $0.name == name }) else {
      let known = manifest.entries.map(\.name.string).joined(separator: ", ")
      throw VocabularyError(
        source: folder, message: "no vocabulary is called \(name); there are: \(known)")
    }
    let cached = cacheFolder.map { "\($0)/\(name)-\(entry.digest.string.prefix(16)).vocab" }
    for path in ["\(folder)/\(name).vocab", cached].compactMap({ $0 }) {
      if let vocabulary = try? Vocabulary(path: path),
        vocabulary.digest.hexadecimal == entry.digest.string
      {
        return vocabulary
      }
    }
    let bytes = try unpacked(entry)
    if let cacheFolder, let cached, (try? write(bytes, to: cached, in: cacheFolder)) != nil,
      let vocabulary = try? Vocabulary(path: cached)
    {
      return vocabulary
    }
    return try Vocabulary(bytes: bytes, source: "\(folder)/\(name).vocab.zst")
  }

  /// Returns the compiled file of a vocabulary, taken from its compressed form and checked against
  /// the manifest's digest.
  public func unpacked(_ entry: VocabularyManifest.Entry) throws(VocabularyError) -> [UInt8] {
    let path = "\(folder)/\(entry.name).vocab.zst"
    let compressed: MappedFile
    do {
      compressed = try MappedFile(path: path)
    } catch {
      throw VocabularyError(source: error.path, message: error.reason)
    }
    let unpacked = compressed.withBytes { Zstandard.decompress($0, size: entry.size) }
    guard let bytes = unpacked else {
      throw VocabularyError(source: path, message: "not the zstd frame that the manifest describes")
    }
    let vocabulary = try Vocabulary(bytes: bytes, source: path)
    guard vocabulary.digest.hexadecimal == entry.digest.string, vocabulary.verify() else {
      throw VocabularyError(source: path, message: "its digest is not the manifest's")
    }
    return bytes
  }

  private func write(_ bytes: [UInt8], to path: String, in folder: String) throws(FileError) {
    try Files.makeFolder(folder)
    try Files.writeAtomically(bytes, to: path)
  }
}
