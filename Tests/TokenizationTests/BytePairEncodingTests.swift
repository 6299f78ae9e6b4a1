import Bytes
import TestSupport
import Testing
import Tokenization

/// The encoder against its plain twin: merge the leftmost pair of the lowest rank until none is left.
@Suite struct BytePairEncodingTests {
  @Test func equalsThePlainAlgorithm() throws {
    var generator = SeededGenerator(seed: 7)
    for round in 0..<40 {
      let description = ToyVocabulary.random(using: &generator)
      let tokenizer = try ToyVocabulary.tokenizer(description)
      for _ in 0..<50 {
        let length = Int.random(in: 0...(round.isMultiple(of: 2) ? 20 : 300), using: &generator)
        let text = (0..<length).map { _ in
          UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "d"), using: &generator)
        }
        #expect(try tokenizer.encode(text) == plainEncoding(of: text, description))
      }
    }
  }

  private func plainEncoding(of text: [UInt8], _ description: VocabularyDescription) -> [UInt32] {
    var ids = text.map { UInt32($0) }
    while true {
      let best = ids.indices.dropLast().compactMap { index in
        description.merges.firstIndex {
          $0.left == ids[index] && $0.right == ids[index + 1]
        }.map { (rank: $0, index: index) }
      }.min { $0 < $1 }
      guard let best else { return ids }
      ids.replaceSubrange(
        best.index...(best.index + 1), with: [description.merges[best.rank].result])
    }
  }
}

/// Small vocabularies for tests: the 256 bytes and a few merges of `a` to `d`.
enum ToyVocabulary {
  static func random(using generator: inout some RandomNumberGenerator) -> VocabularyDescription {
    var tokens = (UInt8.min...UInt8.max).map { ByteString([$0]) }
    var merges: [VocabularyDescription.Merge] = []
    var pool = (UInt8(ascii: "a")...UInt8(ascii: "d")).map { UInt32($0) }
    while merges.count < 30 {
      guard let left = pool.randomElement(using: &generator),
        let right = pool.randomElement(using: &generator)
      else { break }
      let bytes = tokens[Int(left)].bytes + tokens[Int(right)].bytes
      guard bytes.count <= 12, !tokens.contains(ByteString(bytes)) else { continue }
      let id = UInt32(tokens.count)
      tokens.append(ByteString(bytes))
      merges.append(VocabularyDescription.Merge(left: left, right: right, result: id))
      pool.append(id)
    }
    return VocabularyDescription(
      name: "toy", tokens: tokens, merges: merges,
      configuration: VocabularyConfiguration(
        normalization: .none, splitPatterns: [#"[^ ]+|\s+"#], ignoresMerges: false,
        addedTokens: []))
  }

  static func tokenizer(_ description: VocabularyDescription) throws -> Tokenizer {
    let file = try VocabularyCompiler.compile(description, source: "toy")
    return try Tokenizer(try Vocabulary(bytes: file, source: "toy"))
  }
}
