import Bytes
import OrderedJSON
import Testing
import Tokenization

/// The pieces that the pre-tokenizers of `tokenizer.json` leave; expected values of Hugging Face
/// `tokenizers` 0.23.3.
@Suite struct PreTokenizerPieceTests {
  private static func pieces(_ text: String, steps: [String]) throws -> [String] {
    var file = ByteLevelFile()
    file.preTokenizer =
      #"{"type":"Sequence","pretokenizers":["# + steps.joined(separator: ",")
      + #",{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}"#
    let bytes = Array(text.utf8)
    return try file.tokenizer().makeEncoder().pieces(of: bytes).map {
      String(decoding: bytes[$0.start..<$0.end], as: UTF8.self)
    }
  }

  private static func split(_ pattern: String) -> String {
    let pattern = JSONWriter.write(.string(ByteString(pattern)))
    return #"{"type":"Split","pattern":{"Regex":"# + String(decoding: pattern, as: UTF8.self)
      + #"},"behavior":"Isolated","invert":false}"#
  }

  @Test(arguments: [
    (#"{"type":"Whitespace"}"#, "don't_x  é²-", ["don", "'", "t_x", "é", "²-"]),
    (
      #"{"type":"BertPreTokenizer"}"#, "a b!?\u{166D}\u{2E43}",
      ["a", "b", "!", "?", "\u{166D}", "\u{2E43}"]
    ),
    (#"{"type":"Punctuation","behavior":"Contiguous"}"#, "a!?b\u{2E43}", ["a", "!?", "b\u{2E43}"]),
    (
      #"{"type":"Digits","individual_digits":true}"#, "a12²\u{11DE0}b",
      ["a", "1", "2", "²", "\u{11DE0}", "b"]
    ),
  ])
  func splitsAsThePreTokenizersDo(step: String, text: String, expected: [String]) throws {
    #expect(try Self.pieces(text, steps: [step]) == expected)
  }

  @Test(arguments: [
    // A class in a class, as BLOOM has it.
    (#" ?[^(\s|[.,!])]+"#, "ab (c).,d|e", ["ab", " (", "c", ").,", "d", "|", "e"]),
    (#"[a[bc]]+"#, "xabcx", ["x", "abc", "x"]),
    (#"[a[^b-z]]+"#, "xa1bc", ["x", "a1", "bc"]),
    (#"[^a[^b-z]]+"#, "xa1bc", ["x", "a1", "bc"]),
    (#"[\p{L}&&[^\p{Han}]]+"#, "ab漢字cd", ["ab", "漢字", "cd"]),
    (#"[^\p{L}&&[^\p{Han}]]+"#, "ab漢字1cd", ["ab", "漢字1", "cd"]),
    (#"\p{Han}"#, "々、", ["々", "、"]),
    (#"\w+"#, "é_²-\u{1F130}", ["é_²", "-", "\u{1F130}"]),
    (#"\W"#, "a.b", ["a", ".", "b"]), (#"[\W\d]+"#, "a.1b", ["a", ".1", "b"]),
    (#"\d+|\D+"#, "a1٣²", ["a", "1٣", "²"]), (#"\h+"#, "fag 0F", ["fa", "g ", "0F"]),
    (#"[\S]+"#, "a\u{85}b", ["a", "\u{85}", "b"]),
  ])
  func readsPatternsAsTheReferenceDoes(pattern: String, text: String, expected: [String]) throws {
    #expect(try Self.pieces(text, steps: [Self.split(pattern)]) == expected)
  }

  @Test func refusesPatternsOfManyClassesInEachOther() {
    let error = #expect(throws: VocabularyError.self) {
      try Self.pieces("a", steps: [Self.split(String(repeating: "[", count: 100_000))])
    }
    #expect(error?.message.contains("more than 16 deep") == true)
  }

  @Test(arguments: [
    (#"\bx"#, #"\b"#), (#"\p{Greek}"#, #"\p{Greek}"#), (#"[\p{Nope}]"#, #"\p{Nope}"#),
    (#"\p"#, #"\p"#), (#"[[:alpha:]]"#, "[:"), ("[a", "[ without ]"), (#"\R"#, #"\R"#),
  ])
  func namesWhatMeansSomethingElseToTheEngine(pattern: String, part: String) {
    let error = #expect(throws: VocabularyError.self) {
      try Self.pieces("a", steps: [Self.split(pattern)])
    }
    #expect(error?.message == "pre_tokenizer.pretokenizers[0].pattern: not supported: \(part)")
  }
}
