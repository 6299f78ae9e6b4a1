internal import Glibc

extension Array where Element == UInt8 {
  /// The offset of the first place at or behind `start` where `needle` stands; nil if it stands nowhere. An empty one
  /// stands everywhere.
  ///
  /// - Complexity: linear in the text for each byte of `needle`, which is to be short.
  public func firstOffset(of needle: [UInt8], from start: Int = 0) -> Int? {
    guard start >= 0, start <= count else { return nil }
    guard let first = needle.first else { return start }
    return withRawBytes { bytes -> Int? in
      needle.withRawBytes { wanted -> Int? in
        guard let base = bytes.baseAddress, let wantedBase = wanted.baseAddress else { return nil }
        var offset = start
        while offset + wanted.count <= bytes.count {
          let places = bytes.count - wanted.count + 1 - offset
          guard let found = memchr(base + offset, Int32(first), places) else { return nil }
          offset = UnsafeRawPointer(found) - base
          if memcmp(base + offset, wantedBase, wanted.count) == 0 { return offset }
          offset += 1
        }
        return nil
      }
    }
  }
}
