import Bytes
import TestSupport
import Testing
import Tokenization

/// Pieces of more symbols than are merged at a time, against merges rank by rank over the whole piece.
@Suite struct MergeWindowTests {
  /// Merges that ascend, made one rank behind the other from left to right.
  private struct RankByRank {
    let description: VocabularyDescription

    func encode(_ piece: [UInt8]) -> [UInt32] {
      var ids = piece.map { UInt32($0) }
      for merge in description.merges {
        var kept = 0
        var index = 0
        while index < ids.count {
          let merges =
            ids[index] == merge.left && index + 1 < ids.count && ids[index + 1] == merge.right
          ids[kept] = merges ? merge.result : ids[index]
          kept += 1
          index += merges ? 2 : 1
        }
        ids.removeLast(ids.count - kept)
      }
      return ids
    }
  }

  private func check(_ piece: [UInt8], _ description: VocabularyDescription) throws {
    let encoder = try ToyVocabulary.tokenizer(description).makeEncoder()
    let encoded = try encoder.encode(piece, recordingEnds: true)
    let expected = RankByRank(description: description).encode(piece)
    #expect(encoded.ids == expected)
    var end = 0
    let ends = expected.map { id in
      end += description.tokens[Int(id)].count
      return end
    }
    #expect(encoded.ends == ends)
    #expect(try encoder.encode(piece).ids == expected)
    #expect(try encoder.count(piece) == expected.count)
  }

  @Test(arguments: 1...8)
  func equalMergesOfTheWholePiece(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let description = ToyVocabulary.random(using: &generator)
    for length in [8_191, 8_192, 8_193, 16_384, 16_385, 30_000] {
      var piece: [UInt8] = []
      while piece.count < length {
        // Runs of one letter as well, whose merges overlap.
        let letter = UInt8.random(in: 0x61...0x64, using: &generator)
        let count = seed.isMultiple(of: 2) ? 1 : Int.random(in: 1...40, using: &generator)
        piece += [UInt8](repeating: letter, count: count)
      }
      try check(Array(piece.prefix(length)), description)
    }
  }

  @Test func equalMergesOfTheWholePieceInSeveralScripts() throws {
    var generator = SeededGenerator(seed: 61)
    for order in [MultibyteVocabulary.Order.ascending, .everySplit] {
      let toy = MultibyteVocabulary(order, ignoresMerges: false, using: &generator)
      try check(toy.text(length: 12_000, using: &generator), toy.description)
    }
  }

  /// Pairs of letters of which each merges with the next one of the alphabet, the last ones first: where a run of
  /// hundreds ends decides where its first pairs are joined.
  @Test func equalMergesOfTheWholePieceWhereItsEndDecidesOfItsStart() throws {
    var tokens = (UInt8.min...UInt8.max).map { ByteString([$0]) }
    var merges: [VocabularyDescription.Merge] = []
    func merge(_ left: UInt32, _ right: UInt32) {
      let result = UInt32(tokens.count)
      tokens.append(ByteString(tokens[Int(left)].bytes + tokens[Int(right)].bytes))
      merges.append(VocabularyDescription.Merge(left: left, right: right, result: result))
    }
    for small in UInt32(0x61)...0x7A {
      for capital in UInt32(0x41)...0x5A { merge(small, capital) }
    }
    let pairs = merges
    for index in pairs.indices.dropLast().reversed() {
      merge(pairs[index].result, pairs[index + 1].result)
    }
    var generator = SeededGenerator(seed: 62)
    var piece: [UInt8] = []
    while piece.count < 40_000 {
      let first = Int.random(in: 0...50, using: &generator)
      let last = Int.random(in: 600..<pairs.count, using: &generator)
      piece += pairs[first...last].flatMap { [UInt8($0.left), UInt8($0.right)] }
    }
    try check(
      piece,
      VocabularyDescription(
        name: "chain", tokens: tokens, merges: merges,
        configuration: VocabularyConfiguration(
          normalization: .none, splitPatterns: [#"[^ ]+|\s+"#], ignoresMerges: false,
          addedTokens: [])))
  }
}
