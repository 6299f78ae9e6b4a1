public import Bytes

/// Reads a tiktoken rank file: a line a token, its bytes in base 64, a blank, its rank.
public enum TiktokenReader {
  /// Returns the bytes of the tokens, indexed by rank; empty for a rank that no token has.
  ///
  /// - Parameter source: the file's name for messages.
  /// - Throws: `VocabularyError` with the line of the first fault: not base 64, a rank that is no
  ///   number, is given twice or is far beyond the number of tokens, a token that stands twice or is
  ///   longer than 1 KiB.
  public static func read(
    _ bytes: [UInt8], source: String
  ) throws(VocabularyError) -> [ByteString] {
    var entries: [(rank: Int, token: ByteString, line: Int)] = []
    var contents: Set<ByteString> = []
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      if line.isEmpty { continue }
      func fail(_ message: String) -> VocabularyError {
        VocabularyError(source: "\(source):\(number)", message: message)
      }
      let fields = line.split(separator: UInt8(ascii: " "))
      guard fields.count == 2, let content = Base64.decode(fields[0]),
        let rank = Int(String(decoding: fields[1], as: UTF8.self)),
        (0..<VocabularyFormat.tokenLimit).contains(rank)
      else { throw fail("expected a base-64 token and its rank") }
      let token = ByteString(content)
      guard token.count <= lengthLimit else { throw fail("a token of \(token.count) bytes") }
      guard contents.insert(token).inserted else {
        throw fail("the token \(ByteString(fields[0])) again")
      }
      entries.append((rank, token, number))
    }
    guard !entries.isEmpty else { throw VocabularyError(source: source, message: "holds no token") }
    // Ranks may have holes, but a small file must not claim a large table.
    let limit = 2 * entries.count + 1024
    var tokens: [ByteString?] = []
    for (rank, token, line) in entries {
      guard rank < limit else {
        throw VocabularyError(
          source: "\(source):\(line)", message: "rank \(rank) in a file of \(entries.count) tokens")
      }
      while tokens.count <= rank { tokens.append(nil) }
      guard tokens[rank] == nil else {
        throw VocabularyError(source: "\(source):\(line)", message: "rank \(rank) again")
      }
      tokens[rank] = token
    }
    return tokens.map { $0 ?? ByteString() }
  }

  /// The longest token in bytes; those of known models have less than 200.
  static let lengthLimit = 1 << 10
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
