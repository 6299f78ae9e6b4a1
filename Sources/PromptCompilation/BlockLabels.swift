internal import Bytes

/// Gives blocks their labels: the caller's id, or a word made of the content's digest.
///
/// A word is of consonants and vowels in turn, which costs fewer tokens than hexadecimal digits.
enum BlockLabels {
  private static let consonants = Array("bdfgklmnprstvz".utf8)
  private static let vowels = Array("aeiou".utf8)

  /// Returns a label for each block, in their order. Blocks of the same title and text have the same word;
  /// a word that an id or another content has is made longer.
  static func labels(of blocks: [Block]) -> [ByteString] {
    var owners: [ByteString: ByteString] = [:]
    for block in blocks {
      if let id = block.id { owners[id] = id }
    }
    return blocks.map { block in
      if let id = block.id { return id }
      var syllables = 3
      let content = ByteString((block.title?.bytes ?? []) + [0] + block.text.bytes)
      let digest = Digest(of: content.bytes)
      while true {
        let label = word(of: digest, syllables: syllables)
        let owner = owners[label]
        if owner == nil || owner == content || syllables > 12 {
          owners[label] = content
          return label
        }
        syllables += 1
      }
    }
  }

  private static func word(of digest: Digest, syllables: Int) -> ByteString {
    var letters = Array("d-".utf8)
    for index in 0..<syllables {
      letters.append(consonants[Int(digest.bytes[2 * index]) % consonants.count])
      letters.append(vowels[Int(digest.bytes[2 * index + 1]) % vowels.count])
    }
    return ByteString(letters)
  }
}
