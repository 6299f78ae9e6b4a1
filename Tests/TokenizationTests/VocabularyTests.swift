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
