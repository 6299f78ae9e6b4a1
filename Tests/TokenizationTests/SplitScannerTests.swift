import Bytes
import TestSupport
import Testing
import Tokenization

/// The scanners against PCRE2 with the same patterns.
@Suite struct SplitScannerTests {
  private static let names: [ByteString] = [
    "qwen3", "qwen3.5", "cl100k", "o200k", "tekken", "deepseek-v3", "gpt2",
  ]

  /// As the file of GPT-2 spells it; no vocabulary with it ships.
  private static let gpt2: ByteString =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  /// Encoders with the split patterns of a vocabulary, over a toy vocabulary: by hand and by PCRE2.
  private func encoders(of name: ByteString) throws -> (scanner: TextEncoder, pattern: TextEncoder)
  {
    let catalog = try VocabularyCatalog(
      folder: Shared.packageRoot + "/tokenizers", cacheFolder: nil)
    var generator = SeededGenerator(seed: 13)
    var description = ToyVocabulary.random(using: &generator)
    description.configuration.splitPatterns =
      name == "gpt2" ? [Self.gpt2] : try catalog.configuration(of: name).configuration.splitPatterns
    let vocabulary = try Vocabulary(
      bytes: try VocabularyCompiler.compile(description, source: "toy"), source: "toy")
    return (
      try Tokenizer(vocabulary, usingPatterns: false).makeEncoder(),
      try Tokenizer(vocabulary, usingPatterns: true).makeEncoder()
    )
  }

  @Test(arguments: names)
  func findThePiecesOfThePattern(name: ByteString) throws {
    let (scanner, pattern) = try encoders(of: name)
    var generator = SeededGenerator(seed: 14)
    for _ in 0..<6_000 {
      let text = RandomText.text(length: 25, using: &generator)
      #expect(
        try scanner.pieces(of: text) == pattern.pieces(of: text),
        "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
  }

  /// Texts of ASCII that are long enough for 64 bytes to be looked at together.
  @Test(arguments: names)
  func findThePiecesOfLongASCIITexts(name: ByteString) throws {
    let (scanner, pattern) = try encoders(of: name)
    var generator = SeededGenerator(seed: 15)
    let alphabets = [
      "aB ", "abXY12 .,", "a1 (_'sS", "aB1 .'/\n\t\"-", "a  b\n. é", "aB'sSlLvVeEdm ", "aBcD's'ſ ",
      "{a}/\n\r;  b1", "1 23 \t(a\n", "abc   \u{A0}\u{1}\n", " \t\n", "a!7  \t\n",
    ].map {
      Array($0.unicodeScalars)
    }
    for round in 0..<6_000 {
      let alphabet = alphabets[round % alphabets.count]
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 60...220, using: &generator) {
        text += String(Character(alphabet.randomElement(using: &generator) ?? "a")).utf8
      }
      #expect(
        try scanner.pieces(of: text) == pattern.pieces(of: text),
        "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
  }

  /// Texts of ideographs and their neighbours, which 16 bytes at once are looked at for.
  @Test(arguments: names)
  func findThePiecesOfIdeographs(name: ByteString) throws {
    let (scanner, pattern) = try encoders(of: name)
    var generator = SeededGenerator(seed: 16)
    let common = Array("一丁丿不中倀龥鿿".unicodeScalars)
    let rare = Array("㐀䶿䷀䷿ꀀか。，é\u{301}😀a1 \n".unicodeScalars)
    for _ in 0..<4_000 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 1...40, using: &generator) {
        let characters = Int.random(in: 0..<8, using: &generator) > 0 ? common : rare
        text += String(Character(characters.randomElement(using: &generator) ?? "a")).utf8
      }
      #expect(
        try scanner.pieces(of: text) == pattern.pieces(of: text),
        "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
  }

  /// Every short string over characters of each class.
  @Test(arguments: names)
  func findThePiecesOfShortStrings(name: ByteString) throws {
    let (scanner, pattern) = try encoders(of: name)
    let letters = [
      "a", "A", "ǅ", "ʰ", "中", "\u{301}", "1", "½", "'", "s", "L", "ſ", "/", ".", " ", "\u{A0}",
      "\n", "\r", "\u{1}",
    ]
    for first in letters {
      for second in letters {
        for third in letters {
          for fourth in ["", "a", "A", "中", "\u{301}", "1", " ", "\n", "l", "'"] {
            let text = Array((first + second + third + fourth).utf8)
            let expected = try pattern.pieces(of: text)
            let found = try scanner.pieces(of: text)
            if found != expected { Issue.record("\(first + second + third + fourth): \(found)") }
          }
        }
      }
    }
  }

  /// Every code point of Unicode has the class that PCRE2's pattern gives it, alone and before letters.
  @Test(arguments: ["qwen3", "o200k", "deepseek-v3", "gpt2"] as [ByteString])
  func knowEveryCodePoint(name: ByteString) throws {
    let (scanner, pattern) = try encoders(of: name)
    var failures = 0
    for code in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let text = Array("\(Character(scalar))a \(Character(scalar))".utf8)
      if try scanner.pieces(of: text) != pattern.pieces(of: text) { failures += 1 }
    }
    #expect(failures == 0)
  }
}
