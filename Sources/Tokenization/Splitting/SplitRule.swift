internal import Bytes

/// How a known split pattern finds its pieces: what a regular expression engine finds with the patterns
/// of a `SplitFamily`, alternative by alternative, first match wins.
///
/// Rules are types without values, so that the loops over pieces are compiled for each by itself.
protocol SplitRule {
  /// Returns the end of the piece that begins at `start`, which is not the end of the text.
  static func endOfPiece(in text: ScannedText, from start: Int) -> Int

  /// Where the pattern splits ASCII as others do; nil if it does not.
  static var asciiRules: ASCIIRules? { get }
}

extension SplitRule {
  @inline(__always)
  static var asciiRules: ASCIIRules? { nil }

  /// Calls `body` with each piece of `text` in order, until it says that it takes no more.
  ///
  /// - Parameter start: where a piece begins.
  /// - Returns: where the last piece ends.
  @inline(__always)
  static func forEachPiece(
    in text: ScannedText, from start: Int, _ body: (ByteRange) -> Bool
  ) -> Int {
    forEachPiece(
      in: text, from: start,
      window: { first, ends in
        var start = first
        var ends = ends
        while ends != 0 {
          let end = first &+ ends.trailingZeroBitCount
          ends &= ends &- 1
          let isFull = body(ByteRange(start, end))
          start = end
          if isFull { return (start, true) }
        }
        return (start, false)
      }, body)
  }

  /// The same, with the pieces in a window of ASCII together.
  ///
  /// - Parameter window: called with where a window begins, `ASCIIBoundaries.reach` bytes or more before the end
  ///   of the text, and where pieces end in it, bit i for the offset i of the window, the first of them at least at
  ///   offset 1; returns where the last piece that it took ends, and whether it takes no more.
  @inline(__always)
  static func forEachPiece(
    in text: ScannedText, from start: Int, window: (Int, UInt64) -> (end: Int, isFull: Bool),
    _ body: (ByteRange) -> Bool
  ) -> Int {
    var start = start
    while start < text.count {
      // ASCII seldom stands alone.
      if let asciiRules, start &+ ASCIIBoundaries.reach <= text.count, text.base[start] < 0x80 {
        let boundaries = ASCIIBoundaries(text, from: start, asciiRules)
        if boundaries.ends != 0 {
          let taken = window(start, boundaries.ends)
          start = taken.end
          if taken.isFull { return start }
          if !boundaries.isStopped { continue }
        }
      }
      let end = endOfPiece(in: text, from: start)
      let isFull = body(ByteRange(start, end))
      start = end
      if isFull { return start }
    }
    return start
  }
}

// MARK: - What the patterns have in common

extension ScannedText {
  /// Whether an ASCII letter stands at `offset`.
  @inline(__always)
  func isASCIILetter(at offset: Int) -> Bool {
    offset < count && classesOfASCII(at: offset) & CodePointClasses.letter != 0
  }

  /// `\p{N}{1,limit}`, the first of which is `width` bytes at `start`.
  @inline(__always)
  func endOfNumber(from start: Int, width: Int, limit: Int) -> Int {
    var end = start + width
    var number = 1
    while number < limit, end < count {
      let (classes, width) = character(at: end)
      if classes & CodePointClasses.number == 0 { break }
      end += width
      number += 1
    }
    return end
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`
  func endOfSpace(from start: Int) -> Int {
    var end = start
    var lastStart = start
    var endOfNewlines = start
    while true {
      let blanksEnd = endOfBlanks(from: end)
      if blanksEnd > end {
        lastStart = blanksEnd - 1
        end = blanksEnd
      }
      guard end < count else { break }
      let (classes, width) = character(at: end)
      if classes & CodePointClasses.space == 0 { break }
      lastStart = end
      end += width
      if classes & CodePointClasses.newline != 0 { endOfNewlines = end }
    }
    if endOfNewlines > start { return endOfNewlines }
    if end == count || lastStart == start { return max(end, start + 1) }
    return lastStart
  }

  /// The length of `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at `offset`, where an apostrophe stands; 0 if there
  /// is none. U+017F is an `s` when case is ignored.
  func lengthOfContraction(at offset: Int) -> Int {
    let second = byte(at: offset + 2) | 0x20
    switch byte(at: offset + 1) | 0x20 {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return second == UInt8(ascii: "e") ? 3 : 0
    case UInt8(ascii: "l"): return second == UInt8(ascii: "l") ? 3 : 0
    case 0xE5:
      return byte(at: offset + 1) == 0xC5 && byte(at: offset + 2) == 0xBF ? 3 : 0
    default: return 0
    }
  }
}
