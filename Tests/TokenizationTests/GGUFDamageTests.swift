import Bytes
import TestSupport
import Testing
import Tokenization

@Suite struct GGUFDamageTests {
  private static func read(_ bytes: [UInt8]) throws -> VocabularyDescription {
    let reader = GGUFReader(try GGUFMetadata(bytes: bytes, source: "x.gguf"))
    _ = try reader.chatTemplate()
    return try reader.read(name: "toy")
  }

  @Test func refusesAFileThatEndsAnywhere() {
    let bytes = GGUFBuilder.toy().bytes
    for length in 0..<bytes.count {
      #expect(throws: VocabularyError.self) { try Self.read(Array(bytes.prefix(length))) }
    }
  }

  @Test(arguments: [
    ("GGML", 3 as UInt32, "byte 0: not a GGUF file"), ("GGUF", 1, "GGUF version 1"),
    ("GGUF", 4, "GGUF version 4"), ("GGUF", 3 << 24, "big-endian"),
  ])
  func refusesOtherFormats(magic: String, version: UInt32, message: String) {
    var builder = GGUFBuilder.toy()
    builder.version = version
    let error = #expect(throws: VocabularyError.self) {
      try Self.read(Array(magic.utf8) + builder.bytes.dropFirst(4))
    }
    #expect(error?.message.contains(message) == true)
  }

  private static let lengths: [UInt64] = [
    1 << 32, 1 << 40, 1 << 60, 1 << 61, 1 << 62, 1 << 63, .max, .max - 7, UInt64(Int.max),
  ]

  @Test(arguments: lengths)
  func refusesHugeCountsAndLengths(length: UInt64) {
    let huge = GGUFBuilder.littleEndian(length)
    var countOfPairs = GGUFBuilder.toy().bytes
    countOfPairs.replaceSubrange(16..<24, with: huge)
    #expect(throws: VocabularyError.self) { try Self.read(countOfPairs) }
    var lengthOfKey = GGUFBuilder.toy().bytes
    lengthOfKey.replaceSubrange(24..<32, with: huge)
    #expect(throws: VocabularyError.self) { try Self.read(lengthOfKey) }
    var string = GGUFBuilder.toy()
    string.add("x", type: 8, huge)
    #expect(throws: VocabularyError.self) { try Self.read(string.bytes) }
    for element in 0...13 as ClosedRange<UInt32> {
      var array = GGUFBuilder.toy()
      array.add("x", type: 9, GGUFBuilder.littleEndian(element) + huge)
      #expect(throws: VocabularyError.self) { try Self.read(array.bytes) }
    }
  }

  @Test func readsArraysOfArraysAndNoDeeper() throws {
    func nested(_ depth: Int) -> [UInt8] {
      let one = GGUFBuilder.littleEndian(UInt64(1))
      if depth == 0 { return GGUFBuilder.littleEndian(UInt32(0)) + one + [7] }
      return GGUFBuilder.littleEndian(UInt32(9)) + one + nested(depth - 1)
    }
    var builder = GGUFBuilder.toy()
    builder.add("x", type: 9, nested(1))
    #expect(try Self.read(builder.bytes).tokens.count == 261)
    for depth in [2, 3, 10_000] {
      var deep = GGUFBuilder.toy()
      deep.add("x", type: 9, nested(depth))
      let error = #expect(throws: VocabularyError.self) { try Self.read(deep.bytes) }
      #expect(error?.message.contains("arrays in arrays") == true)
    }
  }

  @Test func refusesUnknownTypesKeysTwiceAndLongKeys() {
    var unknown = GGUFBuilder.toy()
    unknown.add("x", type: 13, [0])
    var again = GGUFBuilder.toy()
    again.add("tokenizer.ggml.pre", string: "tekken")
    var long = GGUFBuilder.toy()
    long.add(String(repeating: "x", count: 65_536), string: "")
    for (builder, message) in [
      (unknown, "unknown type 13"), (again, "tokenizer.ggml.pre again"), (long, "key of 65536"),
    ] {
      let error = #expect(throws: VocabularyError.self) { try Self.read(builder.bytes) }
      #expect(error?.message.contains(message) == true)
    }
  }

  /// Whatever a few changed bytes make of a file, it is read or refused, and what is read can be
  /// compiled and used, or refused.
  @Test func survivesRandomChanges() throws {
    var generator = SeededGenerator(seed: 3)
    let original = GGUFBuilder.toy().bytes
    // Most of the file is the bytes' tokens: half of the changes go to what is beside them.
    let quiet = 200..<3_900
    var readable = 0
    for round in 0..<4_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        var place = Int.random(in: 0..<bytes.count, using: &generator)
        if round.isMultiple(of: 2), quiet.contains(place) { place %= 200 }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 2: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        }
      }
      do {
        let description = try Self.read(bytes)
        readable += 1
        guard readable.isMultiple(of: 16) else { continue }
        let compiled = try VocabularyCompiler.compile(description, source: "x.gguf")
        let tokenizer = try Tokenizer(try Vocabulary(bytes: compiled, source: "x.gguf"))
        _ = try? tokenizer.encode(Array("abcab a<|end|>".utf8))
      } catch let error as VocabularyError {
        #expect(error.source == "x.gguf" || error.source == "toy")
      }
    }
    #expect(readable > 100 && readable < 3_900, "\(readable) were readable")
  }
}
