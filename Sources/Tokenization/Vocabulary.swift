public import Bytes
internal import OrderedJSON

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
  /// The SHA-256 of the file's digest and the configuration: what identifies the vocabulary.
  public let digest: Digest
  /// How text is normalised and split before it is merged, and what stands outside the merges.
  public let configuration: VocabularyConfiguration
  /// The number of token ids, added tokens included.
  public let tokenCount: Int
  /// The number of merges.
  public let mergeCount: Int

  private let storage: any VocabularyStorage
  private let fileTokenCount: Int
  private let addedBytes: VocabularyBuffer
  private let addedRanges: [UInt32: ByteRange]
  private let tokenOffsets: VocabularyTable<UInt32>
  private let tokenBytes: UnsafeRawBufferPointerBox
  private let mergeTable: VocabularyTable<UInt64>
  private let mergeMask: Int
  private let mergeResults: VocabularyTable<UInt32>
  private let pieceTable: VocabularyTable<UInt32>
  private let pieceMask: Int
  private let byteTokens: VocabularyTable<UInt32>

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
    fileTokenCount = sections.tokenCount
    mergeCount = sections.mergeCount
    tokenOffsets = try sections.table(.tokenOffsets)
    tokenBytes = UnsafeRawBufferPointerBox(bytes: try sections.bytes(of: .tokenBytes))
    mergeTable = try sections.table(.mergeTable)
    mergeResults = try sections.table(.mergeResults)
    pieceTable = try sections.table(.pieceTable)
    byteTokens = try sections.table(.byteTokens)
    guard let mergeMask = mergeTable.mask, let pieceMask = pieceTable.mask,
      tokenOffsets.count == fileTokenCount + 1, mergeResults.count == mergeCount,
      byteTokens.count == 256
    else { throw VocabularyError(source: source, message: "sections do not fit the header") }
    self.mergeMask = mergeMask
    self.pieceMask = pieceMask
    let named: NamedConfiguration
    if let given {
      named = given
    } else {
      named = try NamedConfiguration(Array(try sections.bytes(of: .metadata)), source: source)
    }
    name = named.name
    configuration = named.configuration
    digest = Digest(of: fileDigest.bytes + JSONWriter.write(named.json))
    var bytes: [UInt8] = []
    var ranges: [UInt32: ByteRange] = [:]
    var count = sections.tokenCount
    for token in named.configuration.addedTokens where ranges[token.id] == nil {
      ranges[token.id] = ByteRange(bytes.count, bytes.count + token.content.count)
      bytes += token.content.bytes
      count = max(count, Int(token.id) + 1)
    }
    addedBytes = VocabularyBuffer(bytes)
    addedRanges = ranges
    tokenCount = count
  }

  /// Returns the bytes of token `id`, or nil if there is no such token. They are valid as long as the
  /// vocabulary lives.
  public func bytes(of id: UInt32) -> UnsafeRawBufferPointer? {
    if let range = addedRanges[id] {
      return UnsafeRawBufferPointer(rebasing: addedBytes.bytes[range.start..<range.end])
    }
    return fileBytes(of: id)
  }

  private func fileBytes(of id: UInt32) -> UnsafeRawBufferPointer? {
    guard let start = tokenOffsets[Int(id)], let end = tokenOffsets[Int(id) + 1],
      start <= end, Int(end) <= tokenBytes.bytes.count
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: tokenBytes.bytes[Int(start)..<Int(end)])
  }

  /// Whether the file's content has the digest that its header states; reads the whole file.
  public func verify() -> Bool {
    Digest(of: UnsafeRawBufferPointer(rebasing: storage.bytes[VocabularyFormat.headerSize...]))
      == fileDigest
  }

  /// The id of the token that is `byte` alone.
  func token(ofByte byte: UInt8) -> UInt32? {
    byteTokens[Int(byte)]
  }

  /// The id of the token that all of `piece` is, where a whole piece may be that token.
  func token(ofPiece piece: UnsafeRawBufferPointer) -> UInt32? {
    let hash = PieceSlot.hash(piece)
    let tag = PieceSlot.tag(of: hash)
    var index = PieceSlot.home(of: hash, mask: pieceMask)
    for _ in 0...pieceMask {
      guard let slot = pieceTable[index], slot != PieceSlot.empty else { return nil }
      if slot & ~PieceSlot.idMask == tag {
        let id = slot & PieceSlot.idMask
        if let candidate = fileBytes(of: id), candidate.elementsEqual(piece) { return id }
      }
      index = (index + 1) & pieceMask
    }
    return nil
  }

  /// The rank of the merge of `left` and `right`, or nil if they do not merge.
  func mergeRank(_ left: UInt32, _ right: UInt32) -> UInt32? {
    let key = MergeSlot.key(left, right)
    var index = MergeSlot.home(of: key, mask: mergeMask)
    for _ in 0...mergeMask {
      guard let slot = mergeTable[index], slot != MergeSlot.empty else { return nil }
      if slot >> 22 == key { return UInt32(truncatingIfNeeded: slot & (1 << 22 - 1)) }
      index = (index + 1) & mergeMask
    }
    return nil
  }

  /// The id of the token that the merge of rank `rank` makes.
  func mergeResult(_ rank: UInt32) -> UInt32? {
    mergeResults[Int(rank)]
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

/// Bytes of a mapped vocabulary, owned by its storage.
struct UnsafeRawBufferPointerBox: @unchecked Sendable {
  // @unchecked: the memory is never written.
  let bytes: UnsafeRawBufferPointer
}
