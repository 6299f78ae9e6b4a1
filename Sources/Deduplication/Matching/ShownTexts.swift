internal import Bytes

/// What is shown of all texts, one behind the other, and the segments of it that stand there as they are.
struct ShownTexts: Sendable {
  /// The bytes of all texts.
  private(set) var bytes: [UInt8] = []
  /// The segments that are no part of a reference.
  private(set) var index = SegmentIndex()
  /// Where each text begins.
  private(set) var starts: [Int] = []

  /// How many texts there are.
  var count: Int { starts.count }

  /// Begins the next text.
  mutating func beginText() {
    starts.append(bytes.count)
  }

  /// Where a text stands in `bytes`.
  func range(of text: Int) -> ByteRange {
    ByteRange(starts[text], text + 1 < starts.count ? starts[text + 1] : bytes.count)
  }

  /// Where the newest text begins.
  var currentStart: Int { starts.last ?? 0 }

  /// Shows a segment of the newest text as it is.
  mutating func append(_ segment: TextSegment, from text: [UInt8]) {
    if !segment.isBlank { index.append(segment, of: starts.count - 1, at: bytes.count) }
    append(text[segment.start..<segment.end])
  }

  /// Shows bytes that no reference will point to.
  mutating func append(_ slice: ArraySlice<UInt8>) {
    bytes += slice
  }

  /// Takes back what is shown from `offset` on; of a segment that it cuts the rest is found no more.
  mutating func truncate(to offset: Int) {
    while let last = index.entries.last, last.end > offset { index.removeLast() }
    bytes.removeLast(bytes.count - offset)
  }
}
