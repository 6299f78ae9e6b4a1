/// A generator of random numbers with a seed (SplitMix64), so that a failure can be repeated.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Makes a generator.
  public init(seed: UInt64) {
    state = seed
  }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Random text of the kinds that tokenizers stumble over.
public enum RandomText {
  private static let whitespace: [UInt32] =
    Array(9...13) + [0x20, 0x20, 0x0A, 0x0A, 0x85, 0xA0, 0x1680] + Array(0x2000...0x200A)
    + [0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0x200B, 0xFEFF, 0x1C, 0x1F]
  private static let marks: [UInt32] =
    Array(0x300...0x36F) + Array(0x591...0x5BD) + [
      0x7FD, 0x898, 0x93C, 0x94D, 0x9FE, 0x1ABF, 0x11930,
    ]
  private static let fragments = [
    "'s", "'LL", "it's", "don’t", "1234", ".\n", "\r\n", "...", "</", "<|im_", "<|im_end|>",
    "<think>",
    "日本語", "привет", "한국어", "नमस्ते", "👩‍👩‍👧", "e\u{301}", "ﬁ", " the", "http://", "\t\t", "/",
  ]

  /// Returns up to `length` characters and fragments: all planes, combining marks, white space of
  /// every kind, beginnings of added tokens.
  public static func text(
    length: Int, using generator: inout some RandomNumberGenerator
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...length, using: &generator) {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0...2: append(UInt32.random(in: 0x20...0x7E, using: &generator), to: &bytes)
      case 3: append(whitespace.randomElement(using: &generator), to: &bytes)
      case 4: append(marks.randomElement(using: &generator), to: &bytes)
      case 5: append(UInt32.random(in: 0x80...0x7FF, using: &generator), to: &bytes)
      case 6: append(UInt32.random(in: 0xAC00...0xD7A3, using: &generator), to: &bytes)
      case 7: append(UInt32.random(in: 0...0x10FFFF, using: &generator), to: &bytes)
      default: bytes += (fragments.randomElement(using: &generator) ?? "").utf8
      }
    }
    return bytes
  }

  private static func append(_ code: UInt32?, to bytes: inout [UInt8]) {
    guard let code, let scalar = Unicode.Scalar(code) else { return }
    bytes += String(Character(scalar)).utf8
  }
}
