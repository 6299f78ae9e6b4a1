internal import Bytes

/// Gives blocks their labels: the caller's id, or a word made of the content's digest.
///
/// A word is of consonants and vowels in turn, which costs fewer tokens than hexadecimal digits.
enum BlockLabels {
  private static let consonants = Array("bdfgklmnprstvz".utf8)
  private static let vowels = Array("aeiou".utf8)

  /// Gives each block without an id of its own the word for its title and text as they are now.
  static func relabel(_ blocks: inout [ContextBlock], of spec: Spec) {
    guard spec.blocks.contains(where: { $0.id == nil }) else { return }
    let current = blocks.map { block in
      Block(id: spec.blocks[block.index].id, text: block.text, title: block.title)
    }
    for (index, label) in labels(of: current).enumerated() where blocks[index].label != label {
      blocks[index].label = label
    }
  }

  /// Finds blocks that have one label and are not one block: an id that is given twice.
  static func faults(in blocks: [ContextBlock], of spec: Spec) -> [Diagnostic] {
    var first: [ByteString: Int] = [:]
    first.reserveCapacity(blocks.count)
    var faults: [Diagnostic] = []
    for (place, block) in blocks.enumerated() {
      let offset = spec.blocks[block.index].offset
      if block.label.isEmpty {
        faults.append(spec.diagnostic(at: offset, "a block's id must not be empty"))
      }
      guard let other = first[block.label] else {
        first[block.label] = place
        continue
      }
      if blocks[other].text != block.text || blocks[other].title != block.title {
        faults.append(
          spec.diagnostic(
            at: offset, "block id \"\(block.label)\" stands twice with different texts or titles"))
      }
    }
    return faults
  }

  /// Returns a label for each block, in their order. Blocks of the same title and text have the same word;
  /// a word that an id or another content has is made longer.
  static func labels(of blocks: [Block]) -> [ByteString] {
    let ids = blocks.compactMap(\.id)
    if ids.count == blocks.count { return ids }
    var owners: [ByteString: ByteString] = [:]
    for id in ids { owners[id] = id }
    return blocks.map { block in
      if let id = block.id { return id }
      var syllables = 3
      let title = block.title.map { [1] + $0.bytes } ?? [0]
      let content = ByteString(title + [0] + block.text.bytes)
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
