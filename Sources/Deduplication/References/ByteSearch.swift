internal import CVector
internal import Glibc

/// Finds bytes in bytes.
enum ByteSearch {
  /// Returns where `needle` first stands in `text` at or after `offset`, or nil.
  ///
  /// - Complexity: linear in the stretch that is searched.
  static func first(
    _ needle: [UInt8], in text: UnsafeRawBufferPointer, from offset: Int
  ) -> Int? {
    guard let base = text.baseAddress, offset >= 0, offset <= text.count else { return nil }
    return needle.withUnsafeBytes { needle -> Int? in
      guard let pattern = needle.baseAddress else { return offset }
      let found = cvector_find(
        (base + offset).assumingMemoryBound(to: UInt8.self), text.count - offset,
        pattern.assumingMemoryBound(to: UInt8.self), needle.count)
      return found.map { UnsafeRawPointer($0) - base }
    }
  }

  /// Whether two stretches of `count` bytes are equal.
  static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
    memcmp(left, right, count) == 0
  }
}
