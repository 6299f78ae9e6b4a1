internal import Bytes

/// Single characters in UTF-8.
enum UTF8Character {
  /// The code point of the character that `bytes` begin with; nil if they do not begin with a whole one.
  static func first(in bytes: ArraySlice<UInt8>) -> UInt32? {
    guard let lead = bytes.first else { return nil }
    let character = Array(bytes.prefix(width(ofLead: lead)))
    guard UTF8Validation.firstInvalidOffset(in: character) == nil else { return nil }
    return String(decoding: character, as: UTF8.self).unicodeScalars.first?.value
  }

  /// The code point of the character that all of `bytes` are; nil if they are no single character.
  static func only(in bytes: ArraySlice<UInt8>) -> UInt32? {
    first(in: bytes).flatMap { width(of: $0) == bytes.count ? $0 : nil }
  }

  /// The number of bytes of a character.
  static func width(of code: UInt32) -> Int {
    code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
  }

  /// Whether a character can have `byte` in it.
  static func canHold(_ byte: UInt8) -> Bool {
    byte < 0xC0 || (0xC2...0xF4).contains(byte)
  }

  /// All characters whose first bytes are `bytes`, fewer than a whole character; nil if there may be more
  /// than `limit`, none if there are none.
  static func all(beginningWith bytes: [UInt8], limit: Int) -> [UInt32]? {
    guard let lead = bytes.first, lead >= 0xC2, bytes.count < width(ofLead: lead) else { return [] }
    let missing = width(ofLead: lead) - bytes.count
    guard 1 << (6 * missing) <= limit else { return nil }
    return (0..<(1 << (6 * missing))).compactMap { number in
      let tail = (0..<missing).reversed().map { UInt8(0x80 | number >> (6 * $0) & 0x3F) }
      return only(in: (bytes + tail)[...])
    }
  }

  private static func width(ofLead lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }
}
