import Bytes
import TestSupport
import Testing

@Suite struct UTF8ValidationTests {
  @Test(
    arguments: [
      ([0x61, 0xFF], 1), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x9F, 0xBF], 0),
      ([0xED, 0xA0, 0x80], 0), ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xF4, 0x90, 0x80, 0x80], 0),
      ([0xF5, 0x80, 0x80, 0x80], 0), ([0x61, 0x62, 0xE2, 0x82], 2), ([0xC3], 0), ([0x80], 0),
      ([0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0xE2, 0x28, 0xA1], 9),
    ] as [([UInt8], Int)])
  func namesTheFirstIllFormedSequence(bytes: [UInt8], offset: Int) {
    #expect(UTF8Validation.firstInvalidOffset(in: bytes) == offset)
  }

  @Test func acceptsEveryScalar() {
    for code in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let bytes = Array(String(Character(scalar)).utf8)
      #expect(UTF8Validation.firstInvalidOffset(in: bytes) == nil, "U+\(String(code, radix: 16))")
    }
  }

  @Test func agreesWithTheStandardLibraryOnRandomBytes() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      var bytes = RandomText.text(length: 12, using: &generator)
      if !bytes.isEmpty, Bool.random(using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[index] = UInt8.random(in: 0...255, using: &generator)
      }
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect((UTF8Validation.firstInvalidOffset(in: bytes) == nil) == isValid, "\(bytes)")
    }
  }

  /// Texts that are long enough for 64 bytes to be looked at together.
  @Test func findsTheFirstIllFormedSequenceOfLongTexts() {
    var generator = SeededGenerator(seed: 2)
    let characters = ["a", "é", "ࠀ", "中", "\u{D7FF}", "😀", "\u{40000}", "\u{10FFFF}"]
    for round in 0..<20_000 {
      var bytes: [UInt8] = []
      while bytes.count < 150 + round % 70 {
        bytes += (characters.randomElement(using: &generator) ?? "a").utf8
      }
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      if round % 3 > 0 { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
      if round % 3 > 1 { bytes.removeLast() }
      // What stands before the offset is UTF-8, and with what stands there it is not.
      let offset = UTF8Validation.firstInvalidOffset(in: bytes)
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect((offset == nil) == isValid, "\(bytes)")
      guard let offset else { continue }
      #expect(String(validating: bytes[..<offset], as: UTF8.self) != nil, "\(bytes)")
      let following = bytes[offset..<min(offset + 4, bytes.count)]
      for end in following.indices {
        #expect(
          String(validating: bytes[offset...end], as: UTF8.self) == nil, "\(bytes) at \(offset)")
      }
    }
  }
}
