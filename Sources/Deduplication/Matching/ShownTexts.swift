internal import Bytes

/// What is shown of all texts, one behind the other, and the segments of it that stand there as they are.
struct ShownTexts: Sendable {
  /// The bytes of all texts.
  private(set) var bytes: [UInt8] = []
  /// The segments that are no part of a reference.
  private(set) var index = SegmentIndex()
  /// Where each text begins.
  private(set) var starts: [Int] = []
  /// Whether no reference stands in a text.
  private(set) var isVerbatim: [Bool] = []

  /// How many texts there are.
  var count: Int { starts.count }

  /// Makes room for so many texts of so many bytes in all.
  mutating func reserveCapacity(texts count: Int, bytes byteCount: Int) {
    starts.reserveCapacity(count)
    isVerbatim.reserveCapacity(count)
    bytes.reserveCapacity(byteCount)
  }

  /// Begins the next text.
  mutating func beginText() {
    starts.append(bytes.count)
    isVerbatim.append(true)
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

  /// Shows the segments of the newest text from `place` on as they are, up to the first one that is shown already.
  ///
  /// - Returns: the place of that one, or the end.
  mutating func append(_ segments: TextSegments, from place: Int) -> Int {
    guard place < segments.segments.count else { return place }
    let start = segments.segments[place].start
    let distance = bytes.count - start
    var next = place
    while next < segments.segments.count {
      let segment = segments.segments[next]
      if !segment.isBlank {
        guard !index.contains(segment.hash) else { break }
        index.append(segment, of: starts.count - 1, at: distance + segment.start)
      }
      next += 1
    }
    if next > place { append(segments.text[start..<segments.segments[next - 1].end]) }
    return next
  }

  /// Shows bytes that no reference will point to.
  mutating func append(_ slice: ArraySlice<UInt8>) {
    bytes += slice
  }

  /// Shows a reference.
  mutating func append(reference: [UInt8]) {
    bytes += reference
    isVerbatim[isVerbatim.count - 1] = false
  }

  /// Takes back all that is shown of the newest text.
  mutating func clearCurrent() {
    truncate(to: currentStart)
    isVerbatim[isVerbatim.count - 1] = true
  }

  /// Takes back what is shown from `offset` on; of a segment that it cuts the rest is found no more.
  mutating func truncate(to offset: Int) {
    while let last = index.entries.last, last.end > offset { index.removeLast() }
    bytes.removeLast(bytes.count - offset)
  }

  /// The text before the newest one that shares the most bytes of segments with it, half of them at least;
  /// of equal ones the first. nil if there is none.
  func textSharingMost(with segments: TextSegments) -> Int? {
    var shared: [Int: Int] = [:]
    var best: (text: Int, bytes: Int)?
    for segment in segments.segments where !segment.isBlank {
      var texts: [Int] = []
      index.forEachCandidate(of: segment.hash) { place in
        let text = Int(index.entries[place].text)
        if text < starts.count - 1, !texts.contains(text) { texts.append(text) }
      }
      for text in texts { shared[text, default: 0] += segment.end - segment.start }
    }
    for text in shared.keys.sorted() {
      let bytes = shared[text, default: 0]
      if 2 * bytes >= segments.text.count, bytes > (best?.bytes ?? 0) { best = (text, bytes) }
    }
    return best?.text
  }
}
