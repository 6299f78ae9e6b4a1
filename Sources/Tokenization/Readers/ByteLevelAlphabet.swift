/// The characters that byte-level BPE files write for bytes (GPT-2's table): printable bytes of
/// Latin 1 stand for themselves, the 68 others for U+0100 and on, in order.
enum ByteLevelAlphabet {
  /// The byte that each of the code points U+0000 to U+0143 stands for, where it stands for one.
  static let bytes: [UInt8?] = {
    var table = [UInt8?](repeating: nil, count: 0x144)
    var next = 0x100
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: table[Int(byte)] = byte
      default:
        table[next] = byte
        next += 1
      }
    }
    return table
  }()

  /// Returns the bytes that `text` stands for, or nil if it has a character of another alphabet.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      guard scalar.value < bytes.count, let byte = bytes[Int(scalar.value)] else { return nil }
      result.append(byte)
    }
    return result
  }
}
