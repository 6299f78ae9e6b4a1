/// A character that merging may begin with as one symbol, instead of with its bytes.
///
/// That gives the same tokens where it is certain that the bytes of the character merge into its token
/// before a merge takes a part of them together with a neighbour. Let merges ascend: a merge has a higher
/// rank than those that make its parts. While the bytes merge, the first part of the character waits for
/// the merge, of rank r, that takes it up. If no token that ends before the character merges with this
/// part at a rank below r, none ever does; and likewise for the last part and what begins behind the
/// character. So the character's token is made in any case, and since a merge that takes it up has a
/// higher rank than those that make it, it may as well be there from the start.
///
/// Whether this holds depends on the neighbours. Four bits say whether any neighbour of a kind can
/// disturb the merges; beside them there is a set of single pairs that can (`CharacterPairs`).
struct CharacterSymbol {
  private static let idBits: UInt32 = 21
  /// The entry of a character without a symbol; it has all hazards.
  static let none = UInt32.max

  /// The kinds of neighbours that can disturb the merges.
  struct Hazards: OptionSet {
    let rawValue: UInt32

    /// ASCII before the character.
    static let asciiBefore = Hazards(rawValue: 1 << CharacterSymbol.idBits)
    /// Another character before it.
    static let otherBefore = Hazards(rawValue: 2 << CharacterSymbol.idBits)
    /// ASCII behind it.
    static let asciiBehind = Hazards(rawValue: 4 << CharacterSymbol.idBits)
    /// Another character behind it.
    static let otherBehind = Hazards(rawValue: 8 << CharacterSymbol.idBits)
  }

  /// What stands in the file: hazards and token id.
  let rawValue: UInt32

  @inline(__always)
  init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The token id.
  @inline(__always)
  var id: UInt32 { rawValue & (1 << Self.idBits - 1) }

  @inline(__always)
  private func lacks(_ hazard: Hazards) -> Bool { rawValue & hazard.rawValue == 0 }

  /// 1 if a merge may take a part of this symbol or of `right`, which follows, together with the other; neither is ASCII.
  @inline(__always)
  func hazard(before right: CharacterSymbol) -> UInt32 {
    (rawValue &>> (Self.idBits &+ 3) | right.rawValue &>> (Self.idBits &+ 1)) & 1
  }

  @inline(__always)
  var canFollowASCII: Bool { lacks(.asciiBefore) }

  @inline(__always)
  var canPrecedeASCII: Bool { lacks(.asciiBehind) }

  @inline(__always)
  var canFollowOthers: Bool { lacks(.otherBefore) }

  @inline(__always)
  var canPrecedeOthers: Bool { lacks(.otherBehind) }
}

/// The table from characters to their symbols: for each 64 code points the number of a block, 16 bits, then
/// the blocks of 64 symbols. Block 0 holds none.
///
/// Invariant: every access is checked against the bytes of the section.
struct CharacterSymbols: @unchecked Sendable {
  // @unchecked: the memory behind the pointer is never written.
  static let indexCount = 0x110000 / 64

  private let bytes: UnsafeRawBufferPointer

  /// Takes the section; an empty one has no symbols.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  @inline(__always)
  subscript(code: UInt32) -> CharacterSymbol {
    let none = CharacterSymbol(rawValue: CharacterSymbol.none)
    let place = Int(code >> 6) &* 2
    guard place &+ 2 <= bytes.count else { return none }
    let block = Int(
      UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self)))
    let offset = Self.indexCount &* 2 &+ (block &<< 6 | Int(code & 63)) &* 4
    guard offset &+ 4 <= bytes.count else { return none }
    return CharacterSymbol(
      rawValue: UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  /// The table for loops over many characters; nil if it has no symbols.
  var basicPlane: BasicPlane? {
    guard bytes.count >= Self.indexCount &* 2, let base = bytes.baseAddress else { return nil }
    return BasicPlane(base: base, count: (bytes.count &- Self.indexCount &* 2) & ~3)
  }

  /// The symbols of the characters up to U+FFFF.
  struct BasicPlane {
    fileprivate let base: UnsafeRawPointer
    fileprivate let count: Int

    @inline(__always)
    subscript(code: UInt32) -> CharacterSymbol {
      let place = Int(code &>> 6 & 0x3FF) &* 2
      let block = Int(
        UInt16(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt16.self)))
      let offset = (block &<< 6 | Int(code & 63)) &* 4
      guard offset < count else { return CharacterSymbol(rawValue: CharacterSymbol.none) }
      let symbols = base + CharacterSymbols.indexCount &* 2
      return CharacterSymbol(
        rawValue: UInt32(
          littleEndian: symbols.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
  }

  /// Returns the section that holds `symbols`, ascending by code point.
  static func section(of symbols: [(code: UInt32, symbol: CharacterSymbol)]) -> [UInt8] {
    guard !symbols.isEmpty else { return [] }
    var index = [UInt16](repeating: 0, count: indexCount)
    var blocks: [UInt32] = Array(repeating: CharacterSymbol.none, count: 64)
    for (code, symbol) in symbols {
      let place = Int(code >> 6)
      if index[place] == 0 {
        index[place] = UInt16(blocks.count / 64)
        blocks += Array(repeating: CharacterSymbol.none, count: 64)
      }
      blocks[Int(index[place]) * 64 + Int(code & 63)] = symbol.rawValue
    }
    return index.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
      + blocks.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }
}
