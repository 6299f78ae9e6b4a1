import Bytes
import Dispatch
import TestSupport
import Testing
import Tokenization

@Suite struct ModelVocabularyTests {
  /// The toy vocabulary of `GGUFBuilder` as `tokenizer.json`.
  private static let tokenizerJSON: [UInt8] = {
    let vocabulary = (GGUFBuilder.byteTokens + ["ab", "abc"]).enumerated().map { id, token in
      #""\#(token == "\"" || token == "\\" ? "\\" + token : token)":\#(id)"#
    }
    let text = #"""
      {"normalizer":{"type":"NFC"},
       "added_tokens":[{"id":258,"content":"<|end|>","special":true,"normalized":false}],
       "pre_tokenizer":{"type":"Sequence","pretokenizers":[
         {"type":"Split","pattern":{"Regex":"\\p{L}+"},"behavior":"Isolated","invert":false},
         {"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]},
       "model":{"type":"BPE","vocab":{\#(vocabulary.joined(separator: ","))},
         "merges":["a b",["ab","c"]]}}
      """#
    return Array(text.utf8)
  }()

  /// Makes `model/tokenizer.json`, `model.gguf` and a Hugging Face cache with `org/toy`.
  private static func withModels(_ body: (String) throws -> Void) throws {
    try Command.withTemporaryFolder { folder in
      let repository = folder + "/hub/models--org--toy"
      let snapshot = repository + "/snapshots/0a1b2c"
      for path in [folder + "/model", snapshot, repository + "/refs"] {
        try Files.makeFolder(path)
      }
      for path in [folder + "/model", snapshot] {
        try Files.writeAtomically(tokenizerJSON, to: path + "/tokenizer.json")
      }
      try Files.writeAtomically(Array("0a1b2c".utf8), to: repository + "/refs/main")
      try Files.writeAtomically(
        GGUFBuilder.toy().bytes + [1, 2, 3], to: folder + "/model.gguf")
      try body(folder)
    }
  }

  private static func source(_ name: String, _ folder: String) throws -> ModelSource? {
    try ModelSource.named(ByteString(name), cache: HuggingFaceCache(folder: folder + "/hub"))
  }

  private static func ids(_ source: ModelSource?, cache: String?) throws -> [UInt32] {
    let vocabulary = try ModelVocabulary(cacheFolder: cache).open(try #require(source))
    return try Tokenizer(vocabulary).encode(Array("abcab<|end|>".utf8))
  }

  @Test func opensFoldersFilesAndTheCacheOfHuggingFace() throws {
    try Self.withModels { folder in
      for name in [folder + "/model", folder + "/model/", folder + "/model.gguf", "org/toy"] {
        for cache in [nil, folder + "/cache", "/dev/null/x"] {
          let source = try Self.source(name, folder)
          #expect(try Self.ids(source, cache: cache) == [257, 256, 258])
          #expect(try Self.ids(source, cache: cache) == [257, 256, 258])
        }
      }
    }
  }

  @Test func namesAVocabularyForItsContent() throws {
    try Self.withModels { folder in
      let models = ModelVocabulary(cacheFolder: folder + "/cache")
      let here = try models.open(try #require(try Self.source(folder + "/model", folder)))
      let there = try models.open(try #require(try Self.source("org/toy", folder)))
      #expect(here.name == there.name)
      #expect(here.digest == there.digest)
      let gguf = try models.open(try #require(try Self.source(folder + "/model.gguf", folder)))
      let digest = Digest(of: GGUFBuilder.toy().bytes).hexadecimal
      #expect(gguf.name == ByteString("gguf-\(digest.prefix(16))"))
      #expect(Files.exists("\(folder)/cache/gguf-\(digest)-5.vocab"))
    }
  }

  @Test func makesDamagedFilesOfTheCacheAnew() throws {
    try Self.withModels { folder in
      let source = try Self.source(folder + "/model.gguf", folder)
      let expected = try Self.ids(source, cache: folder + "/cache")
      let digest = Digest(of: GGUFBuilder.toy().bytes).hexadecimal
      let path = "\(folder)/cache/gguf-\(digest)-5.vocab"
      let whole = try Files.read(path)
      var flipped = whole
      flipped[whole.count / 2] ^= 1
      var headerDigest = whole
      headerDigest[40] ^= 1
      let other = try VocabularyCompiler.compile(
        VocabularyDescription(
          name: "other", tokens: (0...255).map { ByteString([$0]) }, merges: [],
          configuration: VocabularyConfiguration(
            normalization: .none, splitPatterns: [], ignoresMerges: false, addedTokens: [])),
        source: "other")
      for damaged in [[], Array(whole.prefix(100)), whole + [0], flipped, headerDigest, other] {
        try Files.writeAtomically(damaged, to: path)
        #expect(try Self.ids(source, cache: folder + "/cache") == expected)
        #expect(try Files.read(path) == whole)
      }
    }
  }

  @Test(arguments: [
    (#"{"5":{"content":"yy"},"258":{"content":"<|end|>"}}"#, "the id of the token"),
    (#"{"258":{"content":"<|stop|>"}}"#, "the id of the token <|end|>"),
    (#"{"259":{"content":"ab"}}"#, "has the id 256 in model.vocab"),
    (#"{"x":{"content":"y"}}"#, "added_tokens_decoder.x: needs an id"),
    (#"{"259":{}}"#, "added_tokens_decoder.259: needs an id"),
    (#"{"-1":{"content":"y"}}"#, "added_tokens_decoder.-1: needs an id"),
    (#"{"259":7"#, "byte "),
  ])
  func refusesAddedTokensThatContradictTheFile(tokens: String, message: String) throws {
    try Self.withModels { folder in
      try Files.writeAtomically(
        Array(#"{"added_tokens_decoder":\#(tokens)}"#.utf8),
        to: folder + "/model/tokenizer_config.json")
      let error = #expect(throws: VocabularyError.self) {
        try Self.ids(try Self.source(folder + "/model", folder), cache: nil)
      }
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
      #expect(error?.source == folder + "/model/tokenizer_config.json")
    }
  }

  @Test func takesTheAddedTokensOfTheConfiguration() throws {
    try Self.withModels { folder in
      let source = try #require(try Self.source(folder + "/model", folder))
      let models = ModelVocabulary(cacheFolder: folder + "/cache")
      let before = try models.open(source)
      let path = folder + "/model/tokenizer_config.json"
      // A token that tokenizer.json has keeps the flags that it has there.
      let known = #""258":{"content":"<|end|>","rstrip":true,"special":true}"#
      try Files.writeAtomically(Array("{\"added_tokens_decoder\":{\(known)}}".utf8), to: path)
      #expect(try models.open(source).configuration == before.configuration)
      let new = #""259":{"content":"<x>","lstrip":true,"special":false}"#
      try Files.writeAtomically(
        Array("{\"added_tokens_decoder\":{\(known),\(new)}}".utf8), to: path)
      let after = try models.open(source)
      #expect(after.digest != before.digest)
      #expect(
        after.configuration.addedTokens == before.configuration.addedTokens + [
          AddedToken(id: 259, content: "<x>", isSpecial: false, stripsLeft: true)
        ])
      #expect(try Tokenizer(after).encode(Array("ab <x>".utf8)) == [256, 259])
    }
  }

  /// Makes `other` with `files`, and returns the ids of a text.
  private static func ids(_ files: [String: [UInt8]], _ text: String) throws -> [UInt32] {
    var ids: [UInt32] = []
    try Command.withTemporaryFolder { folder in
      for (name, bytes) in files { try Files.writeAtomically(bytes, to: "\(folder)/\(name)") }
      let vocabulary = try ModelVocabulary(cacheFolder: nil)
        .open(try #require(try source(folder, folder)))
      ids = try Tokenizer(vocabulary).encode(Array(text.utf8))
    }
    return ids
  }

  private static let vocabularyJSON: [UInt8] = {
    let tokens = GGUFBuilder.byteTokens + ["ab", "1a", "<|endoftext|>"]
    let members = tokens.enumerated().map { id, token in
      #""\#(token == "\"" || token == "\\" ? "\\" + token : token)":\#(id)"#
    }
    return Array("{\(members.joined(separator: ","))}".utf8)
  }()

  @Test func readsTheFilesOfGPT2() throws {
    var files = [
      "vocab.json": Self.vocabularyJSON,
      "merges.txt": Array("#version: 0.2\na b\n1 a\r\n".utf8),
    ]
    #expect(try Self.ids(files, "ab1a<|endoftext|>") == [256, 49, 97, 258])
    files["tokenizer_config.json"] = Array(
      #"{"tokenizer_class":"Qwen2Tokenizer","added_tokens_decoder":{"259":{"content":"<x>"}}}"#.utf8
    )
    #expect(try Self.ids(files, "ab1a<x>e\u{301}") == [256, 49, 97, 259, 195, 169])
    files["tokenizer_config.json"] = Array(#"{"tokenizer_class":"CLIPTokenizer"}"#.utf8)
    let error = #expect(throws: VocabularyError.self) { try Self.ids(files, "") }
    #expect(error?.message.contains("CLIPTokenizer") == true)
    files["tokenizer_config.json"] = nil
    files["merges.txt"] = Array("#version: 0.2\na b\nab\n".utf8)
    let line = #expect(throws: VocabularyError.self) { try Self.ids(files, "") }
    #expect(line?.source.hasSuffix("/merges.txt:3") == true)
  }

  @Test func readsFoldersWithTekken() throws {
    let bytes = (0...255).map { byte in
      let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
      return
        #"{"rank":\#(byte),"token_bytes":"\#(digits[byte >> 2])\#(digits[(byte & 3) << 4])=="}"#
    }
    let text = """
      {"config":{"pattern":".","default_vocab_size":258,"default_num_special_tokens":2},
       "special_tokens":[{"rank":1,"token_str":"<s>"}],"vocab":[\(bytes.joined(separator: ","))]}
      """
    #expect(try Self.ids(["tekken.json": Array(text.utf8)], "<s>a") == [1, 99])
  }

  @Test(arguments: [
    ("merges.txt", "vocab.json is missing"), ("vocab.json", "merges.txt is missing"),
    ("x", "holds no tokenizer.json"),
  ])
  func saysWhatAFolderLacks(file: String, message: String) {
    let error = #expect(throws: VocabularyError.self) { try Self.ids([file: [0x20]], "") }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test func compilesAChangedFileAgain() throws {
    try Self.withModels { folder in
      let source = try #require(try Self.source(folder + "/model", folder))
      let models = ModelVocabulary(cacheFolder: folder + "/cache")
      let before = try models.open(source).digest
      let text = String(decoding: Self.tokenizerJSON, as: UTF8.self)
        .replacing("<|end|>", with: "<|stop|>")
      try Files.writeAtomically(Array(text.utf8), to: source.path)
      #expect(try models.open(source).digest != before)
    }
  }

  @Test func opensTheSameFileManyTimesAtOnce() throws {
    try Self.withModels { folder in
      let source = try Self.source(folder + "/model.gguf", folder)
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        let ids = try? Self.ids(source, cache: folder + "/cache")
        #expect(ids == [257, 256, 258])
      }
    }
  }

  @Test func aNameThatIsNoPathLeadsNowhere() throws {
    try Self.withModels { folder in
      for name in ["qwen9", "", "a\u{0}/b"] {
        let source = try Self.source(name, folder)
        #expect(source == nil)
      }
    }
  }

  @Test(arguments: [
    ("org/other", "hf download org/other"), ("/no/such", "no such folder"),
    ("../x/y", "no such folder"), ("org/.hidden", "no such folder"),
    ("FOLDER/hub", "holds no tokenizer.json"),
    ("FOLDER/model/tokenizer.json", "not a folder"),
  ])
  func saysWhereItLooked(name: String, message: String) throws {
    try Self.withModels { folder in
      let name = name.replacing("FOLDER", with: folder)
      let error = #expect(throws: VocabularyError.self) { try Self.source(name, folder) }
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
  }

  @Test(arguments: ["", "../../../etc", "a b", "..", "a\nb"])
  func refusesARevisionThatLeadsElsewhere(revision: String) throws {
    try Self.withModels { folder in
      try Files.writeAtomically(
        Array(revision.utf8), to: folder + "/hub/models--org--toy/refs/main")
      #expect(throws: VocabularyError.self) { try Self.source("org/toy", folder) }
    }
  }

  @Test func namesTheFileThatCannotBeRead() throws {
    try Self.withModels { folder in
      let source = try #require(try Self.source(folder + "/missing.gguf", folder))
      let error = #expect(throws: VocabularyError.self) { try Self.ids(source, cache: nil) }
      #expect(error?.source == folder + "/missing.gguf")
    }
  }
}
