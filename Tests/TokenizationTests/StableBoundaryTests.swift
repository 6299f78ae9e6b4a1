import Bytes
import TestSupport
import Testing
import TextProcessing
import Tokenization

/// A boundary that is called stable must be: tokens(L + R) begins with the tokens of L up to it, for
/// every R that may follow.
@Suite struct StableBoundaryTests {
  private static let continuations: [(Continuation, [String])] = [
    (
      .anything,
      [
        "a", " a", "  ", "\n", "\n\n", " \n", "1", "'s", "s", "ll", ".", "/", "\u{301}", "é", "日",
        "\u{3099}",
        "im_end|>", "|im_end|>", "end|>", "|>", ">", "<|im_end|>", "<", "k>", "\t", "\r\n",
        "\u{A0}", "\u{2028}", "ſ",
        "-", "_", "𝟙", "\u{1161}", "\u{11A8}", "\u{200B}", "\u{94D}",
      ]
    ),
    (
      .lineStart,
      ["<doc", "[Most", "a", "1", "é", "日", "'s", "<|im_end|>", ".", "\"", "ſ", "𝟙", "\u{200B}"]
    ),
  ]

  private static let endings = [
    "", "\n", "\n\n", " ", "  ", "word", "it'", "it's", "12", ".", ".\n", "...\n\n", "</doc>\n",
    "<", "<|", "<|im", "a<|im_e",
    "e", "が", "か", "\u{1100}", "\t", " \n ", "\r\n", "<think>", "<|im_end|>", "<|im_end|>\n", "x'l",
    "'r", "\u{A0}\n", "👩‍",
    ".<|im", "a  <", "a \n<th", "/", "//\n",
  ]

  private static let names: [ByteString] = [
    "qwen3", "cl100k", "o200k", "gpt-oss", "tekken", "deepseek-v3", "deepseek-v4",
  ]

  /// What is kept of the tokens of `left`, with the tokens of the rest before `right`, must be the
  /// tokens of the whole.
  private func expectStable(
    _ encoder: TextEncoder, _ left: [UInt8], _ rights: [[UInt8]], before continuation: Continuation
  ) throws {
    let stable = try encoder.stableEnd(in: left, at: left.count, before: continuation)
    let alone = try encoder.encode(left, recordingEnds: true)
    let kept = alone.ids.prefix(alone.tokenCount(before: stable))
    #expect(stable == 0 || alone.ends.contains(stable))
    for right in rights {
      let whole = try encoder.encode(left + right).ids
      let rest = try encoder.encode(Array(left[stable...]) + right).ids
      if whole != kept + rest {
        let text = String(decoding: left, as: UTF8.self).debugDescription
        let next = String(decoding: right, as: UTF8.self).debugDescription
        Issue.record("\(text) + \(next), \(continuation): not stable at \(stable)")
      }
    }
  }

  @Test(arguments: names) func holdWhateverFollows(name: ByteString) throws {
    let tokenizer = try Shipped.tokenizer(name)
    let encoder = try tokenizer.makeEncoder()
    let added = tokenizer.vocabulary.configuration.addedTokens.prefix(4).map(\.content.bytes)
    var generator = SeededGenerator(seed: 8)
    for round in 0..<40 {
      let start = RandomText.text(length: 12, using: &generator)
      let ending = Self.endings[round % Self.endings.count]
      let left = start + Array(ending.utf8)
      for (continuation, rights) in Self.continuations {
        try expectStable(encoder, left, rights.map { Array($0.utf8) }, before: continuation)
      }
      try expectStable(encoder, left, added, before: .addedToken)
    }
  }

