internal import Bytes

/// The tables of character-level vocabularies.
extension VocabularyCompiler {
  /// The token that the merges of each rank make.
  var mergeResults: [UInt32] {
    guard !description.mergeRanks.isEmpty else { return description.merges.map(\.result) }
    var results = [UInt32](
      repeating: 0, count: Int(description.mergeRanks.max() ?? 0) + 1)
    for (merge, rank) in zip(description.merges, description.mergeRanks) {
      results[Int(rank)] = merge.result
    }
    return results
  }

  /// The token of each character that is one: slots of an open-addressing table.
  func characterTokens() throws(VocabularyError) -> [UInt64] {
    let characters = characters
    var slots = [UInt64](
      repeating: CharacterSlot.empty, count: Self.capacity(for: characters.count))
    let mask = slots.count - 1
    for (code, id) in characters {
      var index = CharacterSlot.home(of: code, mask: mask)
      while slots[index] != CharacterSlot.empty {
        guard slots[index] >> 32 != UInt64(code) else {
          throw VocabularyError(source: source, message: "token \(id) is a character again")
        }
        index = (index + 1) & mask
      }
      slots[index] = UInt64(code) << 32 | UInt64(id)
    }
    return slots
  }

  /// What each byte is as a symbol: a character, or a token for the byte.
  func characterByteTokens() -> [UInt32] {
    var table = [UInt32](repeating: CharacterSlot.noToken, count: 256)
    for (byte, id) in description.byteTokens.prefix(256).enumerated() {
      if let id { table[byte] = id }
    }
    for (code, id) in characters where code < 0x80 { table[Int(code)] = id }
    return table
  }

  /// The characters that are tokens, with their ids.
  private var characters: [(code: UInt32, id: UInt32)] {
    let bytes = Set(description.byteTokens.compactMap { $0 })
    return description.tokens.enumerated().compactMap { index, token in
      guard (1...4).contains(token.count), !bytes.contains(UInt32(index)),
        UTF8Validation.firstInvalidOffset(in: token.bytes) == nil
      else { return nil }
      let scalars = String(decoding: token.bytes, as: UTF8.self).unicodeScalars
      guard let scalar = scalars.first, scalars.count == 1 else { return nil }
      return (scalar.value, UInt32(index))
    }
  }
}
