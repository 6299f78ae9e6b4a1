internal import Bytes
internal import Glibc

/// An integer of any size, for those that do not fit an `Int`.
struct LargeInteger: Hashable, Sendable {
  let isNegative: Bool
  /// The digits to the base 2^32, the least significant first, without zeros at the end.
  let digits: [UInt32]

  /// Makes an integer; zeros at the end of `digits` and the sign of zero are dropped.
  init(isNegative: Bool, digits: [UInt32]) {
    let count = (digits.lastIndex { $0 != 0 } ?? -1) + 1
    self.digits = count == digits.count ? digits : Array(digits.prefix(count))
    self.isNegative = isNegative && count > 0
  }

  init(_ value: Int) {
    let magnitude = UInt64(value.magnitude)
    self.init(
      isNegative: value < 0,
      digits: [UInt32(truncatingIfNeeded: magnitude), UInt32(magnitude >> 32)])
  }

  /// Makes the integer part of a finite number.
  init(_ value: Double) {
    let whole = value.rounded(.towardZero)
    guard whole != 0, whole.isFinite else {
      self.init(0)
      return
    }
    let shift = max(0, Int(whole.exponent) - 52)
    let significand = LargeInteger(Int(scalbn(whole.magnitude, -Int32(shift))))
    self.init(isNegative: value < 0, digits: significand.shifted(by: shift).digits)
  }

  /// Makes the integer that `digits` spell, which are ASCII; nil if one of them is no digit.
  init?(digits spelling: some Sequence<UInt8>, radix: UInt32, isNegative: Bool = false) {
    var digits: [UInt32] = []
    for byte in spelling {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue ?? Self.letter(byte),
        digit < radix
      else { return nil }
      var carry = UInt64(digit)
      for index in digits.indices {
        let product = UInt64(digits[index]) * UInt64(radix) + carry
        digits[index] = UInt32(truncatingIfNeeded: product)
        carry = product >> 32
      }
      if carry > 0 { digits.append(UInt32(carry)) }
    }
    self.init(isNegative: isNegative, digits: digits)
  }

  /// Makes the integer of a spelling in decimal, with a sign or without.
  init?(_ spelling: ByteString) {
    let isNegative = spelling.bytes.first == UInt8(ascii: "-")
    self.init(
      digits: spelling.bytes.dropFirst(isNegative ? 1 : 0), radix: 10, isNegative: isNegative)
  }

  /// The value of a letter as a digit.
  private static func letter(_ byte: UInt8) -> Int? {
    let lowercase = byte | 0x20
    return lowercase >= UInt8(ascii: "a") && lowercase <= UInt8(ascii: "z")
      ? Int(lowercase - UInt8(ascii: "a")) + 10 : nil
  }
}

// MARK: - As other types

extension LargeInteger {
  /// The value as an `Int`; nil if it does not fit.
  var int: Int? {
    guard digits.count <= 2 else { return nil }
    let magnitude = digits.reversed().reduce(UInt64(0)) { $0 << 32 | UInt64($1) }
    if isNegative { return magnitude <= 1 << 63 ? Int(truncatingIfNeeded: ~magnitude &+ 1) : nil }
    return Int(exactly: magnitude)
  }

  /// The number of binary digits of the magnitude.
  var bitCount: Int {
    guard let last = digits.last else { return 0 }
    return digits.count * 32 - last.leadingZeroBitCount
  }

  /// The nearest floating-point number; infinite if it is too large for one.
  var double: Double { rounded(isExact: true) }

  /// The nearest floating-point number to this one, or to one that is a little larger in magnitude
  /// where the integer is not exact.
  func rounded(isExact: Bool) -> Double {
    let shift = max(0, bitCount - 64)
    let top = shifted(by: -shift)
    var bits = top.digits.reversed().reduce(UInt64(0)) { $0 << 32 | UInt64($1) }
    // What was cut off only decides which way a half is rounded.
    if !isExact || shift > 0 && top.shifted(by: shift).digits != digits { bits |= 1 }
    let magnitude = scalbn(Double(bits), Int32(clamping: shift))
    return isNegative ? -magnitude : magnitude
  }

  /// The digits of the magnitude to a base.
  ///
  /// - Complexity: quadratic in the number of digits.
  func magnitude(radix: UInt32, uppercase: Bool = false) -> String {
    var rest = digits
    var parts: [String] = []
    // As many digits at a time as fit 32 bits.
    var (group, width) = (radix, 1)
    while UInt64(group) * UInt64(radix) <= UInt64(UInt32.max) {
      group *= radix
      width += 1
    }
    while !rest.isEmpty {
      var remainder: UInt64 = 0
      for index in rest.indices.reversed() {
        let value = remainder << 32 | UInt64(rest[index])
        rest[index] = UInt32(value / UInt64(group))
        remainder = value % UInt64(group)
      }
      while rest.last == 0 { rest.removeLast() }
      let part = String(remainder, radix: Int(radix), uppercase: uppercase)
      let zeros = rest.isEmpty ? 0 : width - part.utf8.count
      parts.append(String(repeating: "0", count: zeros) + part)
    }
    return parts.isEmpty ? "0" : parts.reversed().joined()
  }
}

extension LargeInteger: CustomStringConvertible {
  /// The integer in decimal.
  var description: String { (isNegative ? "-" : "") + magnitude(radix: 10) }
}
