internal import Bytes
internal import TextProcessing

/// A text while it is folded: what of it is shown so far, and the references in that.
struct FoldingText: ~Copyable {
  private let text: [UInt8]
  private let settings: FoldSettings
  private let segmenter: TextSegmenter
  private let sources: [ByteString]
  /// What is shown of all texts, this one last.
  private(set) var shown: ShownTexts
  private(set) var writer: ReferenceWriter
  private var references: [FoldedReference] = []
  private var tokens: (before: Int, after: Int)?
  private var written = WrittenParts()
  /// The text cut into segments; nil as long as that was of no use.
  private(set) var segments: TextSegments?

  init(
    _ text: [UInt8], _ segments: TextSegments?, _ settings: FoldSettings,
    _ segmenter: TextSegmenter, shown: ShownTexts,
    writer: ReferenceWriter, sources: [ByteString]
  ) {
    self.text = text
    self.segments = segments
    self.settings = settings
    self.segmenter = segmenter
    self.shown = shown
    self.writer = writer
    self.sources = sources
  }

  /// Shows the text: as a reference to the one that it equals, with references in place of what it
  /// repeats, or as it is, whichever has the fewest tokens.
  ///
  /// - Returns: what became of it.
  mutating func folded<Failure: Error>(
    equalTo equal: Int?, counting count: ([UInt8]) throws(Failure) -> Int
  ) throws(Failure) -> FoldedText {
    try fold(equalTo: equal, counting: count)
    guard !references.isEmpty else { return FoldedText(bytes: text) }
    var result = FoldedText(bytes: Array(shown.bytes[shown.currentStart...]))
    result.references = references
    result.tokensBefore = tokens?.before
    result.tokensAfter = tokens?.after
    return result
  }

  private mutating func fold<Failure: Error>(
    equalTo equal: Int?, counting count: ([UInt8]) throws(Failure) -> Int
  ) throws(Failure) {
    if let equal, text.count >= settings.minimumTokens,
      try refer(toWhole: sources[equal], counting: count)
    {
      return
    }
    let segments = segments ?? TextSegments(text, by: settings, segmenter)
    self.segments = segments
    let near = settings.foldsNearDuplicates ? nearReference(segments) : nil
    if settings.level == .block {
      showAll(segments)
    } else {
      try foldParts(segments, counting: count)
    }
    if let near { try show(near, counting: count) }
  }

  /// Puts references in place of what the text repeats, if that saves tokens of the whole.
  private mutating func foldParts<Failure: Error>(
    _ segments: TextSegments, counting count: ([UInt8]) throws(Failure) -> Int
  ) throws(Failure) {
    try foldRuns(segments, counting: count)
    guard !references.isEmpty else { return }
    let before = try count(text)
    let after = try count(Array(shown.bytes[shown.currentStart...]))
    tokens = (before, after)
    guard after >= before else { return }
    references = []
    shown.clearCurrent()
    showAll(segments)
  }

  private mutating func showAll(_ segments: TextSegments) {
    for segment in segments.segments { shown.append(segment, from: text) }
  }

  /// Shows a reference to a whole text, if that saves tokens.
  private mutating func refer<Failure: Error>(
    toWhole source: ByteString, counting count: ([UInt8]) throws(Failure) -> Int
  ) throws(Failure) -> Bool {
    guard let reference = writer.reference(toWhole: source) else { return false }
    let (before, after) = (try count(text), try count(reference))
    guard before >= settings.minimumTokens, before - after >= settings.minimumSaving else {
      return false
    }
    tokens = (before, after)
    shown.append(reference: reference)
    references.append(
      FoldedReference(
        range: ByteRange(0, text.count), shown: ByteRange(0, reference.count), source: source,
        savedTokens: before - after))
    return true
  }

  /// A reference to the earlier text that shares most with this one, which tells what is otherwise.
  private func nearReference(_ segments: TextSegments) -> (bytes: [UInt8], source: Int)? {
    guard text.count >= settings.minimumTokens,
      let source = shown.textSharingMost(with: segments), shown.isVerbatim[source],
      writer.names[sources[source]] == source
    else { return nil }
    let range = shown.range(of: source)
    return text.withUnsafeBytes { text in
      shown.bytes.withUnsafeBytes { bytes in
        writer.reference(
          to: text, nearly: UnsafeRawBufferPointer(rebasing: bytes[range.start..<range.end]),
          named: sources[source])
      }
    }.map { ($0, source) }
  }

  /// Shows a reference to a text that is nearly this one, if that takes fewer tokens than what is shown.
  private mutating func show<Failure: Error>(
    _ near: (bytes: [UInt8], source: Int), counting count: ([UInt8]) throws(Failure) -> Int
  ) throws(Failure) {
    let before = try count(text)
    let best = references.isEmpty ? before : tokens?.after ?? before
    let after = try count(near.bytes)
    guard before >= settings.minimumTokens, best - after >= settings.minimumSaving else { return }
    tokens = (before, after)
    shown.clearCurrent()
    shown.append(reference: near.bytes)
    references = [
      FoldedReference(
        range: ByteRange(0, text.count), shown: ByteRange(0, near.bytes.count),
        source: sources[near.source], savedTokens: before - after)
    ]
  }

