internal import Bytes

// Python's str.split, str.rsplit and str.splitlines. The parts keep their spans.
extension Text {
  /// The parts between occurrences of `separator`, cut at most `limit` times from the left.
  func split(by separator: Text, limit: Int) -> [Text] {
    parts(cutAt: offsets(of: separator.bytes, limit: limit), length: separator.count)
  }

  /// The parts between occurrences of `separator`, cut at most `limit` times from the right.
  ///
  /// - Complexity: the length times that of the separator, in the worst case.
  func splitFromRight(by separator: Text, limit: Int) -> [Text] {
    var places: [Int] = []
    var start = count - separator.count
    while places.count < limit, start >= 0 {
      if bytes[start..<(start + separator.count)].elementsEqual(separator.bytes) {
        places.append(start)
        start -= separator.count
      } else {
        start -= 1
      }
    }
    return parts(cutAt: places.reversed(), length: separator.count)
  }

  private func parts(cutAt places: [Int], length: Int) -> [Text] {
    var result: [Text] = []
    var start = 0
    for place in places {
      result.append(slice(ByteRange(start, place)))
      start = place + length
    }
    result.append(slice(ByteRange(start, count)))
    return result
  }

  /// The words between runs of white space, cut at most `limit` times from the left.
  func splitByWhitespace(limit: Int) -> [Text] {
    let words = wordRanges
    var result = words.prefix(limit).map { slice($0) }
    if words.count > limit {
      result.append(slice(ByteRange(words[limit].start, count)))
    }
    return result
  }

  /// The words between runs of white space, cut at most `limit` times from the right.
  func splitByWhitespaceFromRight(limit: Int) -> [Text] {
    let words = wordRanges
    var result = words.suffix(limit).map { slice($0) }
    if words.count > limit {
      result.insert(slice(ByteRange(0, words[words.count - limit - 1].end)), at: 0)
    }
    return result
  }

  /// The number of words between runs of white space.
  var wordCount: Int {
    var result = 0
    var isInWord = false
    CodePoints.forEach(in: bytes, ByteRange(0, count)) { scalar, _ in
      let isSpace = CodePoints.isWhitespace(scalar)
      if !isSpace && !isInWord { result += 1 }
      isInWord = !isSpace
    }
    return result
  }

  /// The number of code points that end a line.
  var lineEndCount: Int {
    var result = 0
    CodePoints.forEach(in: bytes, ByteRange(0, count)) { scalar, _ in
      if Self.endsLine(scalar) { result += 1 }
    }
    return result
  }

  private var wordRanges: [ByteRange] {
    var result: [ByteRange] = []
    var start: Int?
    CodePoints.forEach(in: bytes, ByteRange(0, count)) { scalar, range in
      if !CodePoints.isWhitespace(scalar) {
        start = start ?? range.start
      } else if let first = start {
        result.append(ByteRange(first, range.start))
        start = nil
      }
    }
    if let start { result.append(ByteRange(start, count)) }
    return result
  }

  /// The lines, without their ends unless `keepsEnds`; all of Unicode's line ends count.
  func lines(keepsEnds: Bool = false) -> [Text] {
    var result: [Text] = []
    var start = 0
    var offset = 0
    while offset < count {
      var (scalar, length) = CodePoints.decode(bytes, at: offset)
      guard Self.endsLine(scalar) else {
        offset += length
        continue
      }
      if scalar == "\r", offset + 1 < count, bytes[offset + 1] == 0x0A { length = 2 }
      result.append(slice(ByteRange(start, keepsEnds ? offset + length : offset)))
      offset += length
      start = offset
    }
    if start < count { result.append(slice(ByteRange(start, count))) }
    return result
  }

  private static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
