internal import Bytes

/// How SentencePiece spells a token that is a byte: `<0x0A>`.
enum ByteTokenSpelling {
  /// The spelling of the token of `byte`.
  static func spelling(of byte: UInt8) -> ByteString {
    let digits = String(byte, radix: 16, uppercase: true)
    return ByteString("<0x\(byte < 16 ? "0" : "")\(digits)>")
  }

  /// The byte that a token is, in either case of the digits; nil if it is none.
  static func byte(spelled text: [UInt8]) -> UInt8? {
    guard text.count == 6, text.starts(with: "<0x".utf8), text[5] == UInt8(ascii: ">"),
      text[3..<5].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit })
    else { return nil }
    return UInt8(String(decoding: text[3..<5], as: UTF8.self), radix: 16)
  }
}
