internal import Bytes

/// Cuts long segments where their content says so: content-defined chunking by a gear hash (Xia and
/// others, "FastCDC", USENIX ATC 2016), moved to white space or to the boundary of a character.
///
/// A cut depends on the 64 bytes before it and on the cut before, which it follows by at least
/// `minimum` bytes; so two texts with a long stretch in common are cut alike soon behind its start.
enum LongSegmentCutter {
  /// No piece but the last is shorter, in bytes.
  private static let minimum = 256
  /// No piece is longer, but for the rest of a character.
  private static let maximum = 2_048
  /// How far behind a place that the hash chose white space is looked for.
  private static let reach = 48
  /// The hash is below this at one byte of 256.
  private static let threshold: UInt64 = 1 << 56

  /// A random number for each byte.
  private static let gear: [UInt64] = {
    var state: UInt64 = 0
    return (0..<256).map { _ in
      // SplitMix64.
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }()

  /// Appends the pieces of `range`, in order.
  static func appendPieces(
    of range: ByteRange, in text: UnsafeRawBufferPointer, to ranges: inout [ByteRange]
  ) {
    gear.withUnsafeBufferPointer { gear in
      var start = range.start
      while start < range.end {
        let end = cut(from: start, to: range.end, in: text, gear)
        ranges.append(ByteRange(start, end))
        start = end
      }
    }
  }

  private static func cut(
    from start: Int, to end: Int, in text: UnsafeRawBufferPointer,
    _ gear: UnsafeBufferPointer<UInt64>
  ) -> Int {
    guard end - start > minimum else { return end }
    let last = min(end, start + maximum - reach)
    var hash: UInt64 = 0
    // A byte is shifted out of the hash 64 bytes later.
    for offset in start + minimum - 64..<start + minimum {
      hash = (hash << 1) &+ gear[Int(text[offset])]
    }
    var offset = start + minimum
    while offset < last, hash >= threshold {
      hash = (hash << 1) &+ gear[Int(text[offset])]
      offset += 1
    }
    return offset < end ? boundary(near: offset, before: end, in: text) : end
  }

  /// The place behind the next white space, if that is near, or else the next boundary of a character.
  private static func boundary(
    near offset: Int, before end: Int, in text: UnsafeRawBufferPointer
  ) -> Int {
    let limit = min(offset + reach, end)
    for place in offset..<limit where WhiteSpace.isASCII(text[place]) {
      return endOfWhiteSpace(from: place, to: limit, in: text)
    }
    var place = offset
    while place < end, place < offset + 3, text[place] & 0xC0 == 0x80 { place += 1 }
    return place
  }

  private static func endOfWhiteSpace(
    from: Int, to limit: Int, in text: UnsafeRawBufferPointer
  ) -> Int {
    var place = from
    while place < limit, WhiteSpace.isASCII(text[place]) { place += 1 }
    return place
  }
}
