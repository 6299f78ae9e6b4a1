internal import Glibc

extension Array where Element == UInt8 {
  /// The offset of the first place at or behind `start` where `needle` stands; nil if it stands nowhere. An empty one
  /// stands everywhere.
  ///
  /// - Complexity: linear in both lengths.
  public func firstOffset(of needle: [UInt8], from start: Int = 0) -> Int? {
    guard start >= 0, start + needle.count <= count else { return nil }
    guard let first = needle.first else { return start }
    if needle.count > Self.shortNeedle { return firstOffset(ofLong: needle, from: start) }
    return withUnsafeBytes { haystack -> Int? in
      needle.withUnsafeBytes { wanted -> Int? in
        guard let base = haystack.baseAddress, let key = wanted.baseAddress else { return nil }
        var offset = start
        let end = haystack.count - wanted.count
        while offset <= end, let found = memchr(base + offset, Int32(first), end - offset + 1) {
          let place = UnsafeRawPointer(found) - base
          if memcmp(base + place, key, wanted.count) == 0 { return place }
          offset = place + 1
        }
        return nil
      }
    }
  }

  /// The length up to which comparing at each place is quick enough.
  private static var shortNeedle: Int { 32 }

  /// The search of Knuth, Morris and Pratt, which never looks at a byte of the text twice.
  private func firstOffset(ofLong needle: [UInt8], from start: Int) -> Int? {
    // How long the longest end of needle[...index] is with which the needle begins too.
    var borders = [0]
    var length = 0
    for byte in needle.dropFirst() {
      while length > 0, needle[length] != byte { length = borders[length - 1] }
      if needle[length] == byte { length += 1 }
      borders.append(length)
    }
    var matched = 0
    for offset in start..<count {
      while matched > 0, needle[matched] != self[offset] { matched = borders[matched - 1] }
      if needle[matched] == self[offset] { matched += 1 }
      if matched == needle.count { return offset + 1 - matched }
    }
    return nil
  }
}
