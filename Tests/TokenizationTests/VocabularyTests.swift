import Bytes
import TestSupport
import Testing
import Tokenization

@Suite struct VocabularyTests {
  private func file() throws -> [UInt8] {
    var generator = SeededGenerator(seed: 9)
    var description = ToyVocabulary.random(using: &generator)
    description.configuration.addedTokens = [
      AddedToken(id: 300, content: "<end>"),
      AddedToken(id: 301, content: "<left>", stripsLeft: true, stripsRight: true),
      AddedToken(id: 302, content: "word", isSpecial: false, isSingleWord: true),
    ]
    return try VocabularyCompiler.compile(description, source: "toy")
  }

  @Test func compilesToTheSameBytes() throws {
    #expect(try file() == file())
  }

  @Test func statesItsDigest() throws {
    var bytes = try file()
    #expect(try Vocabulary(bytes: bytes, source: "toy").verify())
    bytes[bytes.count - 1] ^= 1
    #expect(try !Vocabulary(bytes: bytes, source: "toy").verify())
  }

  @Test func refusesTruncatedFiles() throws {
    let bytes = try file()
    for count in [0, 1, 7, 63, 64, 100, bytes.count / 2, bytes.count - 1] {
      let error = #expect(throws: VocabularyError.self) {
        try Vocabulary(bytes: Array(bytes.prefix(count)), source: "toy")
      }
      #expect(error?.source == "toy")
    }
  }

  @Test func refusesAnotherVersionWithAdvice() throws {
    var bytes = try file()
    bytes[8] = 9
    let error = #expect(throws: VocabularyError.self) {
      try Vocabulary(bytes: bytes, source: "toy")
    }
    #expect(error?.message.contains("build it again") == true)
  }

  /// A file with any damage is refused or gives wrong tokens; it is never a trap.
  @Test func neverTrapsOnDamagedFiles() throws {
    let original = try file()
    var generator = SeededGenerator(seed: 10)
    let text = Array("abcdabcd <end> word aaaa\n".utf8)
    for _ in 0..<3_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let range = Bool.random(using: &generator) ? 0..<256 : 0..<bytes.count
        bytes[Int.random(in: range, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      guard let vocabulary = try? Vocabulary(bytes: bytes, source: "toy"),
        let tokenizer = try? Tokenizer(vocabulary)
      else { continue }
      let ids = (try? tokenizer.encode(text)) ?? []
      _ = try? tokenizer.decode(ids)
      _ = vocabulary.bytes(of: UInt32.random(in: 0...UInt32.max, using: &generator))
    }
  }

  /// The same where characters are tokens, section by section: their contents, their lengths, and
  /// sections that are empty or missing.
  @Test(arguments: MultibyteVocabulary.Order.allCases)
  func neverTrapsOnDamagedSections(order: MultibyteVocabulary.Order) throws {
    var generator = SeededGenerator(seed: 12)
    let toy = MultibyteVocabulary(order, ignoresMerges: false, using: &generator)
    let original = try VocabularyCompiler.compile(toy.description, source: "toy")
    let sections = CompiledFile(original).ranges
    let texts = [20, 400].map { toy.text(length: $0, using: &generator) }
    for round in 0..<400 {
      var bytes = original
      let index = round % sections.count
      let entry = 64 + index * 24
      let range = sections[index].range
      switch Int.random(in: 0..<6, using: &generator) {
      case 0:
        bytes[entry + 16] = [0, 1, 4, 12].randomElement(using: &generator) ?? 0
        for offset in 17..<24 { bytes[entry + offset] = 0 }
      case 1: bytes[entry] = 99
      case 2:
        let byte: UInt8 = [0, 1, 0x7F, 0xFF].randomElement(using: &generator) ?? 0
        for offset in range { bytes[offset] = byte }
      default:
        for _ in 0..<Int.random(in: 1...40, using: &generator) where !range.isEmpty {
          bytes[Int.random(in: range, using: &generator)] = UInt8.random(
            in: 0...255, using: &generator)
        }
      }
      guard let vocabulary = try? Vocabulary(bytes: bytes, source: "toy"),
        let encoder = try? Tokenizer(vocabulary).makeEncoder()
      else { continue }
      for text in texts + texts {
        let encoded = try? encoder.encode(text, recordingEnds: true)
        _ = encoded.map { encoded in try? encoder.count(text) == encoded.ids.count }
      }
    }
  }

  @Test func honoursTheFlagsOfAddedTokens() throws {
    let tokenizer = try Tokenizer(try Vocabulary(bytes: try file(), source: "toy"))
    func ids(_ text: String) throws -> [UInt32] { try tokenizer.encode(Array(text.utf8)) }
    #expect(try ids("x<end>y") == [120, 300, 121])
    #expect(try ids("x \n<left>\t y") == [120, 301, 121])
    #expect(try ids("x word y") == [120, 32, 302, 32, 121])
    #expect(try !ids("xword").contains(302))
    #expect(try !ids("words").contains(302))
    #expect(try tokenizer.encode(Array("<end>".utf8), addedTokens: .ignored).count == 5)
  }

  @Test func refusesMergesAndTokensThatDoNotFit() throws {
    var generator = SeededGenerator(seed: 11)
    var description = ToyVocabulary.random(using: &generator)
    description.merges.append(description.merges[0])
    #expect(throws: VocabularyError.self) {
      try VocabularyCompiler.compile(description, source: "toy")
    }
    description.merges.removeLast()
    description.configuration.addedTokens = [AddedToken(id: 65, content: "<x>")]
    #expect(throws: VocabularyError.self) {
      try VocabularyCompiler.compile(description, source: "toy")
    }
  }
}
