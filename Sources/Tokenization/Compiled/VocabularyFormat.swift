/// The layout of a compiled vocabulary file, version 5.
///
/// All integers are little-endian; nothing in the file is an address, so it is used where it is
/// mapped. The header of 64 bytes:
///
/// | offset | bytes | content |
/// |---|---|---|
/// | 0 | 8 | `cpcvocab` |
/// | 8 | 4 | format version |
/// | 12 | 4 | number of sections |
/// | 16 | 8 | file size in bytes |
/// | 24 | 4 | number of token ids, without added tokens |
/// | 28 | 4 | number of merges |
/// | 32 | 32 | SHA-256 of the file from offset 64 on |
///
/// Behind it one entry of 24 bytes a section: kind (4), zero (4), offset (8), length in bytes (8).
/// Sections begin at multiples of 64; the gaps are zero.
enum VocabularyFormat {
  static let magic = Array("cpcvocab".utf8)
  static let version: UInt32 = 5
  static let headerSize = 64
  static let entrySize = 24
  static let alignment = 64

  /// The most token ids; `MergeSlot` and `PieceSlot` have 21 bits for one.
  static let tokenLimit = 1 << 21
  /// The most merges; `MergeSlot` has 22 bits for a rank.
  static let mergeLimit = (1 << 22) - 1

  enum Section: UInt32, CaseIterable {
    /// UInt32 per token id and one more: where its bytes begin in `tokenBytes`.
    case tokenOffsets = 1
    /// The bytes of all tokens in the order of their ids.
    case tokenBytes = 2
    /// UInt64 slots of an open-addressing table from pairs of token ids to merge ranks.
    case mergeTable = 3
    /// UInt32 per merge rank: the id of the token that the merge makes; empty if they follow each other.
    case mergeResults = 4
    /// UInt32 slots of an open-addressing table of the tokens that a whole piece may be.
    case pieceTable = 5
    /// 256 UInt32: the token id of each byte.
    case byteTokens = 6
    /// JSON: name, normaliser, pre-tokenizer, added tokens.
    case metadata = 7
    /// Three UInt32: whether merges ascend (1) or not (0), the length of the longest token in bytes, the first result of a
    /// merge where all follow each other.
    case properties = 8
    /// From code points to the symbols that merging begins with, see `CharacterSymbols`.
    case characterSymbols = 9
    /// The pairs of characters that stand side by side in tokens, see `CharacterPairs`.
    case characterCrossings = 10
    /// The pairs of characters of which a merge may take a part of one together with the other.
    case characterDisturbances = 11
    /// The pairs of token ids that merge, see `KeySet`.
    case mergeFilter = 12
    /// What merging knows of two ASCII characters side by side, see `ASCIIPairs`; empty in character-level vocabularies.
    case asciiPairs = 13
    /// UInt64 slots of an open-addressing table from characters to token ids, in character-level
    /// vocabularies.
    case characterTokens = 16
  }
}

/// A slot of the merge table: left id (21 bits), right id (21 bits), rank (22 bits).
enum MergeSlot {
  static let empty = UInt64.max

  static func key(_ left: UInt32, _ right: UInt32) -> UInt64 {
    UInt64(left) << 21 | UInt64(right)
  }

  /// What the search for `key` begins from.
  @inline(__always)
  static func hash(of key: UInt64) -> UInt64 { key &* 0x9E37_79B9_7F4A_7C15 }

  /// The slot that a search for `key` begins with in a table of `mask + 1` slots.
  @inline(__always)
  static func home(of key: UInt64, mask: Int) -> Int {
    let product = hash(of: key)
    return Int(truncatingIfNeeded: product >> 32 ^ product >> 15) & mask
  }
}

/// A slot of the piece table: 11 bits of the hash, token id (21 bits).
enum PieceSlot {
  static let empty = UInt32.max
  static let idMask: UInt32 = (1 << 21) - 1

  static func tag(of hash: UInt64) -> UInt32 {
    // 2,047 is left to the empty slot.
    UInt32(truncatingIfNeeded: (hash >> 53) % 2047) << 21
  }

  static func home(of hash: UInt64, mask: Int) -> Int {
    Int(truncatingIfNeeded: hash) & mask
  }

  /// A 64-bit hash of the bytes of a piece: multiply and fold, eight bytes a step.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: bytes.count) &* 0x9E37_79B9_7F4A_7C15
    var offset = 0
    while offset + 8 <= bytes.count {
      hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian)
      offset += 8
    }
    return mix(hash ^ lastBytes(of: bytes, from: offset))
  }

  /// The bytes from `offset` on, fewer than 8, as a little-endian number. Where there are 8 bytes those before
  /// them are loaded, too: how many they are cannot be foreseen.
  @inline(__always)
  private static func lastBytes(of bytes: UnsafeRawBufferPointer, from offset: Int) -> UInt64 {
    if offset > 0 {
      let last = bytes.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self)
      return last.littleEndian >> UInt64(truncatingIfNeeded: 8 &* (8 &- bytes.count &+ offset))
    }
    var tail: UInt64 = 0
    for index in 0..<bytes.count { tail |= UInt64(bytes[index]) << UInt64(8 * index) }
    return tail
  }

  /// The hash of the bytes of a key.
  @inline(__always)
  static func hash(of key: PieceKey) -> UInt64 {
    let hash = UInt64(truncatingIfNeeded: key.count) &* 0x9E37_79B9_7F4A_7C15
    let first = mix(hash ^ key.low)
    return key.count < 8 ? first : mix(first ^ key.high & 0x00FF_FFFF_FFFF_FFFF)
  }

  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
  }
}
