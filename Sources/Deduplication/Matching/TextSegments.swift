internal import Bytes
internal import TextProcessing

/// A text cut into the segments in which it is compared with others.
struct TextSegments: Sendable {
  let text: [UInt8]
  let comparison: TextComparison
  private(set) var segments: [TextSegment] = []

  /// Cuts a text.
  ///
  /// - Complexity: linear.
  init(_ text: [UInt8], by settings: FoldSettings, _ segmenter: TextSegmenter) {
    self.text = text
    comparison = settings.comparison
    var scratch: [UInt8] = []
    text.withUnsafeBytes { bytes in
      let ranges = Self.ranges(of: bytes, settings.level, segmenter)
      segments.reserveCapacity(ranges.count)
      for range in ranges {
        var contentEnd = range.end
        while contentEnd > range.start, bytes[contentEnd - 1].isWhiteSpace { contentEnd -= 1 }
        let content = ByteRange(range.start, contentEnd)
        segments.append(
          TextSegment(
            start: range.start, contentEnd: contentEnd, end: range.end,
            hash: comparison.hash(of: content, in: bytes, scratch: &scratch)))
      }
    }
  }

  private static func ranges(
    of text: UnsafeRawBufferPointer, _ level: FoldSettings.Level, _ segmenter: TextSegmenter
  ) -> [ByteRange] {
    guard level == .sentence else { return segmenter.lines(of: text) }
    do throws(PatternError) {
      var ranges: [ByteRange] = []
      try segmenter.segments(of: text, into: &ranges)
      return ranges
    } catch {
      // Where PCRE2 gives up a text, its lines are compared.
      return segmenter.lines(of: text)
    }
  }

  /// The segment of a run behind the one whose content ends at `offset`; nil if none does, or equal bytes
  /// are not what is compared.
  func place(behind offset: Int, in run: RepeatedRun) -> Int? {
    guard comparison == .exact else { return nil }
    var place = run.nextSegment
    while place > 0, segments[place - 1].contentEnd > offset { place -= 1 }
    return place > 0 && segments[place - 1].contentEnd == offset ? place : nil
  }

  /// The white space behind the content of a segment.
  func space(behind place: Int) -> Range<Int> {
    segments[place].contentEnd..<segments[place].end
  }
}
