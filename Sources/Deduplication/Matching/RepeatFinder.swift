internal import Bytes
internal import TextProcessing

/// Finds what a text repeats of what is shown.
///
/// A candidate is a shown segment equal to one of the text; it is extended to the longest run of equal
/// segments in both directions, and at the edges of a text into a segment that the edge cuts. Greedy: of
/// the candidates of a segment the longest run is taken.
struct RepeatFinder {
  let segments: TextSegments
  /// How many segments may still be compared; the work stays linear in the text.
  private var budget: Int

  init(_ segments: TextSegments) {
    self.segments = segments
    budget = 64 * segments.segments.count + 1024
  }

  /// Returns the longest repeated runs that cover a segment, longest first, a bounded number.
  ///
  /// - Parameters:
  ///   - place: the segment.
  ///   - earliest: how far back a run may begin: the segments from there on are shown as they are.
  mutating func runs(at place: Int, from earliest: Int, in shown: ShownTexts) -> [RepeatedRun] {
    let segment = segments.segments[place]
    guard !segment.isBlank, budget > 0 else { return [] }
    return segments.text.withUnsafeBytes { text in
      shown.bytes.withUnsafeBytes { bytes in
        let view = RepeatView(segments: segments, text: text, shown: shown, bytes: bytes)
        var found: [(entry: Int, count: Int)] = []
        shown.index.forEachCandidate(of: segment.hash) { entry in
          let count = view.runLength(at: place, entry)
          budget -= count + 1
          if count > 0 { found.append((entry, count)) }
        }
        // Of equal ones the oldest, which most prompts share.
        found.sort { ($0.count, $1.entry) > ($1.count, $0.entry) }
        return found.prefix(Self.runLimit).map { candidate in
          view.extended(at: place, from: earliest, candidate.entry, candidate.count)
        }
      }
    }
  }

  /// So many runs are returned: words may not tell the longest one.
  private static let runLimit = 3
}

/// A text and what is shown, side by side.
private struct RepeatView {
  let segments: TextSegments
  let text: UnsafeRawBufferPointer
  let shown: ShownTexts
  let bytes: UnsafeRawBufferPointer

  private var entries: [SegmentIndex.Entry] { shown.index.entries }

  /// How many segments from `place` on equal those that are shown from `entry` on.
  func runLength(at place: Int, _ entry: Int) -> Int {
    guard areEqual(place, entry) else { return 0 }
    var count = 1
    while place + count < segments.segments.count, follows(entry + count, place + count),
      areEqual(place + count, entry + count)
    {
      count += 1
    }
    return count
  }

  /// Whether `entry` is shown right behind the one before it, with the white space between them that is
  /// before the segment at `place`.
  private func follows(_ entry: Int, _ place: Int) -> Bool {
    guard entry > 0, entry < entries.count, place > 0 else { return false }
    let (before, after) = (entries[entry - 1], entries[entry])
    guard before.text == after.text, before.end == after.start else { return false }
    guard segments.comparison == .exact else { return true }
    let space = segments.space(behind: place - 1)
    return before.end - before.contentEnd == space.count
      && text[space].elementsEqual(bytes[before.contentEnd..<before.end])
  }

  private func areEqual(_ place: Int, _ entry: Int) -> Bool {
    let (segment, other) = (segments.segments[place], entries[entry])
    let count = segment.contentEnd - segment.start
    guard segment.hash == other.hash else { return false }
    guard segments.comparison == .exact else { return haveEqualForms(segment, other) }
    guard count == other.contentEnd - other.start,
      let left = text.baseAddress, let right = bytes.baseAddress
    else { return false }
    return ByteSearch.areEqual(left + segment.start, right + other.start, count: count)
  }

  /// Whether a segment and a shown one have the same normal form.
  private func haveEqualForms(_ segment: TextSegment, _ other: SegmentIndex.Entry) -> Bool {
    let whole = shown.range(of: Int(other.text))
    let source = UnsafeRawBufferPointer(rebasing: bytes[whole.start..<whole.end])
    // The number of a line is none in the middle of another line.
    guard
      segments.comparison != .lineNumbers
        || isLineStart(segment.start, in: text)
          == isLineStart(other.start - whole.start, in: source)
    else { return false }
    var forms: ([UInt8], [UInt8]) = ([], [])
    segments.comparison.appendNormalForm(
      of: ByteRange(segment.start, segment.contentEnd), in: text, to: &forms.0)
    segments.comparison.appendNormalForm(
      of: ByteRange(other.start - whole.start, other.contentEnd - whole.start), in: source,
      to: &forms.1)
    return forms.0 == forms.1
  }

