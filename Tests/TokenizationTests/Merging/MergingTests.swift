import Bytes
import TestSupport
import Testing
import TextProcessing
import Tokenization

/// The encoder, which begins with characters and cuts pieces where no merge can join, against the plain
/// algorithm, which begins with bytes.
@Suite struct MergingTests {
  /// Encodes `text` twice, so that the second time pieces are known, and compares ids, ends and number with
  /// the plain algorithm.
  private func check(
    _ text: [UInt8], _ encoder: TextEncoder, _ vocabulary: Vocabulary, _ plain: PlainMerging,
    _ comment: String = ""
  ) throws {
    let expected = plain.encode(text, try encoder.pieces(of: text))
    for _ in 0..<2 {
      let encoded = try encoder.encode(text, addedTokens: .ignored, recordingEnds: true)
      guard encoded.ids == expected else {
        Issue.record("\(comment) \(ByteString(text)): \(encoded.ids), not \(expected)")
        return
      }
      var end = 0
      let ends = expected.map { id in
        end += vocabulary.bytes(of: id)?.count ?? 0
        return end
      }
      #expect(encoded.ends == ends)
      #expect(try encoder.count(text, addedTokens: .ignored) == expected.count)
    }
  }

  @Test(arguments: MultibyteVocabulary.Order.allCases, [false, true])
  func equalsThePlainAlgorithm(order: MultibyteVocabulary.Order, ignoresMerges: Bool) throws {
    var generator = SeededGenerator(seed: order == .shuffled ? 41 : 42)
    for round in 0..<50 {
      let toy = MultibyteVocabulary(order, ignoresMerges: ignoresMerges, using: &generator)
      let tokenizer = try ToyVocabulary.tokenizer(toy.description)
      let encoder = try tokenizer.makeEncoder()
      let plain = PlainMerging(toy.description)
      for length in [1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20, 40, 80, 200] {
        let text = toy.text(length: length, using: &generator)
        try check(text, encoder, tokenizer.vocabulary, plain, "vocabulary \(round)")
      }
    }
  }

  /// Texts of tokens side by side, of characters of many scripts, and of both.
  @Test(arguments: ["cl100k", "o200k", "tekken", "deepseek-v3", "qwen3"] as [ByteString])
  func equalsThePlainAlgorithmForShippedVocabularies(name: ByteString) throws {
    let (tokenizer, file, plain) = try ShippedFile.openBesidePlain(name)
    let encoder = try tokenizer.makeEncoder()
    var generator = SeededGenerator(seed: 43)
    for round in 0..<400 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1...16, using: &generator) {
        if round % 3 == 0 || Bool.random(using: &generator) {
          bytes += file.token(Int.random(in: 0..<file.tokenCount, using: &generator))
        }
        if round % 3 == 1 { bytes += ScriptText.word(using: &generator) }
      }
      let text = try Normalizer.normalized(
        Array(String(decoding: bytes, as: UTF8.self).utf8), tables: .unicode9)
      try check(text, encoder, tokenizer.vocabulary, plain)
    }
  }

  /// Words of ASCII characters, of which some merges are made before all others.
  @Test(arguments: ["cl100k", "o200k", "tekken", "deepseek-v3", "qwen3"] as [ByteString])
  func equalsThePlainAlgorithmForASCIIWords(name: ByteString) throws {
    let (tokenizer, _, plain) = try ShippedFile.openBesidePlain(name)
    let encoder = try tokenizer.makeEncoder()
    var generator = SeededGenerator(seed: 44)
    let letters = Array("eeeettaaooiinnsshrrdlucmfwypvbgkjqxzETAS".utf8)
    let others = Array("()[]{}<>=+-*/.,;:!?_'\"\\|&%$#@~^`".utf8)
    for round in 0..<600 {
      var text: [UInt8] = []
      for _ in 0..<8 {
        let alphabet = round % 4 == 3 ? others : letters
        let length = Int.random(in: 1...16, using: &generator)
        for _ in 0..<length { text.append(alphabet.randomElement(using: &generator) ?? 0x20) }
        text.append(0x20)
      }
      try check(text, encoder, tokenizer.vocabulary, plain)
    }
  }
}

/// A shipped vocabulary beside the compiled file that it is in.
enum ShippedFile {
  static func open(_ name: ByteString) throws -> (Tokenizer, CompiledFile) {
    let catalog = try VocabularyCatalog(
      folder: Shared.packageRoot + "/tokenizers", cacheFolder: nil)
    let entry = try #require(catalog.manifest.vocabularies.first { $0.name == name })
    let file = try #require(catalog.manifest.files.first { $0.name == entry.file })
    return (
      try Tokenizer(try catalog.open(name)), CompiledFile(try catalog.unpacked(file))
    )
  }

  static func openBesidePlain(
    _ name: ByteString
  ) throws -> (Tokenizer, CompiledFile, PlainMerging) {
    let (tokenizer, file) = try open(name)
    let ignoresMerges = tokenizer.vocabulary.configuration.ignoresMerges
    return (tokenizer, file, PlainMerging(file, ignoresMerges: ignoresMerges))
  }
}

/// Random words of many scripts.
enum ScriptText {
  /// The first and last code point of common letters and of symbols that come with them.
  private static let ranges: [ClosedRange<UInt32>] = [
    0x20...0x7E, 0xA0...0xFF, 0x100...0x17F, 0x391...0x3C9, 0x410...0x44F, 0x561...0x586,
    0x5D0...0x5EA, 0x620...0x64A, 0x904...0x939, 0x985...0x9B9, 0xA05...0xA39, 0xB85...0xBB9,
    0xC05...0xC39, 0xE01...0xE3A, 0x0E81...0x0EB0, 0xF40...0xF6C, 0x1000...0x102A, 0x10D0...0x10FA,
    0x1200...0x1248, 0x1780...0x17B3, 0x2010...0x2027, 0x2190...0x21FF, 0x2500...0x257F,
    0x3001...0x3002, 0x3041...0x3096, 0x30A1...0x30FA, 0x4E00...0x9FA5, 0x4E00...0x4E80,
    0xAC00...0xD7A3, 0xFF01...0xFF5E, 0x1F300...0x1F64F, 0x20000...0x20100, 0x1D400...0x1D454,
  ]

  /// One to eight characters of one script.
  static func word(using generator: inout some RandomNumberGenerator) -> [UInt8] {
    let range = ranges[Int.random(in: 0..<ranges.count, using: &generator)]
    return (0..<Int.random(in: 1...8, using: &generator)).flatMap { _ in
      let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator))
      return Array(String(Character(scalar ?? "?")).utf8)
    }
  }
}
