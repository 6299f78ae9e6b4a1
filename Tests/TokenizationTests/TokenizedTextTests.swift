import Bytes
import TestSupport
import Testing
import Tokenization

@Suite struct TokenizedTextTests {
  static let names: [ByteString] = [
    "qwen3", "cl100k", "o200k", "gpt-oss", "tekken", "deepseek-v3", "deepseek-v4",
  ]

  /// Cuts a text between characters at random.
  private static func parts(
    of text: [UInt8], using generator: inout some RandomNumberGenerator
  ) -> [[UInt8]] {
    let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
    var parts: [[UInt8]] = []
    var start = 0
    while start < scalars.count {
      let end = min(start + Int.random(in: 0...9, using: &generator), scalars.count)
      parts.append(scalars[start..<end].flatMap { Array(String(Character($0)).utf8) })
      start = end
    }
    return parts
  }

  @Test(arguments: names) func agreesWithTheTokensOfTheWhole(name: ByteString) throws {
    let encoder = try Shipped.tokenizer(name).makeEncoder()
    var generator = SeededGenerator(seed: 41)
    for _ in 0..<60 {
      var text = TokenizedText()
      let whole = RandomText.text(length: 60, using: &generator)
      for part in Self.parts(of: whole, using: &generator) {
        let before = text.tokens.ids
        let kept = try text.append(part, using: encoder)
        #expect(text.tokens.ids.starts(with: before.prefix(kept)))
        let expected = try encoder.encode(text.text, recordingEnds: true)
        #expect(text.tokens.ids == expected.ids)
        #expect(text.tokens.ends == expected.ends)
      }
      #expect(text.text == whole)
    }
  }

  @Test func keepsAllButTheLastWord() throws {
    let encoder = try Qwen3.tokenizer.get().makeEncoder()
    var text = TokenizedText()
    try text.append(Array("one two thr".utf8), using: encoder)
    #expect(try text.append(Array("ee four".utf8), using: encoder) == 2)
    #expect(try text.append([], using: encoder) == 3)
  }

  @Test func refusesBytesThatAreNotUTF8AndStaysAsItWas() throws {
    let encoder = try Qwen3.tokenizer.get().makeEncoder()
    var text = TokenizedText()
    try text.append(Array("one two".utf8), using: encoder)
    let ids = text.tokens.ids
    #expect(throws: TokenizerError.invalidUTF8(offset: 9)) {
      try text.append([0x20, 0x61, 0xFF], using: encoder)
    }
    #expect(text.text == Array("one two".utf8))
    #expect(text.tokens.ids == ids)
  }
}