  private func isLineStart(_ offset: Int, in text: UnsafeRawBufferPointer) -> Bool {
    offset == 0 || text[offset - 1] == 0x0A || text[offset - 1] == 0x0D
  }

  /// The run that `count` equal segments are a part of.
  func extended(at place: Int, from earliest: Int, _ entry: Int, _ count: Int) -> RepeatedRun {
    // What is shown of the run is taken back: its source in the same text has to end before it.
    let origin = bytes.count - segments.segments[place].start
    let shownEnd = entries[entry + count - 1].contentEnd
    var (place, entry, count) = (place, entry, count)
    while place > earliest, shownEnd <= origin + segments.segments[place - 1].start,
      follows(entry, place), areEqual(place - 1, entry - 1)
    {
      place -= 1
      entry -= 1
      count += 1
    }
    let next = place + count
    let last = segments.segments[next - 1]
    var run = RepeatedRun(
      range: ByteRange(segments.segments[place].start, last.contentEnd),
      shown: ByteRange(entries[entry].start, entries[entry + count - 1].contentEnd),
      source: Int(entries[entry].text), nextSegment: next)
    guard segments.comparison == .exact else { return run }
    if place > earliest, follows(entry, place) {
      extendBackward(&run, place - 1, entry - 1, from: shownEnd - origin)
    }
    if next < segments.segments.count, follows(entry + count, next) {
      extendForward(&run, next, entry + count, upTo: origin + run.range.start)
    }
    return run
  }

  /// Adds the end of the segment before, where the edge of a text cuts it, if it does not begin before
  /// `lowest`.
  private func extendBackward(
    _ run: inout RepeatedRun, _ place: Int, _ entry: Int, from lowest: Int
  ) {
    let (segment, other) = (segments.segments[place], entries[entry])
    let length = min(segment.end - segment.start, other.end - other.start)
    let isEdge =
      length == segment.end - segment.start && place == 0
      || length == other.end - other.start && other.start == shown.starts[Int(other.text)]
    let (start, shownStart) = (segment.end - length, other.end - length)
    let whole = shown.range(of: Int(other.text))
    guard isEdge, start >= lowest, isBoundary(start, in: text),
      shownStart == whole.start || isBoundary(shownStart, in: bytes),
      text[start..<segment.end].elementsEqual(bytes[shownStart..<other.end])
    else { return }
    run.range.start = start
    run.shown.start = shownStart
  }

  /// Adds the beginning of the segment behind, where the edge of a text cuts it, if it is shown before
  /// `limit`.
  private func extendForward(
    _ run: inout RepeatedRun, _ place: Int, _ entry: Int, upTo limit: Int
  ) {
    let (segment, other) = (segments.segments[place], entries[entry])
    let length = min(segment.contentEnd - segment.start, other.contentEnd - other.start)
    let whole = shown.range(of: Int(other.text))
    let isLastShown = Int(other.text) != shown.count - 1 && other.end == whole.end
    let isEdge =
      length == segment.contentEnd - segment.start && place == segments.segments.count - 1
      || length == other.contentEnd - other.start && isLastShown
    let (end, shownEnd) = (segment.start + length, other.start + length)
    guard isEdge, shownEnd <= limit, isBoundary(end, in: text),
      shownEnd == whole.end || isBoundary(shownEnd, in: bytes),
      text[segment.start..<end].elementsEqual(bytes[other.start..<shownEnd])
    else { return }
    run.range.end = end
    run.shown.end = shownEnd
    run.nextSegment = place + 1
  }

  /// Whether no word is cut at an offset, and no character.
  private func isBoundary(_ offset: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
    guard offset > 0, offset < bytes.count else { return true }
    let (before, after) = (bytes[offset - 1], bytes[offset])
    guard after & 0xC0 != 0x80 else { return false }
    return before.isWhiteSpace || after.isWhiteSpace || before >= 0x80 || after >= 0x80
  }
}
