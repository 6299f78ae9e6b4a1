internal import CVector

/// Looks for characters that normalisation may change: those that are not their own NFC form, that have
/// a combining class, or that compose with the character before.
///
/// What it passes over are starters that are their own NFC form and compose with nothing before them, in
/// every version of Unicode; what it stops at need not be changed.
enum ComposingCharacters {
  /// Returns the start of the character before the first one that may be changed or may compose with
  /// it, or nil if there is none.
  ///
  /// - Parameter text: well-formed UTF-8.
  /// - Complexity: linear; 64 bytes a step over the most common characters.
  static func firstPossible(in text: UnsafeRawBufferPointer) -> Int? {
    guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    var offset = 0
    while offset + 66 <= text.count {
      if cvector_ascii_of_64(base + offset) == 0 {
        var leads = cvector_composing_leads_of_64(base + offset)
        while leads != 0 {
          let lead = offset + leads.trailingZeroBitCount
          if mayCompose(text, at: lead) { return startOfCharacter(before: lead, in: text) }
          leads &= leads &- 1
        }
      }
      offset += 64
    }
    while offset < text.count {
      if mayCompose(text, at: offset) { return startOfCharacter(before: offset, in: text) }
      offset += 1
    }
    return nil
  }

  /// Whether the character that begins at `offset` is not known to be passed over; false for a byte
  /// inside a character.
  private static func mayCompose(_ text: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    let lead = text[offset]
    guard lead >= 0xCC, offset + 1 < text.count else { return false }
    let second = text[offset + 1]
    switch lead {
    case 0xCF...0xD1, 0xD3...0xD5, 0xE4...0xE9, 0xEB, 0xEC: return false
    case 0xCE: return second == 0x87
    case 0xD6: return second > 0x90
    case 0xD7: return second < 0x90
    case 0xD8: return second < 0xA0
    case 0xD9: return (0x8B...0xB0).contains(second)
    case 0xDB: return second > 0x95
    case 0xE1: return !(0xB8...0xBB).contains(second)
    case 0xEA: return second < 0xB0
    case 0xEF: return second < 0xBC
    case 0xF0: return !(0x9F...0xAE).contains(second)
    case 0xE2, 0xE3:
      return offset + 2 >= text.count || mayCompose(lead, second, text[offset + 2])
    default: return true
    }
  }

  /// The same for U+2000 to U+3FFF, of which most do not.
  private static func mayCompose(_ lead: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    switch (lead, second) {
    case (0xE2, 0x80): third < 0x82
    case (0xE2, 0x83), (0xE2, 0x84), (0xE2, 0x8C), (0xE2, 0xAB), (0xE2, 0xB3), (0xE2, 0xB5),
      (0xE2, 0xB7):
      true
    case (0xE3, 0x80): (0xAA...0xAF).contains(third)
    case (0xE3, 0x82): third == 0x99 || third == 0x9A
    default: false
    }
  }

  private static func startOfCharacter(before offset: Int, in text: UnsafeRawBufferPointer) -> Int {
    var start = max(offset - 1, 0)
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }
}
