internal import Bytes

/// Code points in UTF-8 bytes. What is not UTF-8 reads as U+FFFD, byte by byte.
enum CodePoints {
  /// Returns the code point at `offset`, which must be in `bytes`, and its length in bytes.
  static func decode(_ bytes: [UInt8], at offset: Int) -> (scalar: Unicode.Scalar, length: Int) {
    let lead = bytes[offset]
    if lead < 0x80 { return (Unicode.Scalar(lead), 1) }
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, offset + length <= bytes.count else { return ("\u{FFFD}", 1) }
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for index in 1..<length {
      guard bytes[offset + index] & 0xC0 == 0x80 else { return ("\u{FFFD}", 1) }
      value = value << 6 | UInt32(bytes[offset + index] & 0x3F)
    }
    return Unicode.Scalar(value).map { ($0, length) } ?? ("\u{FFFD}", 1)
  }

  /// Calls `body` with each code point of a part of `bytes` and the range of its bytes.
  static func forEach(
    in bytes: [UInt8], _ range: ByteRange, _ body: (Unicode.Scalar, ByteRange) -> Void
  ) {
    var offset = range.start
    while offset < range.end {
      let (scalar, length) = decode(bytes, at: offset)
      body(scalar, ByteRange(offset, offset + length))
      offset += length
    }
  }

  static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    if scalar.value < 0x80 {
      bytes.append(UInt8(scalar.value))
    } else if let encoded = UTF8.encode(scalar) {
      bytes.append(contentsOf: encoded)
    }
  }

  /// Whether Python's `str.isspace` holds: what `strip` and `split` take for white space.
  static func isWhitespace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// Whether `repr` prints the code point as it is (Python's `str.isprintable`).
  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value >= 0x20 }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }
}

// MARK: - Text by code points

extension Text {
  /// The length in code points.
  var characterCount: Int {
    bytes.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
  }

  /// The byte offset of code point number `index`, which may be the number of code points.
  func byteOffset(ofCharacter index: Int) -> Int {
    var offset = 0
    for _ in 0..<max(index, 0) {
      guard offset < count else { break }
      offset += 1
      while offset < count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
    }
    return offset
  }

  /// The number of code points before byte `offset`.
  func characterIndex(ofByte offset: Int) -> Int {
    bytes.prefix(offset).reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
  }

  /// The byte ranges of the code points.
  var characterRanges: [ByteRange] {
    var result: [ByteRange] = []
    result.reserveCapacity(count)
    var start = 0
    while start < count {
      var end = start + 1
      while end < count, bytes[end] & 0xC0 == 0x80 { end += 1 }
      result.append(ByteRange(start, end))
      start = end
    }
    return result
  }

  /// The code points, each as a text.
  var characters: [Text] { characterRanges.map { slice($0) } }

  /// The part between the code points at `start` and `end`.
  func characters(from start: Int, to end: Int) -> Text {
    let first = byteOffset(ofCharacter: start)
    guard end > start else { return slice(ByteRange(first, first)) }
    var last = first
    for _ in start..<end {
      guard last < count else { break }
      last += 1
      while last < count, bytes[last] & 0xC0 == 0x80 { last += 1 }
    }
    return slice(ByteRange(first, last))
  }
}
