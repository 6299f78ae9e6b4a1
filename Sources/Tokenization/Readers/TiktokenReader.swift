public import Bytes

/// Reads a tiktoken rank file: a line a token, its bytes in base 64, a blank, its rank.
public enum TiktokenReader {
  /// Returns the bytes of the tokens, indexed by rank; empty for a rank that no token has.
  ///
  /// - Parameter source: the file's name for messages.
  /// - Throws: `VocabularyError` with the line of the first fault: not base 64, a rank that is no
  ///   number or given twice.
  public static func read(
    _ bytes: [UInt8], source: String
  ) throws(VocabularyError) -> [ByteString] {
    var tokens: [ByteString?] = []
    var lineNumber = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      lineNumber += 1
      if line.isEmpty { continue }
      let fields = line.split(separator: UInt8(ascii: " "))
      guard fields.count == 2, let content = Base64.decode(fields[0]),
        let rank = Int(String(decoding: fields[1], as: UTF8.self)),
        (0..<VocabularyFormat.tokenLimit).contains(rank)
      else {
        throw VocabularyError(
          source: "\(source):\(lineNumber)", message: "expected a base-64 token and its rank")
      }
      while tokens.count <= rank { tokens.append(nil) }
      guard tokens[rank] == nil else {
        throw VocabularyError(source: "\(source):\(lineNumber)", message: "rank \(rank) again")
      }
      tokens[rank] = ByteString(content)
    }
    guard !tokens.isEmpty else { throw VocabularyError(source: source, message: "holds no token") }
    return tokens.map { $0 ?? ByteString() }
  }
}

/// Base 64 with padding (RFC 4648, section 4).
enum Base64 {
  /// Returns the bytes that `text` stands for, or nil if it is not base 64.
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(text.count / 4 * 3)
    let digits = text.prefix { $0 != UInt8(ascii: "=") }
    let padding = text.count - digits.count
    guard padding <= 2, text.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") }) else {
      return nil
    }
    var bits: UInt32 = 0
    var bitCount = 0
    for digit in digits {
      guard let value = value(of: digit) else { return nil }
      bits = bits << 6 | value
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      }
    }
    return result
  }

  private static func value(of digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
