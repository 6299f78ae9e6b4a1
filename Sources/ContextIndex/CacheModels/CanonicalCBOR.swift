internal import Bytes

/// Writes what vLLM hashes as CBOR (RFC 8949), every head in its shortest form as section 4.2.1 has it.
struct CanonicalCBOR {
  /// What was written so far.
  private(set) var bytes: [UInt8] = []

  /// The major types, in the upper three bits of a head.
  private enum Major: UInt8 {
    case unsigned = 0x00
    case bytes = 0x40
    case text = 0x60
    case array = 0x80
  }

  private static let null: UInt8 = 0xF6

  /// Appends the array of the digest before, the tokens, and null or the pair that names the salt.
  mutating func appendPage(
    _ tokens: ArraySlice<UInt32>, after before: [UInt8], cacheSalt: ByteString?
  ) {
    bytes.reserveCapacity(bytes.count + before.count + 5 * tokens.count + 16)
    appendHead(.array, 3)
    appendHead(.bytes, UInt64(before.count))
    bytes.append(contentsOf: before)
    appendHead(.array, UInt64(tokens.count))
    for token in tokens { appendHead(.unsigned, UInt64(token)) }
    guard let cacheSalt else {
      bytes.append(Self.null)
      return
    }
    appendHead(.array, 1)
    appendHead(.array, 2)
    append(text: "cache_salt")
    append(text: cacheSalt)
  }

  /// Appends a text.
  mutating func append(text: ByteString) {
    appendHead(.text, UInt64(text.count))
    bytes.append(contentsOf: text.bytes)
  }

  private mutating func appendHead(_ major: Major, _ value: UInt64) {
    let count: Int
    switch value {
    case 0..<24:
      bytes.append(major.rawValue | UInt8(value))
      return
    case ..<0x100: count = 1
    case ..<0x1_0000: count = 2
    case ..<0x1_0000_0000: count = 4
    default: count = 8
    }
    bytes.append(major.rawValue | UInt8(24 + count.trailingZeroBitCount))
    for shift in (0..<count).reversed() {
      bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift)))
    }
  }
}
