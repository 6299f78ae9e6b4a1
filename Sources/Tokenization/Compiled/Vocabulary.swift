public import Bytes
internal import OrderedJSON
internal import Synchronization

/// A compiled vocabulary: the tokens and merges of a model, used where they are mapped, and beside them
/// the configuration: normaliser, split patterns, added tokens.
///
/// The configuration stands in the file, or is given: models that differ in their added tokens alone
/// share one file. Opening checks the header and the bounds of the sections; the tables are paged in
/// as they are used. Whatever the tables hold, no access leaves the file: a damaged file
/// gives wrong tokens, which `verify()` finds, and never a crash.
public final class Vocabulary: Sendable {
  /// The name, such as `qwen3`.
  public let name: ByteString
  /// The SHA-256 that the header states, of the file behind its header.
  public let fileDigest: Digest
  /// How text is normalised and split before it is merged, and what stands outside the merges.
  public let configuration: VocabularyConfiguration
  /// The number of token ids, added tokens included.
  public let tokenCount: Int
  /// The number of merges.
  public let mergeCount: Int

  private let storage: any VocabularyStorage
  private let addedTexts: AddedTokenTexts
  private let knownDigest = Mutex<Digest?>(nil)
  /// The tables of the file; they are valid as long as the vocabulary lives.
  let tables: VocabularyTables
  /// The first symbols of a character-level vocabulary; nil for another. Valid as long as `tables`.
  let characters: CharacterTokens?

  /// Opens the compiled vocabulary file at `path`.
  ///
  /// - Parameter configuration: the name and configuration to use; nil takes those in the file.
  /// - Throws: `VocabularyError` if it cannot be read or is not a whole file of this version.
  public convenience init(
    path: String, configuration: NamedConfiguration? = nil
  ) throws(VocabularyError) {
    let file: MappedFile
    do {
      file = try MappedFile(path: path)
    } catch {
      throw VocabularyError(source: error.path, message: error.reason)
    }
    try self.init(storage: file, source: path, configuration: configuration)
  }

  /// Opens a compiled vocabulary that is in memory.
  public convenience init(
    bytes: [UInt8], source: String, configuration: NamedConfiguration? = nil
  ) throws(VocabularyError) {
    try self.init(
      storage: VocabularyBuffer(bytes), source: source, configuration: configuration)
  }

  init(
    storage: any VocabularyStorage, source: String, configuration given: NamedConfiguration?
  ) throws(VocabularyError) {
    let sections = try VocabularySections(storage.bytes, source: source)
    self.storage = storage
    fileDigest = sections.digest
    mergeCount = sections.mergeCount
    tables = try VocabularyTables(sections, source: source)
    let named: NamedConfiguration
    if let given {
      named = given
    } else {
      named = try NamedConfiguration(Array(try sections.bytes(of: .metadata)), source: source)
    }
    if let model = named.configuration.characters {
      characters = try CharacterTokens(sections, tables, model, source: source)
    } else {
      characters = nil
    }
    name = named.name
    configuration = named.configuration
    addedTexts = AddedTokenTexts(configuration.addedTokens)
    tokenCount = max(sections.tokenCount, addedTexts.endOfIDs)
  }

  /// The SHA-256 of the file's digest and the configuration: what identifies the vocabulary.
  ///
  /// - Complexity: linear in the configuration, the first time.
  public var digest: Digest {
    knownDigest.withLock { known in
      if let known { return known }
      let named = NamedConfiguration(name: name, configuration: configuration)
      let digest = Digest(of: fileDigest.bytes + JSONWriter.write(named.json))
      known = digest
      return digest
    }
  }

  /// Returns the bytes of token `id`, or nil if there is no such token. They are valid as long as the
  /// vocabulary lives.
  public func bytes(of id: UInt32) -> UnsafeRawBufferPointer? {
    addedTexts.bytes(of: id) ?? tables.bytes(of: id)
  }

  /// Whether the file's content has the digest that its header states; reads the whole file.
  public func verify() -> Bool {
    Digest(of: UnsafeRawBufferPointer(rebasing: storage.bytes[VocabularyFormat.headerSize...]))
      == fileDigest
  }
}

/// Memory that holds a compiled vocabulary.
protocol VocabularyStorage: AnyObject, Sendable {
  /// The file's bytes; valid as long as the object lives.
  var bytes: UnsafeRawBufferPointer { get }
}

extension MappedFile: VocabularyStorage {}

/// A compiled vocabulary in allocated memory.
final class VocabularyBuffer: VocabularyStorage, @unchecked Sendable {
  // @unchecked: the memory is not written after `init`.
  let bytes: UnsafeRawBufferPointer

  init(_ contents: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(
      byteCount: contents.count, alignment: VocabularyFormat.alignment)
    copy.copyBytes(from: contents)
    bytes = UnsafeRawBufferPointer(copy)
  }

  deinit {
    bytes.deallocate()
  }
}
