internal import Bytes

/// Numbers in texts, as Python's `int` and `float` read them.
enum NumberReader {
  /// The integer that `text` spells to a base of 2 to 36, or 0 for the base that its prefix says; nil
  /// if it spells none.
  ///
  /// - Complexity: quadratic in the length, which is bounded.
  static func integer(_ text: Text, base: Int) -> LargeInteger? {
    guard base == 0 || (2...36).contains(base), var spelling = spelling(of: text) else {
      return nil
    }
    let isNegative = takeSign(&spelling)
    var radix = base
    if spelling.first == UInt8(ascii: "0"), let letter = spelling.dropFirst().first,
      let named = self.radix(of: letter), base == 0 || base == named
    {
      radix = named
      spelling = spelling.dropFirst(2)
      // An underscore may stand behind the prefix.
      if spelling.first == UInt8(ascii: "_") { spelling = spelling.dropFirst() }
    } else if base == 0 {
      guard spelling.first != UInt8(ascii: "0") || spelling.allSatisfy({ $0 == 0x30 || $0 == 0x5F })
      else {
        return nil
      }
      radix = 10
    }
    guard let digits = withoutUnderscores(spelling), !digits.isEmpty,
      digits.count <= RenderLimits.integerDigits
    else { return nil }
    return LargeInteger(digits: digits, radix: UInt32(radix), isNegative: isNegative)
  }

  /// The float that `text` spells; nil if it spells none.
  static func float(_ text: Text) -> Double? {
    guard var spelling = spelling(of: text) else { return nil }
    let isNegative = takeSign(&spelling)
    guard let digits = withoutUnderscores(spelling) else { return nil }
    let word = String(decoding: digits, as: UTF8.self).lowercased()
    let magnitude: Double
    switch word {
    case "inf", "infinity": magnitude = .infinity
    case "nan": magnitude = .nan
    default:
      guard let value = decimal(word) else { return nil }
      magnitude = value
    }
    return isNegative ? -magnitude : magnitude
  }

  /// The value of digits with a point and an exponent, or without.
  private static func decimal(_ word: String) -> Double? {
    guard word.utf8.allSatisfy({ "0123456789.e+-".utf8.contains($0) }),
      word.first != "-", word.first != "+"
    else { return nil }
    let parts = word.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
    guard let mantissa = parts.first, mantissa.utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 })
    else { return nil }
    // Swift wants digits on both sides of the point.
    let exponent = parts.count > 1 ? "e" + parts[1] : ""
    let start = mantissa.hasPrefix(".") ? "0" : ""
    let end = mantissa.hasSuffix(".") ? "0" : ""
    return Double(start + mantissa + end + exponent)
  }

  /// The text without white space at its ends and with ASCII digits; nil if it has other characters.
  private static func spelling(of text: Text) -> ArraySlice<UInt8>? {
    var result: [UInt8] = []
    var isASCII = true
    let stripped = text.stripped()
    CodePoints.forEach(in: stripped.bytes, ByteRange(0, stripped.count)) { scalar, _ in
      if scalar.isASCII {
        result.append(UInt8(ascii: scalar))
      } else if scalar.properties.numericType == .decimal,
        let value = scalar.properties.numericValue
      {
        result.append(0x30 + UInt8(value))
      } else {
        isASCII = false
      }
    }
    return isASCII ? result[...] : nil
  }

  private static func takeSign(_ spelling: inout ArraySlice<UInt8>) -> Bool {
    guard let first = spelling.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
    else { return false }
    spelling = spelling.dropFirst()
    return first == UInt8(ascii: "-")
  }

  private static func radix(of letter: UInt8) -> Int? {
    switch Unicode.Scalar(letter | 0x20) {
    case "x": 16
    case "o": 8
    case "b": 2
    default: nil
    }
  }

  /// The digits without the underscores between them; nil where one stands elsewhere.
  private static func withoutUnderscores(_ spelling: ArraySlice<UInt8>) -> [UInt8]? {
    let underscore = UInt8(ascii: "_")
    guard spelling.contains(underscore) else { return Array(spelling) }
    var previous = underscore
    for byte in spelling {
      if byte == underscore, previous == underscore { return nil }
      previous = byte
    }
    return previous == underscore ? nil : spelling.filter { $0 != underscore }
  }
}
