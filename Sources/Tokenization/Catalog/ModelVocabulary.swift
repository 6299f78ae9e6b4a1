internal import Bytes

/// Opens the vocabularies of models that are folders and files of the user's.
///
/// A vocabulary is compiled when it is first opened and kept in the cache folder, under a name that
/// holds the SHA-256 of what it was made of: of `tokenizer.json` and the files beside it that count, or of
/// the metadata of a GGUF file. A
/// file there that is cut short, damaged or of another vocabulary is passed over and made anew. Files
/// are renamed into place whole, so processes that make the same one at once do not disturb each other.
public struct ModelVocabulary: Sendable {
  /// A part of the names of cached files; another number for a reader or compiler that makes something
  /// else of the same source.
  private static let recipe = 5
  /// The longest `tokenizer.json` that is read, in bytes.
  private static let tokenizerLimit = 1 << 28

  /// Where compiled vocabularies are kept; made when it is first needed.
  private let cacheFolder: String?

  /// What is known of rank files, to say which model one belongs to.
  private let manifest: VocabularyManifest?

  /// Keeps compiled vocabularies in `cacheFolder`. Without one, or where it cannot be written, each
  /// opening compiles.
  ///
  /// - Parameter manifest: names the vocabularies of rank files that say nothing of themselves.
  public init(cacheFolder: String?, manifest: VocabularyManifest? = nil) {
    self.cacheFolder = cacheFolder
    self.manifest = manifest
  }

  /// Opens the vocabulary of `source`. It is named for its content, so that its digest does not
  /// depend on where the file is: `tokenizer-` or `gguf-` and 16 digits of the SHA-256.
  ///
  /// - Throws: `VocabularyError` if the source cannot be read, or asks for what cpc does not do.
  public func open(_ source: ModelSource) throws(VocabularyError) -> Vocabulary {
    switch source {
    case .tokenizerJSON(let path):
      let bytes = try Self.read(path)
      let configuration = try Self.tokenizerConfiguration(beside: path)
      return try open(
        "tokenizer", Digest(of: bytes + configuration.digestedBytes), source: path
      ) { name throws(VocabularyError) in
        try TokenizerJSONReader(bytes, source: path, configuration: configuration).read(name: name)
      }
    case .tekken(let path):
      let bytes = try Self.read(path)
      return try open("tekken", Digest(of: bytes), source: path) { name throws(VocabularyError) in
        try TekkenReader.read(bytes, source: path, name: name, addedTokens: [])
      }
    case .sentencePiece(let path):
      let bytes = try Self.read(path)
      if RankFolderReader.isRankFile(bytes) { return try openRanks(bytes, path) }
      return try open("sentencepiece", Digest(of: bytes), source: path) {
        name throws(VocabularyError) in
        try SentencePieceReader.read(bytes, source: path, name: name)
      }
    case .ranks(let path): return try openRanks(try Self.read(path), path)
    case .vocabularyJSON(let path):
      let reader = try VocabularyJSONReader(
        vocabulary: try Self.read(path),
        merges: try Self.read(Paths.folder(of: path) + "/merges.txt"),
        source: path, configuration: try Self.tokenizerConfiguration(beside: path))
      return try open("vocab", reader.digest, source: path) { name throws(VocabularyError) in
        try reader.read(name: name)
      }
    case .gguf(let path):
      let metadata = try GGUFMetadata(path: path)
      return try open("gguf", metadata.digest, source: path) { name throws(VocabularyError) in
        try GGUFReader(metadata).read(name: name)
      }
    }
  }

  private func openRanks(
    _ bytes: [UInt8], _ path: String
  ) throws(VocabularyError) -> Vocabulary {
    let configuration = try Self.tokenizerConfiguration(beside: path)
    let code = configuration.codeClass?.bytes ?? []
    let digest = Digest(of: bytes + [0] + code + [0] + configuration.digestedBytes)
    return try open("ranks", digest, source: path) { name throws(VocabularyError) in
      try RankFolderReader(configuration: configuration, manifest: manifest)
        .read(bytes, source: path, name: name)
    }
  }

  private func open(
    _ kind: String, _ digest: Digest, source: String,
    read: (ByteString) throws(VocabularyError) -> VocabularyDescription
  ) throws(VocabularyError) -> Vocabulary {
    let name = ByteString("\(kind)-\(digest.hexadecimal.prefix(16))")
    let path = cacheFolder.map { "\($0)/\(kind)-\(digest.hexadecimal)-\(Self.recipe).vocab" }
    if let path, let vocabulary = Self.cached(path, name) { return vocabulary }
    let compiled = try VocabularyCompiler.compile(try read(name), source: source)
    if let cacheFolder, let path {
      try? Files.makeFolder(cacheFolder)
      try? Files.writeAtomically(compiled, to: path)
      if let vocabulary = Self.cached(path, name) { return vocabulary }
    }
    return try Vocabulary(bytes: compiled, source: source)
  }

  /// The vocabulary in the cache, if it is whole.
  private static func cached(_ path: String, _ name: ByteString) -> Vocabulary? {
    guard let vocabulary = try? Vocabulary(path: path), vocabulary.name == name,
      vocabulary.verify()
    else { return nil }
    return vocabulary
  }

  /// What `tokenizer_config.json` says; nothing if there is none.
  private static func tokenizerConfiguration(
    beside path: String
  ) throws(VocabularyError) -> TokenizerConfiguration {
    let path = Paths.folder(of: path) + "/tokenizer_config.json"
    guard Files.exists(path) else { return TokenizerConfiguration() }
    return try TokenizerConfiguration(try read(path), source: path)
  }

  private static func read(_ path: String) throws(VocabularyError) -> [UInt8] {
    do {
      return try Files.read(path, limit: tokenizerLimit)
    } catch {
      throw VocabularyError(source: error.path, message: error.reason)
    }
  }
}
