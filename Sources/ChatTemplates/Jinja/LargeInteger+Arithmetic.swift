// Sums, products and order, by the methods of the school book.
extension LargeInteger {
  static prefix func - (value: LargeInteger) -> LargeInteger {
    LargeInteger(isNegative: !value.isNegative, digits: value.digits)
  }

  static func + (left: LargeInteger, right: LargeInteger) -> LargeInteger {
    if left.isNegative == right.isNegative {
      return LargeInteger(isNegative: left.isNegative, digits: sum(left.digits, right.digits))
    }
    if compare(left.digits, right.digits) < 0 {
      return LargeInteger(
        isNegative: right.isNegative, digits: difference(right.digits, left.digits))
    }
    return LargeInteger(isNegative: left.isNegative, digits: difference(left.digits, right.digits))
  }

  static func - (left: LargeInteger, right: LargeInteger) -> LargeInteger { left + -right }

  static func * (left: LargeInteger, right: LargeInteger) -> LargeInteger {
    var digits = [UInt32](repeating: 0, count: left.digits.count + right.digits.count)
    for (index, digit) in left.digits.enumerated() {
      var carry: UInt64 = 0
      for (offset, other) in right.digits.enumerated() {
        let value = UInt64(digit) * UInt64(other) + UInt64(digits[index + offset]) + carry
        digits[index + offset] = UInt32(truncatingIfNeeded: value)
        carry = value >> 32
      }
      digits[index + right.digits.count] = UInt32(carry)
    }
    return LargeInteger(isNegative: left.isNegative != right.isNegative, digits: digits)
  }

  /// The integer times a power of two, without what falls behind the point.
  func shifted(by shift: Int) -> LargeInteger {
    let (whole, bits) = (abs(shift) / 32, UInt32(abs(shift) % 32))
    guard shift < 0 else {
      var result = [UInt32](repeating: 0, count: whole)
      var carry: UInt32 = 0
      for digit in digits {
        result.append(digit << bits | carry)
        carry = bits == 0 ? 0 : digit >> (32 - bits)
      }
      return LargeInteger(isNegative: isNegative, digits: result + [carry])
    }
    let kept = digits.dropFirst(whole)
    let result = kept.indices.map { index in
      let next = index + 1 < digits.count && bits > 0 ? digits[index + 1] << (32 - bits) : 0
      return digits[index] >> bits | next
    }
    return LargeInteger(isNegative: isNegative, digits: result)
  }
}

extension LargeInteger: Comparable {
  static func < (left: LargeInteger, right: LargeInteger) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    let order = compare(left.digits, right.digits)
    return left.isNegative ? order > 0 : order < 0
  }
}

// MARK: - Magnitudes

extension LargeInteger {
  /// Less than 0, 0 or more than 0, as `left` is less than, equal to or more than `right`.
  static func compare(_ left: [UInt32], _ right: [UInt32]) -> Int {
    if left.count != right.count { return left.count - right.count }
    for (first, second) in zip(left.reversed(), right.reversed()) where first != second {
      return first < second ? -1 : 1
    }
    return 0
  }

  private static func sum(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    let (long, short) = left.count >= right.count ? (left, right) : (right, left)
    var result: [UInt32] = []
    result.reserveCapacity(long.count + 1)
    var carry: UInt64 = 0
    for (index, digit) in long.enumerated() {
      let value = UInt64(digit) + (index < short.count ? UInt64(short[index]) : 0) + carry
      result.append(UInt32(truncatingIfNeeded: value))
      carry = value >> 32
    }
    return result + [UInt32(carry)]
  }

  /// `left - right`, where `left` is not less.
  private static func difference(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(left.count)
    var borrow: Int64 = 0
    for (index, digit) in left.enumerated() {
      let value = Int64(digit) - (index < right.count ? Int64(right[index]) : 0) - borrow
      result.append(UInt32(truncatingIfNeeded: value))
      borrow = value < 0 ? 1 : 0
    }
    return result
  }
}
