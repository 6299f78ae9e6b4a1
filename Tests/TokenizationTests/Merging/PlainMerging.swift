import Bytes
import Tokenization

/// Byte-pair encoding as its definition reads, the plain twin of the encoder: a piece that may be a whole
/// token is that token; otherwise its bytes are the first symbols, and of all pairs that merge the one of
/// the lowest rank is merged, the leftmost first, until none merges.
struct PlainMerging {
  /// Of two tokens side by side: the rank of their merge, and the token that it makes.
  let merge: (UInt32, UInt32) -> (rank: UInt32, result: UInt32)?
  /// The token of each byte.
  let byteTokens: [UInt32]
  /// The tokens that a whole piece is without being merged.
  let wholeTokens: [ByteString: UInt32]

  /// Takes the merges as they are described.
  init(_ description: VocabularyDescription) {
    struct Pair: Hashable {
      let left: UInt32
      let right: UInt32
    }
    var merges: [Pair: (rank: UInt32, result: UInt32)] = [:]
    for (rank, merge) in description.merges.enumerated() {
      merges[Pair(left: merge.left, right: merge.right)] = (UInt32(rank), merge.result)
    }
    var bytes = [UInt32](repeating: 0, count: 256)
    var whole: [ByteString: UInt32] = [:]
    for (id, token) in description.tokens.enumerated() {
      if token.count == 1 { bytes[Int(token.bytes[0])] = UInt32(id) }
      if description.configuration.ignoresMerges { whole[token] = UInt32(id) }
    }
    let found = merges
    merge = { found[Pair(left: $0, right: $1)] }
    byteTokens = bytes
    wholeTokens = whole
  }

  /// Takes the merges out of a compiled file, which is read as `docs/vocabulary-format.md` says.
  init(_ file: CompiledFile, ignoresMerges: Bool) {
    let mask = file.count(ofSection: 3) / 8 - 1
    let firstResult: UInt32 = file.integer(ofSection: 8, at: 2)
    merge = { left, right in
      let key = UInt64(left) << 21 | UInt64(right)
      let product = key &* 0x9E37_79B9_7F4A_7C15
      var index = Int(truncatingIfNeeded: product >> 32 ^ product >> 15) & mask
      while true {
        let slot: UInt64 = file.integer(ofSection: 3, at: index)
        if slot == .max { return nil }
        if slot >> 22 == key {
          let rank = UInt32(truncatingIfNeeded: slot & (1 << 22 - 1))
          let follow = firstResult != .max
          return (
            rank, follow ? firstResult + rank : file.integer(ofSection: 4, at: Int(rank))
          )
        }
        index = (index + 1) & mask
      }
    }
    byteTokens = (0..<256).map { file.integer(ofSection: 6, at: $0) }
    var whole: [ByteString: UInt32] = [:]
    if ignoresMerges {
      whole.reserveCapacity(file.tokenCount)
      for id in 0..<file.tokenCount { whole[ByteString(file.token(id))] = UInt32(id) }
    }
    wholeTokens = whole
  }

  /// The tokens of a piece.
  func encode(_ piece: [UInt8]) -> [UInt32] {
    if let id = wholeTokens[ByteString(piece)] { return [id] }
    var ids = piece.map { byteTokens[Int($0)] }
    var merges = ids.indices.dropLast().map { merge(ids[$0], ids[$0 + 1]) }
    while true {
      var best = -1
      var lowest = UInt32.max
      for index in 0..<merges.count {
        if let rank = merges[index]?.rank, rank < lowest { (best, lowest) = (index, rank) }
      }
      guard best >= 0, let result = merges[best]?.result else { return ids }
      ids[best] = result
      ids.remove(at: best + 1)
      merges.remove(at: best)
      if best > 0 { merges[best - 1] = merge(ids[best - 1], ids[best]) }
      if best < merges.count { merges[best] = merge(ids[best], ids[best + 1]) }
    }
  }

  /// The tokens of the pieces of a text.
  func encode(_ text: [UInt8], _ pieces: [ByteRange]) -> [UInt32] {
    pieces.flatMap { encode(Array(text[$0.start..<$0.end])) }
  }
}

/// The sections of a compiled vocabulary file.
struct CompiledFile {
  let bytes: [UInt8]
  private let sections: [UInt32: Range<Int>]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var sections: [UInt32: Range<Int>] = [:]
    for index in 0..<Int(Self.integer(bytes, at: 12) as UInt32) {
      let entry = 64 + index * 24
      let start = Int(Self.integer(bytes, at: entry + 8) as UInt64)
      let count = Int(Self.integer(bytes, at: entry + 16) as UInt64)
      sections[Self.integer(bytes, at: entry)] = start..<(start + count)
    }
    self.sections = sections
  }

  /// The kinds of the sections in the order of the file, with the bytes that each has.
  var ranges: [(kind: UInt32, range: Range<Int>)] {
    sections.map { (kind: $0.key, range: $0.value) }.sorted {
      $0.range.lowerBound < $1.range.lowerBound
    }
  }

  var tokenCount: Int { count(ofSection: 1) / 4 - 1 }

  func count(ofSection kind: UInt32) -> Int { sections[kind]?.count ?? 0 }

  /// The integer of number `index` in a section.
  func integer<Value: FixedWidthInteger>(ofSection kind: UInt32, at index: Int) -> Value {
    let start = sections[kind]?.lowerBound ?? 0
    return Self.integer(bytes, at: start + index * MemoryLayout<Value>.size)
  }

  /// The bytes of a token.
  func token(_ id: Int) -> ArraySlice<UInt8> {
    let start = sections[2]?.lowerBound ?? 0
    let first: UInt32 = integer(ofSection: 1, at: id)
    let end: UInt32 = integer(ofSection: 1, at: id + 1)
    return bytes[(start + Int(first))..<(start + Int(end))]
  }

  private static func integer<Value: FixedWidthInteger>(_ bytes: [UInt8], at offset: Int) -> Value {
    bytes.withUnsafeBytes {
      Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
  }
}
