internal import Bytes
internal import OrderedJSON

/// Writes a compiled vocabulary file; the same description gives the same bytes.
public struct VocabularyCompiler {
  let description: VocabularyDescription
  let source: String

  /// Compiles `description`.
  ///
  /// - Parameter source: what messages call the description.
  /// - Returns: the bytes of the file, in the layout of `docs/vocabulary-format.md`.
  /// - Throws: `VocabularyError` if it does not fit the format: too many tokens or merges, a byte
  ///   without a token, an added token with the id of another token.
  public static func compile(
    _ description: VocabularyDescription, source: String
  ) throws(VocabularyError) -> [UInt8] {
    try VocabularyCompiler(description: description, source: source).file()
  }

  private func file() throws(VocabularyError) -> [UInt8] {
    try checkSizes()
    let (offsets, bytes) = tokenSections(description.tokens)
    let analysis = MergeAnalysis(description)
    let characters = analysis.characters()
    let named = NamedConfiguration(
      name: description.name, configuration: description.configuration)
    var sections: [(VocabularyFormat.Section, [UInt8])] = [
      (.tokenOffsets, Self.littleEndian(offsets)),
      (.tokenBytes, bytes),
      (.mergeTable, Self.littleEndian(try mergeTable())),
      (.mergeFilter, mergeFilter()),
      (.mergeResults, Self.littleEndian(firstResult == nil ? mergeResults : [])),
      (.byteTokens, Self.littleEndian(try byteTokens())),
      (.metadata, JSONWriter.write(named.json)),
      (.properties, Self.littleEndian(properties(analysis))),
      (.asciiPairs, asciiPairs(analysis)),
      (.characterSymbols, CharacterSymbols.section(of: characters.symbols)),
      (.characterDisturbances, CharacterPairs.section(of: characters.disturbances)),
    ]
    if description.configuration.characters != nil {
      sections.append((.characterTokens, Self.littleEndian(try characterTokens())))
    }
    // The piece table is last to be made: which tokens their own bytes lead to is found with an
    // encoder over the sections above.
    sections.append((.pieceTable, Self.littleEndian(Array(repeating: PieceSlot.empty, count: 1))))
    sections.append((.characterCrossings, []))
    let vocabulary = try Vocabulary(bytes: assemble(sections), source: source)
    let isReached = reachedTokens(with: vocabulary)
    sections.removeLast(2)
    sections.append((.pieceTable, Self.littleEndian(pieceTable(isReached))))
    sections.append((.characterCrossings, crossings(analysis, isReached)))
    return assemble(sections)
  }

  /// A piece is cut only where each part would be merged to what it is in the piece: not if a part, which
  /// is whole characters, may be a token that no merges lead to.
  private func crossings(_ analysis: MergeAnalysis, _ isReached: [Bool]) -> [UInt8] {
    let areAllReached = zip(description.tokens, isReached).allSatisfy { token, isReached in
      isReached || token.isEmpty || UTF8Validation.firstInvalidOffset(in: token.bytes) != nil
    }
    guard analysis.mergesAscend, description.configuration.characters == nil,
      areAllReached || !description.configuration.ignoresMerges
    else {
      return []
    }
    return CharacterPairs.section(of: analysis.crossings())
  }

  private func checkSizes() throws(VocabularyError) {
    guard description.tokens.count <= VocabularyFormat.tokenLimit,
      description.merges.count < VocabularyFormat.mergeLimit
    else {
      throw VocabularyError(
        source: source, message: "more tokens or merges than the format can hold")
    }
    let count = description.tokens.count
    guard
      description.mergeRanks.isEmpty || description.mergeRanks.count == description.merges.count,
      description.merges.allSatisfy({ $0.left < count && $0.right < count && $0.result < count })
    else {
      throw VocabularyError(source: source, message: "a merge of tokens that do not exist")
    }
    for token in description.configuration.addedTokens where token.id < description.tokens.count {
      let content = description.tokens[Int(token.id)]
      guard content.isEmpty || content == token.content else {
        throw VocabularyError(
          source: source, message: "added token \(token.content) has the id of another token")
      }
    }
  }

  private func tokenSections(_ contents: [ByteString]) -> (offsets: [UInt32], bytes: [UInt8]) {
    var offsets: [UInt32] = [0]
    var bytes: [UInt8] = []
    for token in contents {
      bytes.append(contentsOf: token.bytes)
      offsets.append(UInt32(bytes.count))
    }
    return (offsets, bytes)
  }

