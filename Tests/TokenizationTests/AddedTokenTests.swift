import Bytes
import TestSupport
import Testing
import Tokenization

/// Many added tokens, against plain searches through all of them.
@Suite struct AddedTokenTests {
  /// Texts over few bytes, so that some are the beginnings of others, and some are equal.
  private static func tokens(
    _ count: Int, using generator: inout SeededGenerator
  ) -> [AddedToken] {
    (0..<count).map { _ in
      let length = Int.random(in: 1...7, using: &generator)
      let bytes = (0..<length).map { _ in Array("<|ab>".utf8).randomElement(using: &generator) ?? 0
      }
      return AddedToken(
        id: UInt32.random(in: 300..<400, using: &generator), content: ByteString(bytes))
    }
  }

  private static func vocabulary(
    _ tokens: [AddedToken], using generator: inout SeededGenerator
  ) throws -> Vocabulary {
    var description = ToyVocabulary.random(using: &generator)
    description.configuration.addedTokens = tokens
    let file = try VocabularyCompiler.compile(description, source: "toy")
    return try Vocabulary(bytes: file, source: "toy")
  }

  @Test func findsTheLeftmostOfTheLongest() throws {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<200 {
      let tokens = Self.tokens(round % 40, using: &generator)
      let tokenizer = try Tokenizer(Self.vocabulary(tokens, using: &generator))
      let text = (0..<200).map { _ in Array("<|ab>xy".utf8).randomElement(using: &generator) ?? 0 }
      var expected: [(UInt32, Int)] = []
      var offset = 0
      while offset < text.count {
        let here = tokens.filter { text[offset...].starts(with: $0.content.bytes) }
        let best = here.min { ($1.content.count, $0.id) < ($0.content.count, $1.id) }
        if let best { expected.append((best.id, offset)) }
        offset += best?.content.count ?? 1
      }
      let found = tokenizer.addedTokens(in: text).map { ($0.token.id, $0.range.start) }
      #expect(found.elementsEqual(expected, by: ==))
    }
  }

  @Test func givesTheTextOfEachId() throws {
    var generator = SeededGenerator(seed: 6)
    for round in 0..<100 {
      var tokens = Self.tokens(round % 50, using: &generator)
      if round % 2 == 0 { tokens.sort { $0.id < $1.id } }
      let vocabulary = try Self.vocabulary(tokens, using: &generator)
      for id in UInt32(300)..<400 {
        let expected = tokens.first { $0.id == id }?.content
        #expect(vocabulary.bytes(of: id).map { ByteString($0) } == expected)
      }
      if let last = tokens.map(\.id).max() { #expect(vocabulary.tokenCount == Int(last) + 1) }
    }
  }
}