  /// Texts of tokens drawn at random, cut in two anywhere.
  @Test(arguments: names) func holdBetweenTokensAtRandom(name: ByteString) throws {
    let tokenizer = try Shipped.tokenizer(name)
    let encoder = try tokenizer.makeEncoder()
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<300 {
      let halves = try (0..<2).map { _ in
        let ids = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
          UInt32.random(in: 0..<UInt32(tokenizer.vocabulary.tokenCount), using: &generator)
        }
        let known = ids.filter { tokenizer.vocabulary.bytes(of: $0)?.isEmpty == false }
        return Array(String(decoding: try tokenizer.decode(known), as: UTF8.self).utf8)
      }
      try expectStable(encoder, halves[0], [halves[1]], before: .anything)
      if let first = String(decoding: halves[1], as: UTF8.self).unicodeScalars.first {
        try expectStable(encoder, halves[0], [halves[1]], before: .character(first))
      }
    }
  }

  /// Added tokens with each flag, some of which begin, end or hold others.
  private static let flagged: [[AddedToken]] = [
    [
      AddedToken(id: 0, content: "<a>"), AddedToken(id: 0, content: "<a>b"),
      AddedToken(id: 0, content: "x<a>c"), AddedToken(id: 0, content: "  "),
    ],
    [
      AddedToken(id: 0, content: "<a>", stripsLeft: true),
      AddedToken(id: 0, content: "b", stripsRight: true),
      AddedToken(id: 0, content: "\n<", stripsLeft: true, stripsRight: true),
    ],
    [AddedToken(id: 0, content: "<a>", isSingleWord: true)],
    [
      AddedToken(id: 0, content: "<a>", isNormalized: true), AddedToken(id: 0, content: ">b"),
      AddedToken(id: 0, content: "e", isNormalized: true),
    ],
    [AddedToken(id: 0, content: "e\u{301}", isNormalized: true)],
  ]

  @Test(arguments: [ByteString("qwen3"), "o200k", "deepseek-v3"], flagged.indices)
  func holdBesideAddedTokensOfEveryKind(name: ByteString, index: Int) throws {
    let letters = [
      "<a>", "<", "a>", "b", "x", " ", "\n", "e", "\u{301}", "é", ".", "1", "\u{338}", "\u{323}",
    ]
    var generator = SeededGenerator(seed: 10)
    func text(_ length: Int) -> [UInt8] {
      (0..<length).flatMap { _ in Array((letters.randomElement(using: &generator) ?? "").utf8) }
    }
    for normalization in [VocabularyConfiguration.Normalization.none, .nfc] {
      let encoder = try SplitEncoders.encoder(
        name, normalization: normalization, addedTokens: Self.flagged[index])
      for _ in 0..<300 {
        let left = text(Int.random(in: 1...7, using: &generator))
        let right = text(Int.random(in: 0...4, using: &generator))
        try expectStable(encoder, left, [right], before: .anything)
        if TextBoundary.canFollowLineBreak(ByteString(right)) {
          try expectStable(encoder, left, [right], before: .lineStart)
        }
        if let first = String(decoding: right, as: UTF8.self).unicodeScalars.first {
          try expectStable(encoder, left, [right], before: .character(first))
        }
        for token in Self.flagged[index] {
          try expectStable(encoder, left, [token.content.bytes + right], before: .addedToken)
        }
      }
    }
  }

  /// No number composes with anything, and of ASCII only letters and `<`, `=`, `>` do: what the rule
  /// for vocabularies that normalise rests on.
  @Test func knowsWhatComposesWithNothing() throws {
    let scalars = (UInt32(0)...0x1FFFF).compactMap(Unicode.Scalar.init)
    let inert = scalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .decimalNumber, .letterNumber, .otherNumber: true
      default:
        scalar.isASCII && !scalar.properties.isAlphabetic && !"<=>".unicodeScalars.contains(scalar)
      }
    }
    let text = inert.map { Array(String(Character($0)).utf8) }
    for second in scalars where !Normalizer.hasBoundary(before: second) {
      let mark = try Normalizer.normalized(Array(String(Character(second)).utf8))
      let joined = Array(text.map { $0 + mark }.joined())
      if try Normalizer.normalized(joined) != joined { Issue.record("\(second) composes") }
    }
  }

  /// The rule is worth something: behind a frame, all of it is kept.
  @Test func keepAllOfAFrame() throws {
    let encoder = try Qwen3.tokenizer.get().makeEncoder()
    for text in ["<doc id=\"a\">\nSome text.\n</doc>\n", "[Most important first: a]\n", "x\n\n\n"] {
      let bytes = Array(text.utf8)
      #expect(try encoder.stableEnd(in: bytes, at: bytes.count, before: .lineStart) == bytes.count)
    }
  }

  @Test func keepTheWordsBeforeTheLast() throws {
    let encoder = try Qwen3.tokenizer.get().makeEncoder()
    let bytes = Array("one two three".utf8)
    #expect(try encoder.stableEnd(in: bytes, at: bytes.count, before: .anything) == 7)
    #expect(try encoder.stableEnd(in: bytes, at: bytes.count, before: .character(" ")) == 13)
    let open = Array("one two <|im".utf8)
    #expect(try encoder.stableEnd(in: open, at: open.count, before: .anything) == 7)
  }

  @Test(arguments: [
    ("text", true), ("<doc", true), ("é", true), ("日", true), (" text", false), ("\n", false),
    ("/path", false), ("\u{301}", false), ("\u{3000}x", false), ("", false),
  ])
  func knowsWhatCanFollowALineBreak(text: String, expected: Bool) {
    #expect(TextBoundary.canFollowLineBreak(ByteString(text)) == expected)
  }
}
