import Bytes
import OrderedJSON
import TestSupport
import Testing
import Tokenization

/// Files that are cut short, hostile or damaged: an error that names the file, never a trap.
@Suite struct ReaderDamageTests {
  private static func use(_ bytes: [UInt8]) throws {
    let reader = try TokenizerJSONReader(bytes, source: "x")
    let tokenizer = try ToyVocabulary.tokenizer(try reader.read(name: "toy"))
    let ids = try tokenizer.encode(Array("the <s> \u{e9}\u{1F980} prefix".utf8))
    _ = try? tokenizer.decode(ids)
  }

  @Test func refusesATokenizerFileThatEndsAnywhere() throws {
    let bytes = try CharacterVocabulary.file("splits")
    for length in stride(from: 0, to: bytes.count - 1, by: 97) {
      #expect(throws: VocabularyError.self) { try Self.use(Array(bytes.prefix(length))) }
    }
  }

  @Test(arguments: ["llama-2", "splits", "unknown"])
  func survivesRandomChanges(variant: String) throws {
    var generator = SeededGenerator(seed: 31)
    let original = try CharacterVocabulary.file(variant)
    var used = 0
    for round in 0..<150 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...2, using: &generator) {
        // Most of the file is vocabulary and merges; half of the changes go to what is before them.
        let end = round.isMultiple(of: 2) ? min(1_500, bytes.count) : bytes.count
        let place = Int.random(in: 0..<end, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &generator)
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &generator), at: place)
        }
      }
      do {
        try Self.use(bytes)
        used += 1
      } catch is VocabularyError {} catch is TokenizerError {}
    }
    #expect(used > 0)
  }

  @Test func refusesDeepNesting() {
    let deep = String(repeating: "[", count: 100_000)
    for text in [deep, #"{"normalizer":"# + deep, #"{"model":{"vocab":"# + deep] {
      let error = #expect(throws: VocabularyError.self) {
        try TokenizerJSONReader(Array(text.utf8), source: "x")
      }
      #expect(error?.message.contains("levels deep") == true)
    }
  }

  @Test(arguments: [
    (#"{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"}"#, "split pattern"),
    (#"{"type":"Split","pattern":{"Regex":"[a"},"behavior":"Removed"}"#, "pre_tokenizer.pattern"),
    (
      #"{"type":"Split","pattern":{"Regex":"\\p{Nope}"},"behavior":"Isolated"}"#,
      "pre_tokenizer.pattern"
    ),
  ])
  func refusesPatternsThatDoNotCompile(step: String, message: String) {
    let text =
      #"{"pre_tokenizer":\#(step),"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#
    let error = #expect(throws: VocabularyError.self) { try Self.use(Array(text.utf8)) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  /// What metadata of a compiled file may say wrongly.
  @Test(arguments: [
    #""characters":{}"#, #""characters":{"fuse_unknown":true,"unknown":-1}"#,
    #""characters":{"fuse_unknown":true,"ties":[[2,1]]}"#,
    #""characters":{"fuse_unknown":true,"ties":[[1,2],[2,3]]}"#,
    #""characters":{"fuse_unknown":true,"ties":[1]}"#, #""normalizers":7"#,
    #""normalizers":[{"type":"Nope"}]"#, #""rewritings":[{"type":"Replace"}]"#,
    #""splits":[{"pattern":{"String":""},"behavior":"Isolated"}]"#,
    #""decoding":[{"type":"Strip","content":" ","start":-1,"stop":0}]"#,
  ])
  func refusesMetadataThatIsMalformed(member: String) {
    let text = """
      {"name":"x","normalization":"none","split":[],"ignore_merges":false,"added_tokens":[],\(member)}
      """
    let error = #expect(throws: VocabularyError.self) {
      try NamedConfiguration(Array(text.utf8), source: "x")
    }
    #expect(
      error?.message.contains("malformed") == true || error?.message.contains("array") == true)
  }

  @Test func refusesAByteLevelFileThatLacksAByte() {
    let text = """
      {"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},
       "model":{"type":"BPE","vocab":{"a":0},"merges":[]}}
      """
    let error = #expect(throws: VocabularyError.self) { try Self.use(Array(text.utf8)) }
    #expect(error?.message.contains("has no token of its own") == true)
  }
}
