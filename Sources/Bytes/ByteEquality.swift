internal import Glibc

extension ArraySlice where Element == UInt8 {
  /// Whether the bytes are those of `other`.
  ///
  /// - Complexity: linear, many bytes at a time.
  public func hasBytes(of other: [UInt8]) -> Bool {
    withUnsafeBytes { left in other.withUnsafeBytes { ByteEquality.areEqual(left, $0) } }
  }
}

/// Compares stretches of bytes as a whole, where the standard library's arrays compare element by element.
package enum ByteEquality {
  /// Whether two stretches have the same bytes.
  package static func areEqual(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
    return first == second || memcmp(first, second, left.count) == 0
  }
}