  private mutating func foldRuns<Failure: Error>(
    _ segments: TextSegments, counting count: ([UInt8]) throws(Failure) -> Int
  ) throws(Failure) {
    var finder = RepeatFinder(segments)
    // The segments from here on are shown as they are.
    var earliest = 0
    var place = shown.append(segments, from: 0)
    while place < segments.segments.count {
      var written: WrittenRun?
      for run in finder.runs(at: place, from: earliest, in: shown) {
        written = try reference(to: run, segments, counting: count)
        if written != nil { break }
      }
      if let written {
        show(written, behind: segments.segments[place].start)
        place = written.nextSegment
        earliest = place
        shown.append(text[written.range.end..<segments.segments[place - 1].end])
      } else {
        shown.append(segments.segments[place], from: text)
        place += 1
      }
      place = shown.append(segments, from: place)
    }
  }

  /// A reference to a run.
  private struct WrittenRun {
    /// What it stands for in the text.
    var range: ByteRange
    var bytes: [UInt8]
    var source: Int
    var savedTokens: Int
    /// The first segment behind it.
    var nextSegment: Int
  }

  /// Puts a reference in place of a run, of which what stands before `offset` is shown already.
  private mutating func show(_ written: WrittenRun, behind offset: Int) {
    if written.range.start < offset {
      shown.truncate(to: shown.bytes.count - (offset - written.range.start))
      self.written.forget(
        partsOf: shown.count - 1, endingBehind: shown.bytes.count - shown.currentStart)
    } else {
      shown.append(text[offset..<written.range.start])
    }
    let start = shown.bytes.count - shown.currentStart
    shown.append(reference: written.bytes)
    references.append(
      FoldedReference(
        range: written.range, shown: ByteRange(start, start + written.bytes.count),
        source: sources[written.source], savedTokens: written.savedTokens))
  }

  /// A reference to a run, or to the run without its first lines or its last sentences, if it can be told
  /// and saves tokens.
  private mutating func reference<Failure: Error>(
    to run: RepeatedRun, _ segments: TextSegments,
    counting count: ([UInt8]) throws(Failure) -> Int
  ) throws(Failure) -> WrittenRun? {
    let source = sources[run.source]
    guard writer.names[source] == run.source else { return nil }
    let whole = shown.range(of: run.source)
    var run = run
    for _ in 0..<Self.startLimit {
      run.range = text.trimmed(run.range)
      run.shown = shown.bytes.trimmed(run.shown)
      let range = run.range
      guard range.count >= settings.minimumTokens else { return nil }
      let part = run.shown.shifted(by: -whole.start)
      let written = written.reference(to: part, of: run.source) {
        shown.bytes.withUnsafeBytes { bytes in
          writer.reference(
            to: part, of: UnsafeRawBufferPointer(rebasing: bytes[whole.start..<whole.end]),
            named: source)
        }
      }
      if let written {
        guard countsAsEqual(run) else { return nil }
        if written.part.count < part.count {
          guard let next = segments.place(behind: range.start + written.part.count, in: run) else {
            return nil
          }
          run.nextSegment = next
          run.range.end = range.start + written.part.count
        }
        let stretch = Array(text[run.range.start..<run.range.end])
        let (before, after) = (try count(stretch), try count(written.bytes))
        guard before >= settings.minimumTokens, before - after >= settings.minimumSaving else {
          return nil
        }
        return WrittenRun(
          range: run.range, bytes: written.bytes, source: run.source,
          savedTokens: before - after, nextSegment: run.nextSegment)
      }
      // Equal bytes are equal without their first line too.
      guard settings.comparison == .exact,
        let lineBreak = text.firstLineBreak(in: range)
      else { return nil }
      run.shown.start += lineBreak + 1 - range.start
      run.range.start = lineBreak + 1
    }
    return nil
  }

  /// Whether what is shown in place of a run counts as equal where the run stands: a number is that of a
  /// line only at its start, before a tab only behind blanks.
  private func countsAsEqual(_ run: RepeatedRun) -> Bool {
    guard settings.comparison != .exact else { return true }
    var start = run.range.start
    while start > 0, text[start - 1] == 0x20 || text[start - 1] == 0x09 { start -= 1 }
    let before = text[max(0, start - 1)..<run.range.start]
    return normalForm(before + text[run.range.start..<run.range.end])
      == normalForm(before + shown.bytes[run.shown.start..<run.shown.end])
  }

  private func normalForm(_ stretch: ArraySlice<UInt8>) -> [UInt8] {
    var form: [UInt8] = []
    stretch.withUnsafeBytes { bytes in
      settings.comparison.appendNormalForm(of: ByteRange(0, bytes.count), in: bytes, to: &form)
    }
    return form
  }

  /// At so many lines a reference may begin, one after another, until its first words tell the place.
  private static let startLimit = 4
}

extension [UInt8] {
  fileprivate func firstLineBreak(in range: ByteRange) -> Int? {
    withUnsafeBytes { bytes in
      ByteSearch.first(
        [UInt8(ascii: "\n")], in: UnsafeRawBufferPointer(rebasing: bytes[..<range.end]),
        from: range.start)
    }
  }

  /// A range without the white space at its ends.
  fileprivate func trimmed(_ range: ByteRange) -> ByteRange {
    var range = range
    while !range.isEmpty, self[range.start].isWhiteSpace { range.start += 1 }
    while !range.isEmpty, self[range.end - 1].isWhiteSpace { range.end -= 1 }
    return range
  }
}
