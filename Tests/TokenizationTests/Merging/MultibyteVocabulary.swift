import Bytes
import TestSupport
import Tokenization

/// Small vocabularies of characters of one to four bytes, of which many share their first or last bytes:
/// merges of parts of characters, of whole ones, and over the bounds of characters.
struct MultibyteVocabulary {
  let description: VocabularyDescription
  /// The characters of the texts that it is for; the fewer there are, the more merges meet.
  private let characters: [String]

  /// How the merges of a vocabulary stand to each other.
  enum Order: CaseIterable {
    /// Each merge has a higher rank than those that make its parts.
    case ascending
    /// The same, and a token is made of any two tokens that its bytes are.
    case everySplit
    /// Any.
    case shuffled
  }

  private static let allCharacters = [
    "a", "b", "'", "é", "ê", "ä", "я", "џ", "中", "丮", "串", "侭", "あ", "い", "😀", "😁", "🙀",
  ]

  /// Random text over the characters, in which some follow each other often.
  func text(length: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
    Self.text(of: characters, length: length, using: &generator)
  }

  private static func text(
    of characters: [String], length: Int, using generator: inout some RandomNumberGenerator
  ) -> [UInt8] {
    var text: [UInt8] = []
    var last = "a"
    for _ in 0..<length {
      if Int.random(in: 0..<4, using: &generator) > 0 {
        last = characters.randomElement(using: &generator) ?? last
      }
      text += last.utf8
    }
    return text
  }

  /// Makes a vocabulary with random merges.
  init(
    _ order: Order, ignoresMerges: Bool, using generator: inout some RandomNumberGenerator
  ) {
    let number = Int.random(in: 3...8, using: &generator)
    characters = Array(Self.allCharacters.shuffled(using: &generator).prefix(number))
    var tokens = (UInt8.min...UInt8.max).map { ByteString([$0]) }
    var ids = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, UInt32($0)) })
    var merges: [VocabularyDescription.Merge] = []
    let sample = Self.text(of: characters, length: 300, using: &generator)
    /// A token that stands in the sample at `start`, if there is one that is not too long.
    func token(at start: Int) -> UInt32? {
      (1...8).compactMap { length in
        start + length <= sample.count ? ids[ByteString(sample[start..<(start + length)])] : nil
      }.randomElement(using: &generator)
    }
    var isMerged: Set<VocabularyDescription.Merge> = []
    for _ in 0..<Int.random(in: 20...160, using: &generator) {
      let start = Int.random(in: 0..<sample.count, using: &generator)
      guard let left = token(at: start),
        let right = token(at: start + tokens[Int(left)].count)
      else { continue }
      let content = ByteString(tokens[Int(left)].bytes + tokens[Int(right)].bytes)
      guard content.count <= 16 else { continue }
      let result = ids[content] ?? UInt32(tokens.count)
      let merge = VocabularyDescription.Merge(left: left, right: right, result: result)
      // A token that can be made in two ways may have been part of a merge before it is made again.
      guard result == tokens.count || order == .shuffled, isMerged.insert(merge).inserted else {
        continue
      }
      if result == tokens.count { tokens.append(content) }
      ids[content] = result
      merges.append(merge)
      guard order == .everySplit else { continue }
      for length in 1..<content.count {
        guard let left = ids[ByteString(content.bytes[..<length])],
          let right = ids[ByteString(content.bytes[length...])]
        else { continue }
        let merge = VocabularyDescription.Merge(left: left, right: right, result: result)
        if isMerged.insert(merge).inserted { merges.append(merge) }
      }
    }
    if order == .shuffled { merges.shuffle(using: &generator) }
    description = VocabularyDescription(
      name: "toy", tokens: tokens, merges: merges,
      configuration: VocabularyConfiguration(
        normalization: .none, splitPatterns: [#"[^ ]+|\s+"#], ignoresMerges: ignoresMerges,
        addedTokens: []))
  }
}
