import Bytes
import TestSupport
import Testing
import Tokenization

@Suite struct ReaderTests {
  @Test func readsRankFiles() throws {
    let tokens = try TiktokenReader.read(Array("YQ== 0\nYmM= 1\n4oKs 2\n".utf8), source: "x")
    #expect(tokens == ["a", "bc", "€"])
    let withHole = try TiktokenReader.read(Array("YQ== 0\nYmM= 2\n".utf8), source: "x")
    #expect(withHole == ["a", "", "bc"])
  }

  @Test(arguments: [
    ("YQ== 0\nYQ= 1\n", "x:2"), ("YQ== 0 1\n", "x:1"), ("YQ== 0\nYg== 0\n", "x:2"),
    ("", "x"), ("YQ== -1\n", "x:1"), ("!!== 0\n", "x:1"), ("YQ== 0\nYQ== 1\n", "x:2"),
    ("YQ== 0\nYg== 2000000\n", "x:2"), ("YQ== 9223372036854775808\n", "x:1"),
    (String(repeating: "YWFh", count: 342) + " 0\n", "x:1"), ("\u{0}", "x:1"),
  ])
  func saysWhichLineOfARankFileIsWrong(text: String, source: String) {
    let error = #expect(throws: VocabularyError.self) {
      try TiktokenReader.read(Array(text.utf8), source: "x")
    }
    #expect(error?.source == source)
  }

  @Test func derivesTheMergesThatRanksImply() {
    let tokens: [ByteString] = ["a", "b", "c", "ab", "bc", "abc", "zz"]
    let merges = VocabularyDescription.merges(ofRanked: tokens)
    #expect(
      merges == [
        .init(left: 0, right: 1, result: 3), .init(left: 1, right: 2, result: 4),
        .init(left: 3, right: 2, result: 5),
      ])
  }

  private static let tokenizer = """
    {"normalizer":{"type":"NFC"},"added_tokens":[{"id":3,"content":"<e>","special":true,"normalized":false}],
     "pre_tokenizer":{"type":"Sequence","pretokenizers":[
       {"type":"Split","pattern":{"Regex":"\\\\p{L}+"},"behavior":"Isolated","invert":false},
       {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}]},
     "model":{"type":"BPE","dropout":null,"byte_fallback":false,"vocab":{"a":0,"Ġ":1,"Ġa":2},"merges":["Ġ a"]}}
    """

  @Test func readsTokenizerFiles() throws {
    let reader = try TokenizerJSONReader(Array(Self.tokenizer.utf8), source: "x")
    let description = try reader.read(name: "toy")
    #expect(description.tokens == ["a", " ", " a"])
    #expect(description.merges == [.init(left: 1, right: 0, result: 2)])
    #expect(description.configuration.normalization == .nfc)
    #expect(description.configuration.splitPatterns == [#"\p{L}+"#])
    #expect(description.configuration.addedTokens == [AddedToken(id: 3, content: "<e>")])
  }

  @Test(arguments: [
    (#""type":"NFC""#, #""type":"StripAccents""#, "normalizer: not supported: StripAccents"),
    (#""type":"NFC""#, #""type":"Prefix","prefix":"x""#, "normalizer"),
    (#""type":"BPE""#, #""type":"Unigram""#, "model.type"),
    (#""dropout":null"#, #""dropout":0.1"#, "model.dropout"),
    (#""dropout":null"#, #""continuing_subword_prefix":"@""#, "model.continuing_subword_prefix"),
    (#""dropout":null"#, #""end_of_word_suffix":"@""#, "model.end_of_word_suffix"),
    (#""behavior":"Isolated""#, #""behavior":"Merged""#, "pretokenizers[0].behavior"),
    (#""behavior":"Isolated","#, "", "pretokenizers[0].behavior is missing"),
    (#"{"Regex":"\\p{L}+"}"#, #"{"Word":"x"}"#, "pretokenizers[0].pattern"),
    (#""type":"Split""#, #""type":"UnicodeScripts""#, "pretokenizers[0]"),
    (#""add_prefix_space":false"#, #""add_prefix_space":true"#, "pretokenizers[1].add_prefix"),
    (#""pretokenizers":["#, #""pretokenizers":[{"type":"Digits"},{"type":"Metaspace"},"#, "[1]"),
    (#"["Ġ a"]"#, #"["Ġ b"]"#, "model.merges[0]"), (#"["Ġ a"]"#, #"[["Ġ"]]"#, "model.merges[0]"),
    (#"["Ġ a"]"#, "7", "model.merges"), (#""merges""#, #""x""#, "model.merges is missing"),
    (#""a":0"#, #""a":7"#, "model.vocab"), (#""a":0"#, #""€":0"#, "model.vocab"),
    (#""a":0"#, #""Ġ":0"#, "model.vocab: the token Ġ again"),
    (#""id":3"#, #""id":-1"#, "added_tokens[0]"),
    (#""model""#, #""decoder":{"type":"CTC"},"model""#, "decoder: not supported: CTC"),
    (#""model""#, #""x""#, "model is missing"),
  ])
  func namesWhatItDoesNotDo(part: String, replacement: String, field: String) throws {
    let text = Self.tokenizer.replacing(part, with: replacement)
    let error = #expect(throws: VocabularyError.self) {
      try TokenizerJSONReader(Array(text.utf8), source: "x").read(name: "toy")
    }
    #expect(error?.message.contains(field) == true, "\(error?.message ?? "")")
  }

  @Test func derivesTheMergesOfRanksThatAreNotTheIds() {
    let merges = VocabularyDescription.merges(ofRanked: ["a", "b", "", "ab"], firstID: 1000)
    #expect(merges == [.init(left: 1000, right: 1001, result: 1003)])
  }

  @Test func readsTekkenFiles() throws {
    let text = """
      {"config":{"pattern":"x","default_vocab_size":4,"default_num_special_tokens":2},
       "vocab":[{"rank":0,"token_bytes":"YQ=="},{"rank":1,"token_bytes":"YWE="},{"rank":2,"token_bytes":"YWFh"}]}
      """
    let description = try TekkenReader.read(
      Array(text.utf8), source: "x", name: "toy", addedTokens: [AddedToken(id: 1, content: "<s>")])
    #expect(description.tokens == ["", "", "a", "aa"])
    #expect(description.merges == [.init(left: 2, right: 2, result: 3)])
    #expect(description.configuration.addedTokens.map(\.content) == ["<s>"])
  }

  @Test(arguments: [
    "{}",
    #"{"config":{"pattern":"x","default_vocab_size":9223372036854775807,"default_num_special_tokens":-1},"vocab":[]}"#,
    #"{"config":{"pattern":"x","default_vocab_size":4,"default_num_special_tokens":2},"vocab":[{"rank":1,"token_bytes":"YQ=="}]}"#,
    #"{"config":{"pattern":"x","default_vocab_size":4,"default_num_special_tokens":2},"vocab":[{"rank":0,"token_bytes":"!"}]}"#,
    #"{"config":{"pattern":"x","default_vocab_size":4,"default_num_special_tokens":2},"vocab":[{"rank":0,"token_bytes":""}]}"#,
    #"{"config":{"pattern":"x","default_vocab_size":4,"default_num_special_tokens":2},"vocab":[{"rank":0,"token_bytes":"YQ=="},{"rank":1,"token_bytes":"YQ=="}]}"#,
    #"{"config":{"pattern":"x","default_vocab_size":2000001,"default_num_special_tokens":2000000},"vocab":[{"rank":0,"token_bytes":"YQ=="}]}"#,
  ])
  func refusesDamagedTekkenFiles(text: String) {
    #expect(throws: VocabularyError.self) {
      try TekkenReader.read(Array(text.utf8), source: "x", name: "toy", addedTokens: [])
    }
  }
}
