internal import Bytes

/// A number, as arithmetic sees it: booleans are integers.
enum Number {
  case integer(Int)
  /// An integer that does not fit an `Int`.
  case large(LargeInteger)
  case float(Double)

  /// The nearest floating-point number; infinite if the integer is too large for one.
  var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .large(let value): value.double
    case .float(let value): value
    }
  }

  var value: Value {
    switch self {
    case .integer(let value): .integer(value)
    case .large(let value): .largeInteger(value)
    case .float(let value): .float(value)
    }
  }

  /// The number as an integer of any size; nil if it is a float.
  var large: LargeInteger? {
    switch self {
    case .integer(let value): LargeInteger(value)
    case .large(let value): value
    case .float: nil
    }
  }

  var isInteger: Bool {
    if case .float = self { false } else { true }
  }
}

extension Value {
  /// The value as a number; nil if it is none.
  var number: Number? {
    switch self {
    case .boolean(let value): .integer(value ? 1 : 0)
    case .integer(let value): .integer(value)
    case .largeInteger(let value): .large(value)
    case .float(let value): .float(value)
    default: nil
    }
  }
}

// MARK: - Order

extension Number {
  /// Less than 0, 0 or more than 0, as this number is less than, equal to or more than another; 2 if
  /// one is not a number. An integer and a float are compared exactly.
  func order(to other: Number) -> Int {
    switch (self, other) {
    case (.integer(let left), .integer(let right)): return left < right ? -1 : left == right ? 0 : 1
    case (.float(let left), .float(let right)): return Self.order(left, right)
    case (.float(let left), _) where !left.isFinite: return Self.order(left, 0)
    case (_, .float(let right)) where !right.isFinite: return Self.order(0, right)
    case (.float(let left), .integer(let right)) where Self.isExact(right):
      return Self.order(left, Double(right))
    case (.integer(let left), .float(let right)) where Self.isExact(left):
      return Self.order(Double(left), right)
    default:
      let (left, right) = (whole, other.whole)
      if left != right { return left < right ? -1 : 1 }
      return Self.order(fraction, other.fraction)
    }
  }

  private static func order(_ left: Double, _ right: Double) -> Int {
    left < right ? -1 : left == right ? 0 : left > right ? 1 : 2
  }

  /// Whether each integer up to this one is a floating-point number.
  static func isExact(_ value: Int) -> Bool { value.magnitude <= 1 << 53 }

  private var whole: LargeInteger {
    if case .float(let value) = self { LargeInteger(value) } else { large ?? LargeInteger(0) }
  }

  private var fraction: Double {
    if case .float(let value) = self { value - value.rounded(.towardZero) } else { 0 }
  }
}
