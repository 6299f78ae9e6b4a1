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
    (.addedToken, ["<|im_end|>", "<think>", "<|im_start|>user\n"]),
  ]

  private static let endings = [
    "", "\n", "\n\n", " ", "  ", "word", "it'", "it's", "12", ".", ".\n", "...\n\n", "</doc>\n",
    "<", "<|", "<|im", "a<|im_e",
    "e", "が", "か", "\u{1100}", "\t", " \n ", "\r\n", "<think>", "<|im_end|>", "<|im_end|>\n", "x'l",
    "'r", "\u{A0}\n", "👩‍",
    ".<|im", "a  <", "a \n<th", "/", "//\n",
  ]

  @Test func holdWhateverFollows() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let encoder = try tokenizer.makeEncoder()
    var generator = SeededGenerator(seed: 8)
    for round in 0..<400 {
      let start = try Normalizer.normalized(RandomText.text(length: 12, using: &generator))
      let ending = Self.endings[round % Self.endings.count]
      let left = try Normalizer.normalized(start + Array(ending.utf8))
      for (continuation, rights) in Self.continuations {
        let stable = try encoder.stableEnd(in: left, at: left.count, before: continuation)
        let alone = try encoder.encode(left, recordingEnds: true)
        let kept = alone.ids.prefix(alone.tokenCount(before: stable))
        #expect(stable == 0 || alone.ends.contains(stable))
        for right in rights {
          let joined = try encoder.encode(left + Array(right.utf8))
          #expect(
            joined.ids.starts(with: kept),
            "\(String(decoding: left, as: UTF8.self).debugDescription) + \(right.debugDescription)")
        }
      }
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
