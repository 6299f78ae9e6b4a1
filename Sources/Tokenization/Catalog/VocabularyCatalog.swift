public import Bytes

/// The vocabularies of a `tokenizers` folder: a manifest; for each vocabulary its configuration
/// (`NAME.json`); and compiled files (`FILE.vocab`), compressed (`FILE.vocab.zst`), or both.
///
/// A compressed file is unpacked once into the cache folder, under a name that holds its digest, and
/// mapped from there; a file that was pulled lies there too. A file whose header states another digest
/// than the manifest is passed over, so a stale one is never used.
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
    manifest = try VocabularyManifest(try Self.read(path), source: path)
  }

  /// Opens the vocabulary called `name`, or that `name` is an alias of.
  ///
  /// - Throws: `VocabularyError` if the manifest has none of that name, or its file is not there.
  public func open(_ name: ByteString) throws(VocabularyError) -> Vocabulary {
    guard let vocabulary = manifest.vocabulary(named: name),
      let file = manifest.file(ofVocabulary: vocabulary)
    else { throw unknownVocabulary(name) }
    let configuration = try configuration(of: vocabulary)
    if let path = path(of: file) {
      return try Vocabulary(path: path, configuration: configuration)
    }
    guard file.isShipped else {
      throw VocabularyError(
        source: folder,
        message: "the vocabulary of \(name) is not there: run `cpc vocabulary pull \(vocabulary)`")
    }
    let bytes = try unpacked(file)
    if let path = try? store(bytes, as: file) {
      return try Vocabulary(path: path, configuration: configuration)
    }
    return try Vocabulary(bytes: bytes, source: file.name.string, configuration: configuration)
  }

  /// The configuration of the vocabulary called `name`, from `NAME.json`.
  public func configuration(of name: ByteString) throws(VocabularyError) -> NamedConfiguration {
    let path = "\(folder)/\(name).json"
    return try NamedConfiguration(try Self.read(path), source: path)
  }

  /// Where the compiled file of the manifest's digest lies; nil if it is nowhere, or compressed only.
  public func path(of file: VocabularyManifest.File) -> String? {
    ["\(folder)/\(file.name).vocab", cachePath(of: file)].compactMap { $0 }.first { path in
      (try? Vocabulary(path: path))?.fileDigest.hexadecimal == file.digest.string
    }
  }

  /// Returns the compiled file, taken from its compressed form and checked against the manifest.
  public func unpacked(_ file: VocabularyManifest.File) throws(VocabularyError) -> [UInt8] {
    let path = "\(folder)/\(file.name).vocab.zst"
    let compressed: MappedFile
    do {
      compressed = try MappedFile(path: path)
    } catch {
      throw VocabularyError(source: error.path, message: error.reason)
    }
    let bytes = compressed.withBytes { Zstandard.decompress($0, size: file.size) }
    guard let bytes else {
      throw VocabularyError(source: path, message: "not the zstd frame that the manifest describes")
    }
    try check(bytes, against: file, source: path)
    return bytes
  }

  /// Compiles a file from the bytes of its first source, without looking at the manifest's digest.
  ///
  /// - Throws: `VocabularyError` if the source is not what the manifest says, or cannot be compiled.
  public func build(
    _ file: VocabularyManifest.File, from source: [UInt8]
  ) throws(VocabularyError) -> [UInt8] {
    let origin = file.sources[0].file.string
    guard Digest(of: source).hexadecimal == file.sources[0].sha256.string else {
      throw VocabularyError(source: origin, message: "its SHA-256 is not the manifest's")
    }
    guard let user = manifest.vocabularies.first(where: { $0.file == file.name })?.name else {
      throw VocabularyError(source: origin, message: "no vocabulary uses \(file.name)")
    }
    var configuration = try configuration(of: user).configuration
    var description: VocabularyDescription
    switch file.format {
    case .tokenizerJSON:
      description = try TokenizerJSONReader(source, source: origin).read(name: file.name)
    case .tiktoken:
      let tokens = try TiktokenReader.read(source, source: origin)
      description = VocabularyDescription(
        name: file.name, tokens: tokens, merges: VocabularyDescription.merges(ofRanked: tokens),
        configuration: configuration)
    case .tekken:
      description = try TekkenReader.read(
        source, source: origin, name: file.name, addedTokens: configuration.addedTokens)
    }
    guard description.configuration.ignoresMerges == configuration.ignoresMerges else {
      throw VocabularyError(source: origin, message: "ignore_merges is not that of \(user).json")
    }
    // The vocabularies that share the file bring their own.
    configuration.addedTokens = []
    description.configuration = configuration
    return try VocabularyCompiler.compile(description, source: origin)
  }

  /// Puts a compiled file into the cache folder and returns its path.
  ///
  /// - Throws: `VocabularyError` if it has not the manifest's digest, or cannot be written.
  @discardableResult
  public func store(
    _ bytes: [UInt8], as file: VocabularyManifest.File
  ) throws(VocabularyError) -> String {
    try check(bytes, against: file, source: file.name.string)
    guard let cacheFolder, let path = cachePath(of: file) else {
      throw VocabularyError(
        source: file.name.string, message: "there is no cache folder: set HOME or XDG_CACHE_HOME")
    }
    do {
      try Files.makeFolder(cacheFolder)
      try Files.writeAtomically(bytes, to: path)
    } catch {
      throw VocabularyError(source: error.path, message: error.reason)
    }
    return path
  }

  private func check(
    _ bytes: [UInt8], against file: VocabularyManifest.File, source: String
  ) throws(VocabularyError) {
    let vocabulary = try Vocabulary(bytes: bytes, source: source)
    guard vocabulary.fileDigest.hexadecimal == file.digest.string, vocabulary.verify() else {
      throw VocabularyError(source: source, message: "its digest is not the manifest's")
    }
  }

  private func cachePath(of file: VocabularyManifest.File) -> String? {
    cacheFolder.map { "\($0)/\(file.name)-\(file.digest.string.prefix(16)).vocab" }
  }

  private static func read(_ path: String) throws(VocabularyError) -> [UInt8] {
    do {
      return try Files.read(path)
    } catch {
      throw VocabularyError(source: error.path, message: error.reason)
    }
  }
}
