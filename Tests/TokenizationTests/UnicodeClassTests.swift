import OrderedJSON
import Bytes
import TestSupport
import Testing
import Tokenization

/// The classes of split patterns are those of Unicode 16, whatever the linked PCRE2 knows.
@Suite struct UnicodeClassTests {
  /// A letter, a number, a mark, a punctuation and a symbol that Unicode 15 or 16 added.
  @Test(arguments: [
    (#"\p{L}"#, 0x31350), (#"\p{L}"#, 0x11BC0), (#"\p{N}"#, 0x11F50), (#"\p{M}"#, 0x11F00),
    (#"\p{P}"#, 0x11F43), (#"\p{S}"#, 0x1FAE9),
  ])
  func knowNewCharacters(property: String, code: UInt32) throws {
    var generator = SeededGenerator(seed: 12)
    var description = ToyVocabulary.random(using: &generator)
    description.configuration.splitPatterns = [ByteString("[\(property)]+|[^\(property)]+")]
    let encoder = try ToyVocabulary.tokenizer(description).makeEncoder()
    guard let scalar = Unicode.Scalar(code) else { return #expect(Bool(false)) }
    // The pieces show where added tokens would not: two of the class are one piece, the rest another.
    let text = Array("\(Character(scalar))\(Character(scalar)) ".utf8)
    #expect(try encoder.pieces(of: text).count == 2, "U+\(String(code, radix: 16))")
  }
}
