internal import Glibc

/// Floating-point numbers as Python writes them.
enum FloatText {
  /// The shortest digits that read back as `value`: `3.0`, `1e+16`, `1e-07`.
  static func shortest(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let (digits, exponent) = decimal(value)
    let sign = value.sign == .minus ? "-" : ""
    if exponent < -4 || exponent >= 16 {
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      let magnitude = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
      return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(magnitude)"
    }
    if exponent < 0 {
      return "\(sign)0.\(String(repeating: "0", count: -exponent - 1))\(digits)"
    }
    let zeros = String(repeating: "0", count: max(0, exponent + 1 - digits.count))
    let whole = digits.prefix(exponent + 1) + zeros
    let fraction = digits.dropFirst(exponent + 1)
    return "\(sign)\(whole).\(fraction.isEmpty ? "0" : fraction)"
  }

  /// The shortest digits, without zeros at the ends, and the power of ten of the first.
  private static func decimal(_ value: Double) -> (digits: String, exponent: Int) {
    let parts = value.magnitude.description.split(separator: "e")
    let mantissa = parts.first ?? "0"
    let point = mantissa.firstIndex(of: ".") ?? mantissa.endIndex
    let wholeCount = mantissa.distance(from: mantissa.startIndex, to: point)
    let digits = mantissa.filter { $0 != "." }
    let significant = digits.drop { $0 == "0" }
    guard !significant.isEmpty else { return ("0", 0) }
    let skipped = digits.count - significant.count
    let written = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    var trimmed = String(significant)
    while trimmed.count > 1, trimmed.last == "0" { trimmed.removeLast() }
    return (trimmed, written + wholeCount - 1 - skipped)
  }

  /// `value` by one of C's conversions `e`, `f` and `g`.
  static func formatted(
    _ value: Double, _ letter: Character, precision: Int, isAlternate: Bool = false
  ) -> String {
    if !value.isFinite { return shortest(value) }
    // No float has more digits than this; what follows are zeros.
    let bounded = min(max(precision, 0), 1_100)
    var buffer = [CChar](repeating: 0, count: 1_536)
    let count = withVaList([value]) { arguments in
      vsnprintf(
        &buffer, buffer.count, "%\(isAlternate ? "#" : "").\(bounded)\(letter)", arguments)
    }
    let length = min(max(Int(count), 0), buffer.count - 1)
    let digits = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard precision > bounded, letter == "f" || letter == "F" else { return digits }
    return digits + String(repeating: "0", count: precision - bounded)
  }

  /// `value` with so many digits that count, as Python writes a float without a type: with an exponent
  /// where the digits before the point would be all that is asked for, else with a point.
  static func general(_ value: Double, precision: Int) -> String {
    if !value.isFinite { return shortest(value) }
    let digits = formatted(value, "e", precision: max(precision, 1) - 1)
    let exponent = digits.firstIndex(of: "e").flatMap { Int(digits[$0...].dropFirst()) } ?? 0
    guard exponent >= -4, exponent < max(precision, 1) - 1 else {
      let mark = digits.firstIndex(of: "e") ?? digits.endIndex
      return withoutZeros(digits[..<mark]) + digits[mark...]
    }
    let short = withoutZeros(
      formatted(value, "f", precision: max(precision, 1) - 1 - exponent)[...])
    return short.contains(".") ? short : short + ".0"
  }

  /// The digits without zeros at the end of a fraction, and without a point at the end.
  private static func withoutZeros(_ digits: Substring) -> String {
    var result = digits
    guard result.contains(".") else { return String(result) }
    while result.last == "0" { result.removeLast() }
    if result.last == "." { result.removeLast() }
    return String(result)
  }
}
