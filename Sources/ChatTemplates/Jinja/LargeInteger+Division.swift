internal import Glibc

// Division is algorithm D of Knuth, The Art of Computer Programming, volume 2, section 4.3.1.
extension LargeInteger {
  /// The quotient rounded down, and the remainder, which has the sign of the divisor, as in Python;
  /// nil if the divisor is 0.
  func dividedDown(by divisor: LargeInteger) -> (quotient: LargeInteger, remainder: LargeInteger)? {
    guard let (quotient, remainder) = Self.divide(digits, divisor.digits) else { return nil }
    let isDown = isNegative != divisor.isNegative
    let truncated = LargeInteger(isNegative: isDown, digits: quotient)
    let rest = LargeInteger(isNegative: isNegative, digits: remainder)
    return isDown && !rest.digits.isEmpty
      ? (truncated - LargeInteger(1), rest + divisor) : (truncated, rest)
  }

  /// The quotient as the nearest floating-point number; nil if the divisor is 0, infinite if the
  /// quotient is too large for one.
  func divided(by divisor: LargeInteger) -> Double? {
    // 66 digits and whether there are more decide how the quotient is rounded.
    let shift = 66 - bitCount + divisor.bitCount
    let (dividend, scale) = shift > 0 ? (shifted(by: shift), shift) : (self, 0)
    guard let (quotient, remainder) = Self.divide(dividend.digits, divisor.digits) else {
      return nil
    }
    let magnitude = LargeInteger(isNegative: false, digits: quotient)
      .rounded(isExact: remainder.allSatisfy { $0 == 0 })
    let value = scalbn(magnitude, Int32(clamping: -scale))
    return isNegative != divisor.isNegative ? -value : value
  }

  /// The integer rounded to a power of ten, to the even one of two that are as near, as Python's
  /// `round`; unchanged where `places` are behind the point.
  func rounded(toPlaces places: Int) -> LargeInteger {
    guard places < 0 else { return self }
    let digits = [UInt8(ascii: "1")] + Array(repeating: UInt8(ascii: "0"), count: -places)
    guard let unit = LargeInteger(digits: digits, radix: 10),
      let (quotient, remainder) = dividedDown(by: unit)
    else { return self }
    let twice = remainder + remainder
    let isOdd = quotient.digits.first.map { $0 & 1 == 1 } ?? false
    let isUp = unit < twice || unit == twice && isOdd
    return (isUp ? quotient + LargeInteger(1) : quotient) * unit
  }
}

// MARK: - Magnitudes

extension LargeInteger {
  /// The quotient without its fraction, and the remainder; nil if the divisor is 0.
  private static func divide(
    _ dividend: [UInt32], _ divisor: [UInt32]
  ) -> (quotient: [UInt32], remainder: [UInt32])? {
    guard let highest = divisor.last else { return nil }
    if compare(dividend, divisor) < 0 { return ([], dividend) }
    if divisor.count == 1 { return divide(dividend, by: highest) }
    // Shifted so that the first digit of the divisor is at least half of the base.
    let shift = highest.leadingZeroBitCount
    let low = LargeInteger(isNegative: false, digits: divisor).shifted(by: shift).digits
    var rest = LargeInteger(isNegative: false, digits: dividend).shifted(by: shift).digits
    rest += Array(repeating: 0, count: dividend.count + 1 - rest.count)
    var quotient = [UInt32](repeating: 0, count: dividend.count - divisor.count + 1)
    for place in quotient.indices.reversed() {
      let digit = estimate(rest, low, at: place)
      quotient[place] = subtract(low, times: digit, from: &rest, at: place)
    }
    return (quotient, LargeInteger(isNegative: false, digits: rest).shifted(by: -shift).digits)
  }

  private static func divide(
    _ dividend: [UInt32], by divisor: UInt32
  ) -> (quotient: [UInt32], remainder: [UInt32]) {
    var quotient = dividend
    var remainder: UInt64 = 0
    for index in dividend.indices.reversed() {
      let value = remainder << 32 | UInt64(dividend[index])
      quotient[index] = UInt32(value / UInt64(divisor))
      remainder = value % UInt64(divisor)
    }
    return (quotient, [UInt32(remainder)])
  }

  /// A digit of the quotient, which may be one too large.
  private static func estimate(_ rest: [UInt32], _ divisor: [UInt32], at place: Int) -> UInt64 {
    let count = divisor.count
    let first = UInt64(divisor[count - 1])
    let top = UInt64(rest[place + count]) << 32 | UInt64(rest[place + count - 1])
    var digit = top / first
    var remainder = top % first
    while digit >> 32 != 0
      || digit * UInt64(divisor[count - 2]) > remainder << 32 | UInt64(rest[place + count - 2])
    {
      digit -= 1
      remainder += first
      if remainder >> 32 != 0 { break }
    }
    return digit
  }

  /// Subtracts the divisor times a digit; returns the digit, corrected if it was too large.
  private static func subtract(
    _ divisor: [UInt32], times digit: UInt64, from rest: inout [UInt32], at place: Int
  ) -> UInt32 {
    var borrow: Int64 = 0
    var carry: UInt64 = 0
    for (index, other) in divisor.enumerated() {
      let product = digit * UInt64(other) + carry
      carry = product >> 32
      let value = Int64(rest[place + index]) - borrow - Int64(product & 0xFFFF_FFFF)
      rest[place + index] = UInt32(truncatingIfNeeded: value)
      borrow = value < 0 ? 1 : 0
    }
    let value = Int64(rest[place + divisor.count]) - borrow - Int64(carry)
    rest[place + divisor.count] = UInt32(truncatingIfNeeded: value)
    guard value < 0 else { return UInt32(digit) }
    var excess: UInt64 = 0
    for (index, other) in divisor.enumerated() {
      let sum = UInt64(rest[place + index]) + UInt64(other) + excess
      rest[place + index] = UInt32(truncatingIfNeeded: sum)
      excess = sum >> 32
    }
    rest[place + divisor.count] &+= UInt32(excess)
    return UInt32(digit - 1)
  }
}
