internal import Bytes

/// Which ends of a text are meant.
enum TextEnds {
  case start
  case end
  case both
}

extension Text {
  /// The offset of the first occurrence of `needle` at or behind `start`.
  ///
  /// - Complexity: linear in both lengths.
  func firstOffset(of needle: [UInt8], from start: Int = 0) -> Int? {
    bytes.firstOffset(of: needle, from: start)
  }

  /// The offsets of the occurrences of `needle`, which do not overlap; at most `limit` of them.
  func offsets(of needle: [UInt8], limit: Int = .max) -> [Int] {
    guard !needle.isEmpty else { return [] }
    var result: [Int] = []
    var start = 0
    while result.count < limit, let found = firstOffset(of: needle, from: start) {
      result.append(found)
      start = found + needle.count
    }
    return result
  }

  /// The offset of the last occurrence of `needle`.
  func lastOffset(of needle: [UInt8]) -> Int? {
    if needle.isEmpty { return count }
    var result: Int?
    var start = 0
    while let found = firstOffset(of: needle, from: start) {
      result = found
      start = found + 1
    }
    return result
  }

  /// The number of occurrences of `needle`, which do not overlap.
  func occurrences(of needle: [UInt8]) -> Int {
    guard !needle.isEmpty else { return characterCount + 1 }
    var result = 0
    var start = 0
    while let found = firstOffset(of: needle, from: start) {
      result += 1
      start = found + needle.count
    }
    return result
  }

  /// Whether the bytes are the same, whatever they come from.
  func hasSameBytes(as other: Text) -> Bool { hasBytes(other.bytes) }

  /// Whether the text is made of these bytes.
  func hasBytes(_ other: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { left in
      other.withUnsafeBytes { ByteEquality.areEqual(left, $0) }
    }
  }

  func contains(_ needle: Text) -> Bool { firstOffset(of: needle.bytes) != nil }

  func hasPrefix(_ prefix: Text) -> Bool { bytes.starts(with: prefix.bytes) }

  func hasSuffix(_ suffix: Text) -> Bool {
    count >= suffix.count && bytes[(count - suffix.count)...].elementsEqual(suffix.bytes)
  }

  /// The text without white space at its ends, or without the code points of `set`.
  func stripped(_ ends: TextEnds = .both, of set: Text? = nil) -> Text {
    let wanted = set.map { set in
      set.characterRanges.map { CodePoints.decode(set.bytes, at: $0.start).scalar }
    }
    func isStripped(_ scalar: Unicode.Scalar) -> Bool {
      wanted?.contains(scalar) ?? CodePoints.isWhitespace(scalar)
    }
    var start = 0
    var end = count
    while ends != .end, start < end {
      let (scalar, length) = CodePoints.decode(bytes, at: start)
      guard isStripped(scalar) else { break }
      start += length
    }
    while ends != .start, end > start {
      var last = end - 1
      while last > start, bytes[last] & 0xC0 == 0x80 { last -= 1 }
      guard isStripped(CodePoints.decode(bytes, at: last).scalar) else { break }
      end = last
    }
    return slice(ByteRange(start, end))
  }

  private func places(of old: Text, limit: Int) -> [Int] {
    old.isEmpty
      ? Array((characterRanges.map(\.start) + [count]).prefix(limit))
      : offsets(of: old.bytes, limit: limit)
  }

  /// The text with the first `limit` occurrences of `old` replaced; an empty `old` stands between
  /// all code points, as in Python.
  func replacing(_ old: Text, with new: Text, limit: Int = .max) -> Text {
    var result = Text()
    result.isMarkup = isMarkup
    var start = 0
    for place in places(of: old, limit: limit) {
      result.append(self, ByteRange(start, place))
      result.append(new)
      start = place + old.count
    }
    result.append(self, ByteRange(start, count))
    return result
  }
}
