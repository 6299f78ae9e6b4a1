import Bytes
import TestSupport
import Testing
import Tokenization

/// Model folders with a tiktoken rank file.
@Suite struct RankFolderTests {
  /// The bytes, `ab`, `漢字` and `字`, in the order of their ranks.
  private static let ranks: [UInt8] = {
    let tokens =
      (UInt8.min...UInt8.max).map { [$0] } + ["ab", "漢", "字", "漢字"].map { Array($0.utf8) }
    return tokens.enumerated().flatMap { rank, token in
      Array((base64(token) + " \(rank)\n").utf8)
    }
  }()

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for index in 0...group.count { text.append(digits[bits >> (18 - 6 * index) & 63]) }
      text += String(repeating: "=", count: 3 - group.count)
    }
    return text
  }

  private static let kimi = """
    {"tokenizer_class":"TikTokenTokenizer",
     "auto_map":{"AutoTokenizer":["tokenization_kimi.TikTokenTokenizer",null]},
     "added_tokens_decoder":{"260":{"content":"[BOS]","special":true},
       "262":{"content":"<|im_end|>","special":true}}}
    """

  private static func open(
    _ file: String, _ bytes: [UInt8], configuration: String?, manifest: VocabularyManifest? = nil
  ) throws -> Tokenizer {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(bytes, to: "\(folder)/\(file)")
      if let configuration {
        try Files.writeAtomically(
          Array(configuration.utf8), to: folder + "/tokenizer_config.json")
      }
      let source = try #require(try ModelSource.named(ByteString(folder)))
      return try Tokenizer(
        try ModelVocabulary(cacheFolder: nil, manifest: manifest).open(source))
    }
  }

  private static func message(
    _ file: String, _ bytes: [UInt8], configuration: String?, manifest: VocabularyManifest? = nil
  ) -> String? {
    #expect(throws: VocabularyError.self) {
      try open(file, bytes, configuration: configuration, manifest: manifest)
    }?.message
  }

  @Test(arguments: ["tiktoken.model", "tokenizer.model"])
  func readsThatOfKimi(file: String) throws {
    let tokenizer = try Self.open(file, Self.ranks, configuration: Self.kimi)
    #expect(try tokenizer.encode(Array("ab漢字a漢".utf8)) == [256, 259, 97, 257])
    #expect(
      try tokenizer.encode(Array("[BOS]<|im_end|><|reserved_token_261|>".utf8)) == [260, 262, 261])
    #expect(tokenizer.vocabulary.configuration.addedTokens.count == 256)
  }

  @Test func refusesAddedTokensWithIDsOfRanks() {
    let message = Self.message(
      "tiktoken.model", Self.ranks,
      configuration: Self.kimi.split(separator: "260").joined(separator: "256"))
    #expect(
      message
        == "added_tokens_decoder.256: the token [BOS] has the id of a token of the rank file")
  }

  @Test func saysThatTheSplitPatternIsNotKnown() {
    let start = "a rank file does not say how text is split, and "
    #expect(
      Self.message("tiktoken.model", Self.ranks, configuration: nil)
        == start + "tokenizer_config.json names no tokenizer")
    #expect(
      Self.message(
        "qwen.tiktoken", Self.ranks, configuration: #"{"tokenizer_class":"QWenTokenizer"}"#)
        == start + "what QWenTokenizer does is not known")
    #expect(
      Self.message("tiktoken.model", Array("IQ== 0\n!\n".utf8), configuration: Self.kimi)
        == "expected a base-64 token and its rank")
  }

  @Test func saysWhichModelAKnownFileBelongsTo() throws {
    let manifest = """
      {"files":[{"name":"f","digest":"","size":1,"shipped":false,"format":"tiktoken","licence":"MIT",
       "sources":[{"package":"p","version":"1","file":"f","sha256":"\(Digest(of: Self.ranks).hexadecimal)"}]}],
       "vocabularies":[{"name":"one","file":"f"},{"name":"two","file":"f"},{"name":"three","file":"g"}],
       "aliases":[]}
      """
    #expect(
      Self.message(
        "tokenizer.model", Self.ranks, configuration: nil,
        manifest: try VocabularyManifest(Array(manifest.utf8), source: "x"))
        == "a rank file does not say how text is split; this one is that of one, two: "
        + "give --model one")
  }
}