  private func byteTokens() throws(VocabularyError) -> [UInt32] {
    if description.configuration.characters != nil { return characterByteTokens() }
    var table = [UInt32?](repeating: nil, count: 256)
    for (id, token) in description.tokens.enumerated() where token.count == 1 {
      table[Int(token.bytes[0])] = UInt32(id)
    }
    for (byte, id) in table.enumerated() where id == nil && UTF8Character.canHold(UInt8(byte)) {
      let digits = String(byte, radix: 16, uppercase: true)
      throw VocabularyError(source: source, message: "the byte 0x\(digits) has no token of its own")
    }
    return table.map { $0 ?? CharacterSlot.noToken }
  }

  private func properties(_ analysis: MergeAnalysis) -> [UInt32] {
    [
      analysis.mergesAscend ? 1 : 0, UInt32(description.tokens.map(\.count).max() ?? 0),
      firstResult ?? MergeResults.noFirst,
    ]
  }

  private var firstResult: UInt32? { MergeResults.first(of: mergeResults) }

  private func asciiPairs(_ analysis: MergeAnalysis) -> [UInt8] {
    guard description.configuration.characters == nil else { return [] }
    return ASCIIPairs.section(of: description, areLimited: analysis.mergesAscend)
  }

  private func mergeTable() throws(VocabularyError) -> [UInt64] {
    var slots = [UInt64](
      repeating: MergeSlot.empty, count: Self.capacity(for: description.merges.count))
    let mask = slots.count - 1
    for (index, merge) in description.merges.enumerated() {
      let rank = description.rank(ofMerge: index)
      let key = MergeSlot.key(merge.left, merge.right)
      var slot = MergeSlot.home(of: key, mask: mask)
      while slots[slot] != MergeSlot.empty {
        guard slots[slot] >> 22 != key else {
          throw VocabularyError(source: source, message: "merge \(index) stands twice")
        }
        slot = (slot + 1) & mask
      }
      slots[slot] = key << 22 | UInt64(rank)
    }
    return slots
  }

  private func mergeFilter() -> [UInt8] {
    let hashes = description.merges.map { MergeSlot.hash(of: MergeSlot.key($0.left, $0.right)) }
    return KeySet.section(of: hashes, bytesPerKey: 1)
  }

  /// Whether the bytes of each token merge to that token.
  private func reachedTokens(with vocabulary: Vocabulary) -> [Bool] {
    let encoder = BytePairEncoder(vocabulary, knowsTokens: false)
    var merged = TokenBuffer()
    return description.tokens.enumerated().map { id, token in
      token.bytes.withUnsafeBytes { bytes in
        merged.removeAll()
        encoder.encode(bytes, into: &merged)
        return merged.count == 1 && merged.ids == [UInt32(id)]
      }
    }
  }

  private func pieceTable(_ isReached: [Bool]) -> [UInt32] {
    var slots = [UInt32](
      repeating: PieceSlot.empty, count: Self.capacity(for: description.tokens.count))
    let mask = slots.count - 1
    for (id, token) in description.tokens.enumerated() where token.count > 1 {
      guard isReached[id] || description.configuration.ignoresMerges else { continue }
      let hash = token.bytes.withUnsafeBytes { PieceSlot.hash($0) }
      var index = PieceSlot.home(of: hash, mask: mask)
      while slots[index] != PieceSlot.empty { index = (index + 1) & mask }
      slots[index] = PieceSlot.tag(of: hash) | UInt32(id)
    }
    return slots
  }

  /// The smallest power of two that leaves three of eight slots empty.
  static func capacity(for count: Int) -> Int {
    var capacity = 1
    while capacity * 5 < count * 8 { capacity *= 2 }
    return capacity
  }

  private static func littleEndian<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
    values.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }

  private func assemble(_ sections: [(VocabularyFormat.Section, [UInt8])]) -> [UInt8] {
    var entries: [UInt8] = []
    var body: [UInt8] = []
    let entriesEnd =
      VocabularyFormat.headerSize + sections.count * VocabularyFormat.entrySize
    for (kind, content) in sections {
      let padding = -(entriesEnd + body.count) & (VocabularyFormat.alignment - 1)
      body.append(contentsOf: repeatElement(0, count: padding))
      entries += Self.littleEndian([kind.rawValue, 0])
      entries += Self.littleEndian([UInt64(entriesEnd + body.count), UInt64(content.count)])
      body += content
    }
    let rest = entries + body
    var file = VocabularyFormat.magic
    file += Self.littleEndian([VocabularyFormat.version, UInt32(sections.count)])
    file += Self.littleEndian([UInt64(VocabularyFormat.headerSize + rest.count)])
    file += Self.littleEndian([
      UInt32(description.tokens.count), UInt32(mergeResults.count),
    ])
    file += Digest(of: rest).bytes
    return file + rest
  }
}
