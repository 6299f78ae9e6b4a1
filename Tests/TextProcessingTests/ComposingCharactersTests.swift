import Bytes
import TestSupport
import TextProcessing
import Testing

/// Text that normalisation passes over without asking ICU is its own NFC form.
@Suite struct ComposingCharactersTests {
  /// What ICU makes of all of `text`: U+0374, which becomes U+02B9 and composes with nothing, sends the
  /// text behind it there.
  private func full(_ text: [UInt8], _ tables: Normalizer.Tables) throws -> [UInt8] {
    let result = try Normalizer.normalized([0xCD, 0xB4] + text, tables: tables)
    #expect(result.prefix(2) == [0xCA, 0xB9])
    return Array(result.dropFirst(2))
  }

  /// All code points but private ones and those of planes that are empty, of which there are some.
  private static let codePoints: [Unicode.Scalar] = {
    let sparse = stride(from: UInt32(0x3_2400), through: 0x10_FFFF, by: 0x3FD)
    return (Array(0...0x3_23FF) + sparse + Array(0xE_0000...0xE_01FF)).compactMap {
      Unicode.Scalar($0)
    }
  }()

  /// Behind a letter, a Hangul syllable and a jamo, and before a mark, in texts that are long enough for 64
  /// bytes to be looked at together, and in short ones.
  @Test func areFoundForEveryCodePoint() throws {
    var failures: [String] = []
    let padding = [UInt8](repeating: UInt8(ascii: "a"), count: 70)
    for scalar in Self.codePoints {
      let character = Array(String(Character(scalar)).utf8)
      for text in [
        Array("a".utf8) + character, Array("\u{AC00}\u{1100}".utf8) + character,
        character + [0xCC, 0x81], Array("ä".utf8) + character + padding,
        character + [0xCC, 0x81] + padding,
      ] where try Normalizer.normalized(text) != full(text, .current) {
        failures.append("U+\(String(scalar.value, radix: 16))")
      }
    }
    #expect(failures == [])
  }

  /// Characters that are passed over, as those of most languages are, in any place of the 64 bytes that are
  /// looked at together.
  @Test(arguments: [Normalizer.Tables.current, .unicode9])
  func areFoundInRandomText(tables: Normalizer.Tables) throws {
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<8_000 {
      let before = String(
        repeating: ["a", "é", "я", "中", "한", "😀"].randomElement(using: &generator) ?? "",
        count: Int.random(in: 0...40, using: &generator))
      let text = Array(before.utf8) + RandomText.text(length: 40, using: &generator)
      #expect(try Normalizer.normalized(text, tables: tables) == full(text, tables), "\(text)")
    }
  }
}
