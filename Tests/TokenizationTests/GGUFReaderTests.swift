import Bytes
import TestSupport
import Testing
import Tokenization

@Suite struct GGUFReaderTests {
  private static func read(_ bytes: [UInt8]) throws -> VocabularyDescription {
    try GGUFReader(try GGUFMetadata(bytes: bytes, source: "x.gguf")).read(name: "toy")
  }

  @Test(arguments: [2, 3] as [UInt32])
  func readsTheVocabulary(version: UInt32) throws {
    var builder = GGUFBuilder.toy()
    builder.version = version
    let description = try Self.read(builder.bytes)
    #expect(description.tokens.prefix(256) == (0...255).map { ByteString([$0]) }[...])
    #expect(description.tokens.suffix(5) == ["ab", "abc", "", "", ""])
    #expect(
      description.merges == [
        .init(left: 97, right: 98, result: 256), .init(left: 256, right: 99, result: 257),
      ])
    #expect(
      description.configuration.addedTokens == [
        AddedToken(id: 258, content: "<|end|>"),
        AddedToken(id: 259, content: "<think>", isSpecial: false),
      ])
  }

  @Test func encodesWithIt() throws {
    let compiled = try VocabularyCompiler.compile(
      try Self.read(GGUFBuilder.toy().bytes), source: "x.gguf")
    let tokenizer = try Tokenizer(try Vocabulary(bytes: compiled, source: "x.gguf"))
    #expect(
      try tokenizer.encode(Array("abcab a<|end|><think>".utf8)) == [257, 256, 32, 97, 258, 259])
  }

  @Test func readsNothingBehindTheMetadata() throws {
    let bytes = GGUFBuilder.toy().bytes
    let metadata = try GGUFMetadata(bytes: bytes + [1, 2, 3], source: "x.gguf")
    #expect(metadata.byteCount == bytes.count)
    #expect(metadata.digest == Digest(of: bytes))
    #expect(try GGUFReader(metadata).chatTemplate() == "{{ messages }}")
  }

  @Test func readsByteTokensAndFilesWithoutTypes() throws {
    let types = Array(repeating: 6 as Int32, count: 1) + Array(repeating: 1, count: 255)
    let builder = GGUFBuilder.toy()
      .replacing("tokenizer.ggml.tokens") {
        $0.add(
          "tokenizer.ggml.tokens", strings: ["<0x00>"] + GGUFBuilder.byteTokens.dropFirst())
      }
      .replacing("tokenizer.ggml.merges") { $0.add("tokenizer.ggml.merges", strings: []) }
    let withTypes = builder.replacing("tokenizer.ggml.token_type") {
      $0.add("tokenizer.ggml.token_type", integers: types)
    }
    #expect(try Self.read(withTypes.bytes).tokens[0] == ByteString([0]))
    let without = builder.replacing("tokenizer.ggml.token_type") { _ in }
    #expect(try Self.read(without.bytes).tokens[0] == "<0x00>")
  }

  @Test(arguments: [
    ("qwen2", "qwen3"), ("qwen35", "qwen3.5"), ("llama-bpe", "llama3.1"), ("gpt-4o", "gpt-oss"),
    ("llama4", "llama4"), ("tekken", "tekken"), ("deepseek-v3", "deepseek-v3"),
    ("glm4", "glm-4.5"), ("chatglm-bpe", "glm-4"),
  ])
  func treatsTextAsTheVocabularyOfThatNameDoes(pre: String, name: String) throws {
    let catalog = try VocabularyCatalog(
      folder: Shared.packageRoot + "/tokenizers", cacheFolder: nil)
    let expected = try catalog.configuration(of: ByteString(name)).configuration
    let configuration = try Self.read(GGUFBuilder.toy(pre: pre).bytes).configuration
    #expect(configuration.splitPatterns == expected.splitPatterns)
    #expect(configuration.normalization == expected.normalization)
    #expect(configuration.ignoresMerges == expected.ignoresMerges)
  }

  @Test(arguments: ["bert", "t5", "rwkv", "plamo2", ""])
  func namesTheModelsThatItDoesNotRead(model: String) {
    let builder = GGUFBuilder.toy().replacing("tokenizer.ggml.model") {
      $0.add("tokenizer.ggml.model", string: model)
    }
    let error = #expect(throws: VocabularyError.self) { try Self.read(builder.bytes) }
    #expect(error?.message.hasSuffix("not supported: tokenizer.ggml.model: \(model)") == true)
  }

  @Test(arguments: ["default", "deepseek-llm", "qwen9", ""])
  func namesThePreTokenizersThatItDoesNotKnow(pre: String) {
    let error = #expect(throws: VocabularyError.self) {
      try Self.read(GGUFBuilder.toy(pre: pre).bytes)
    }
    #expect(error?.message.hasSuffix("not supported: tokenizer.ggml.pre: \(pre)") == true)
  }

  @Test(arguments: ["model", "pre", "tokens", "merges"])
  func namesTheKeyThatIsMissing(key: String) {
    let builder = GGUFBuilder.toy().replacing("tokenizer.ggml.\(key)") { _ in }
    let error = #expect(throws: VocabularyError.self) { try Self.read(builder.bytes) }
    #expect(error?.message.hasSuffix("without tokenizer.ggml.\(key)") == true)
    #expect(error?.source == "x.gguf")
  }

  @Test(arguments: [
    ("tokenizer.ggml.tokens", ["a", "b", "€"], "tokens[2]: not byte-level"),
    ("tokenizer.ggml.tokens", ["a", "b", "a"], "tokens[2]: the token a again"),
    ("tokenizer.ggml.merges", ["a b", "ab  c"], "merges[1]: not a pair"),
    ("tokenizer.ggml.merges", ["ab"], "merges[0]: not a pair"),
    ("tokenizer.ggml.merges", ["a c"], "merges[0]: not a pair"),
    ("tokenizer.ggml.merges", [" "], "merges[0]: not a pair"),
  ])
  func saysWhichEntryIsWrong(key: String, strings: [String], message: String) {
    let builder = GGUFBuilder.toy()
      .replacing(key) { $0.add(key, strings: strings) }
      .replacing("tokenizer.ggml.token_type") { _ in }
    let error = #expect(throws: VocabularyError.self) { try Self.read(builder.bytes) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    #expect(error?.message.hasPrefix("byte ") == true)
  }

  @Test(arguments: [
    ([1] as [Int32], "1 types for 261 tokens"),
    (Array(repeating: 9, count: 261), "token_type[0]: unknown type 9"),
    (Array(repeating: 6, count: 261), "tokens[0]: not a byte"),
    (Array(repeating: 1, count: 257) + [5, 5, 5, 5], "merges[1]: not a pair"),
  ])
  func refusesTypesThatDoNotFit(types: [Int32], message: String) {
    let builder = GGUFBuilder.toy().replacing("tokenizer.ggml.token_type") {
      $0.add("tokenizer.ggml.token_type", integers: types)
    }
    let error = #expect(throws: VocabularyError.self) { try Self.read(builder.bytes) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: ["<0x-0>", "<0x+1>", "<0x0>", "<0x000>", "<0xG0>", "0x00", "<0x\u{E9}>", ""])
  func refusesBytesThatAreSpelledOtherwise(token: String) {
    let builder = GGUFBuilder.toy()
      .replacing("tokenizer.ggml.tokens") { $0.add("tokenizer.ggml.tokens", strings: [token]) }
      .replacing("tokenizer.ggml.token_type") {
        $0.add("tokenizer.ggml.token_type", integers: [6])
      }
    let error = #expect(throws: VocabularyError.self) { try Self.read(builder.bytes) }
    #expect(error?.message.contains("tokens[0]: not a byte") == true)
  }

  @Test func refusesValuesOfAnotherType() {
    for key in ["model", "pre", "tokens", "token_type", "merges"] {
      let name = "tokenizer.ggml.\(key)"
      for (type, value) in [(4, [1, 0, 0, 0]), (9, [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])]
        as [(UInt32, [UInt8])]
      {
        let builder = GGUFBuilder.toy().replacing(name) { $0.add(name, type: type, value) }
        let error = #expect(throws: VocabularyError.self) { try Self.read(builder.bytes) }
        #expect(error?.message.contains("\(name): expected") == true)
      }
    }
  }
}
