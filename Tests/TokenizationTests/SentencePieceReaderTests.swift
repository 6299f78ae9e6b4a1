import Bytes
import TestSupport
import Testing
import Tokenization

/// SentencePiece's own `tokenizer.model`.
@Suite struct SentencePieceReaderTests {
  private static func file() throws -> [UInt8] {
    try Files.read(CharacterVocabulary.folder + "/tokenizer.model")
  }

  private static func read(_ bytes: [UInt8]) throws -> VocabularyDescription {
    try SentencePieceReader.read(bytes, source: "x.model", name: "toy")
  }

  @Test func readsWhatTheGGUFFileOfTheModelHolds() throws {
    let description = try Self.read(try Self.file())
    let gguf = try Files.read(CharacterVocabulary.folder + "/model.gguf")
    let other = try GGUFReader(try GGUFMetadata(bytes: gguf, source: "x.gguf")).read(name: "toy")
    #expect(description.tokens == other.tokens)
    #expect(description.merges == other.merges)
    #expect(description.mergeRanks == other.mergeRanks)
    #expect(description.byteTokens == other.byteTokens)
    #expect(description.configuration == other.configuration)
  }

  /// The settings of the trainer and the normaliser stand behind the pieces.
  private static func changed(_ field: [UInt8], _ content: [UInt8]) throws -> [UInt8] {
    try file() + field + [UInt8(content.count)] + content
  }

  @Test(
    arguments: [
      ([0x12], [0x18, 1], "model_type: 1"), ([0x12], [0xC0, 1, 1], "treat_whitespace_as_suffix"),
      ([0x1A], [0x12, 1, 0x78], "precompiled_charsmap"),
      ([0x1A], [0x20, 1], "remove_extra_whitespaces"), ([0x1A], [0x28, 0], "escape_whitespaces"),
      ([0x0A], [0x0A, 1, 0x78, 0x18, 5], "x is unused"),
      ([0x0A], [0x0A, 1, 0x78, 0x18, 9], "unknown type 9"), ([0x0A], [0x0A, 1, 0xFF], "no text"),
      ([0x0A], [0x0A, 2, 0x78], "a field of 2 bytes"), ([0x0A], [0x15, 0], "ends in the middle"),
      ([0x0A], [0x0B], "unknown wire type 3"), ([0x0A], [0x0A, 1, 0x78, 0x18, 6], "not a byte: x"),
      ([0x0A], [0x0A, 1, 0x61], "the token a again"),
      ([0x0A], [0x18] + Array(repeating: 0xFF, count: 11), "more than 64 bits"),
    ] as [([UInt8], [UInt8], String)])
  func namesWhatIsWrongOrNotSupported(field: [UInt8], content: [UInt8], message: String) throws {
    let bytes = try Self.changed(field, content)
    let error = #expect(throws: VocabularyError.self) { try Self.read(bytes) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    #expect(error?.source == "x.model")
  }

  @Test func refusesOtherFilesAndHugeLengths() {
    let huge: [UInt8] = [0x0A] + Array(repeating: 0xFF, count: 9) + [1]
    for bytes in [[], Array("YQ== 0\n".utf8), huge, [0x0A], [0x0A, 0x80]] {
      #expect(throws: VocabularyError.self) { try Self.read(bytes) }
    }
  }

  @Test func survivesCutsAndRandomChanges() throws {
    var generator = SeededGenerator(seed: 41)
    let original = try Self.file()
    for length in stride(from: 0, to: original.count, by: 61) {
      _ = try? Self.read(Array(original.prefix(length)))
    }
    for _ in 0..<150 {
      var bytes = original
      for _ in 0..<3 {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
      do {
        let tokenizer = try ToyVocabulary.tokenizer(try Self.read(bytes))
        _ = try tokenizer.encode(Array("the <s> prefix é".utf8))
      } catch is VocabularyError {}
    }
  }
}
