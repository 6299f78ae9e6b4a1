extension JSONParser {
  /// Whether a text has more values and names than a limit: for who must know what a tree of nodes would take before
  /// making it.
  ///
  /// What opens, separates and names values is counted outside of strings. That is never less than what `parse` would
  /// make, and is known too of a text that is no JSON.
  ///
  /// ```swift
  /// JSONParser.hasMoreValues(than: 4, in: Array("[1, {\"a\": 2}]".utf8))  // true: a list, 1, an object, a, 2
  /// ```
  /// - Complexity: linear; constant if the text is too short.
  public static func hasMoreValues(than limit: Int, in bytes: [UInt8]) -> Bool {
    guard bytes.count >= limit else { return false }
    return bytes.withUnsafeBufferPointer { bytes in
      // The value that the text is.
      var count = 1
      var offset = 0
      while offset < bytes.count, count <= limit {
        switch bytes[offset] {
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"): count += 1
        case UInt8(ascii: "\""): offset = endOfString(at: offset, in: bytes)
        default: break
        }
        offset += 1
      }
      return count > limit
    }
  }

  /// Where the quote stands that ends a string; the end of the text if there is none.
  ///
  /// - Parameter start: where its first quote stands.
  private static func endOfString(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var offset = start + 1
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
      offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
    }
    return offset
  }
}
