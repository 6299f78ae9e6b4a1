import Bytes
import TestSupport
import Testing
import Tokenization

/// Added tokens that merges lead to as well, and bytes that no token stands for.
@Suite struct AddedTokenMergeTests {
  private static let added =
    #"{"id":258,"content":"<u>","single_word":true,"normalized":false,"special":false}"#

  /// The merges go through `<u>` to `<u>a`, and stop at it.
  private static var file: ByteLevelFile {
    var file = ByteLevelFile()
    file.tokens = ["<u", "u>", "<u>", "<u>a"]
    file.merges = [("<", "u"), ("<u", ">"), ("<u>", "a")]
    file.addedTokens = [added]
    file.preTokenizer =
      #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}"#
    return file
  }

  @Test func anAddedTokenThatMergesNameIsMergedToo() throws {
    let tokenizer = try Self.file.tokenizer()
    #expect(try tokenizer.encode(Array("<u>".utf8)) == [258])
    #expect(try tokenizer.encode(Array("<u>".utf8), addedTokens: .ignored) == [258])
    // Between letters it is no added token, which asks for a word of its own.
    #expect(try tokenizer.encode(Array("b<u>a".utf8)) == [98, 259])
    #expect(try tokenizer.decode([258, 259]) == Array("<u><u>a".utf8))
  }

  @Test func anAddedTokenThatNoMergeNamesIsNotLookedForInPieces() throws {
    var file = Self.file
    file.merges = [("<", "u")]
    file.tokens.removeLast()
    file.model = #""ignore_merges":true,"#
    let tokenizer = try file.tokenizer()
    #expect(try tokenizer.encode(Array("<u>".utf8)) == [258])
    #expect(try tokenizer.encode(Array("<u>".utf8), addedTokens: .ignored) == [256, 62])
  }

  @Test func bytesThatNoTextHoldsNeedNoToken() throws {
    var file = ByteLevelFile()
    file.bytes.removeAll { [0xC0, 0xC1].contains($0) || $0 >= 0xF5 }
    let tokenizer = try file.tokenizer()
    #expect(try tokenizer.encode(Array("é".utf8)).count == 2)
    file.bytes.removeAll { $0 == 0xC3 }
    let error = #expect(throws: VocabularyError.self) { try file.tokenizer() }
    #expect(error?.description == "x: error: the byte 0xC3 has no token of its own")
  }

  @Test func aGGUFFileMayMergeItsUserDefinedTokens() throws {
    let builder = GGUFBuilder.toy()
      .replacing("tokenizer.ggml.merges") {
        $0.add("tokenizer.ggml.merges", strings: ["a b", "ab c", "t h"])
      }
      .replacing("tokenizer.ggml.tokens") {
        $0.add(
          "tokenizer.ggml.tokens", strings: ByteLevelFile.alphabet + ["ab", "abc", "x", "th", ""])
      }
    let description = try GGUFReader(
      try GGUFMetadata(bytes: builder.bytes, source: "x.gguf")
    ).read(name: "toy")
    #expect(description.tokens.suffix(3) == ["", "th", ""])
    let compiled = try VocabularyCompiler.compile(description, source: "x.gguf")
    let tokenizer = try Tokenizer(try Vocabulary(bytes: compiled, source: "x.gguf"))
    #expect(try tokenizer.encode(Array("th".utf8), addedTokens: .ignored) == [259])
  }
}
