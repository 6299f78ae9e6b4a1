/// Two characters side by side, by their code points.
struct CharacterPair: Hashable {
  let left: UInt32
  let right: UInt32

  @inline(__always)
  static func hash(_ left: UInt32, _ right: UInt32) -> UInt64 {
    (UInt64(left) &<< 21 | UInt64(right)) &* 0x9E37_79B9_7F4A_7C15
  }
}

/// A set of pairs of characters. A pair of the set is always found, another now and then.
struct CharacterPairs: Sendable {
  /// The set; nil if nothing is known of any pair.
  let set: KeySet?

  /// Takes the section, which may be empty; nil if it is not that of a set.
  init?(_ bytes: UnsafeRawBufferPointer) {
    set = KeySet(bytes)
    guard set != nil || bytes.isEmpty else { return nil }
  }

  /// Whether the pair may be in the set; true for all pairs if nothing is known.
  @inline(__always)
  func mayHold(_ left: UInt32, _ right: UInt32) -> Bool {
    set?.mayHold(CharacterPair.hash(left, right)) ?? true
  }

  /// Returns the section that holds `pairs`: 16 to 32 bits a pair.
  static func section(of pairs: Set<CharacterPair>) -> [UInt8] {
    let hashes = pairs.map { CharacterPair.hash($0.left, $0.right) }
    return KeySet.section(of: hashes, bytesPerKey: 2)
  }
}
