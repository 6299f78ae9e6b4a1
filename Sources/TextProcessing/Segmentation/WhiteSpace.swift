/// White space in bytes.
enum WhiteSpace {
  /// Whether `byte` is one of the six white-space characters of ASCII.
  @inline(__always)
  static func isASCII(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte >= 0x09 && byte <= 0x0D
  }

  /// Returns the length in bytes of the white-space character at `offset` (White_Space in Unicode), or 0.
  static func length(in text: UnsafeRawBufferPointer, at offset: Int) -> Int {
    let lead = text[offset]
    if lead < 0x80 { return isASCII(lead) ? 1 : 0 }
    guard lead == 0xC2 || lead >= 0xE1 && lead <= 0xE3, offset + 1 < text.count else { return 0 }
    let second = text[offset + 1]
    if lead == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
    guard offset + 2 < text.count else { return 0 }
    let third = text[offset + 2]
    let isSpace =
      switch (lead, second) {
      case (0xE1, 0x9A): third == 0x80
      case (0xE2, 0x80):
        third >= 0x80 && third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF
      case (0xE2, 0x81): third == 0x9F
      case (0xE3, 0x80): third == 0x80
      default: false
      }
    return isSpace ? 3 : 0
  }
}
