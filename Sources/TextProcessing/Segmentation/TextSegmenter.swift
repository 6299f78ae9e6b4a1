public import Bytes

/// Cuts text into lines, paragraphs, sentences, and segments to be compared.
///
/// The ranges of every function cover the text: they follow each other without gap or overlap, none is
/// empty, and white space and line ends belong to the range before them. Line ends are LF, CRLF and CR.
/// Any bytes will do: what is not UTF-8 is ordinary text, and a character of UTF-8 is never cut.
///
/// Where a text is cut depends on the line around the place alone, so equal lines are cut equally in
/// whatever text they stand.
///
///     let segmenter = try TextSegmenter()
///     let text = Array("Dr. No came. He left.\n\nEnd".utf8)
///     try text.withUnsafeBytes { try segmenter.sentences(of: $0) }  // 0..<13, 13..<23, 23..<26
public struct TextSegmenter: Sendable {
  private let rules: SentenceRules

  /// Makes a segmenter. The first of a process compiles the patterns, which takes about a millisecond.
  ///
  /// - Throws: `PatternError` if PCRE2 cannot compile them for want of memory.
  public init() throws(PatternError) {
    rules = try SentenceRules.compiled.get()
  }

  /// Returns the lines, each with its line end.
  ///
  /// - Complexity: linear; 64 bytes a step.
  public func lines(of text: UnsafeRawBufferPointer) -> [ByteRange] {
    var cursor = LineCursor(text)
    var ranges: [ByteRange] = []
    while let line = cursor.next() { ranges.append(ByteRange(line.start, line.end)) }
    return ranges
  }

  /// Returns the paragraphs: runs of lines that are not blank, each with the blank lines behind it. Blank
  /// lines at the start of the text are a range of their own.
  public func paragraphs(of text: UnsafeRawBufferPointer) -> [ByteRange] {
    var cursor = LineCursor(text)
    var ranges: [ByteRange] = []
    var start = 0
    var isBlankBefore = false
    while let line = cursor.next() {
      let isBlank = line.isBlank(in: text)
      if isBlankBefore, !isBlank {
        ranges.append(ByteRange(start, line.start))
        start = line.start
      }
      isBlankBefore = isBlank
    }
    if start < text.count { ranges.append(ByteRange(start, text.count)) }
    return ranges
  }

  /// Returns the sentences; a line end ends a sentence, and blank lines belong to the one before.
  ///
  /// - Throws: `PatternError` if PCRE2 gives up, which its patterns and limits leave for want of memory.
  public func sentences(of text: UnsafeRawBufferPointer) throws(PatternError) -> [ByteRange] {
    var ranges: [ByteRange] = []
    try forEachSentence(of: text, keepsLinesWhole: false) { ranges.append($0) }
    return ranges
  }

  /// Appends the segments by which texts are compared: sentences, but headings, rows of tables, lines of
  /// code and short list items whole; and what is longer than `lengthLimit` in pieces, cut where its
  /// content says so, so that equal stretches of long lines are cut at equal places.
  ///
  /// - Parameter ranges: what is appended to; its capacity is used again.
  /// - Throws: `PatternError` if PCRE2 gives up, which its patterns and limits leave for want of memory.
  /// - Complexity: linear.
  public func segments(
    of text: UnsafeRawBufferPointer, into ranges: inout [ByteRange]
  ) throws(PatternError) {
    try forEachSentence(of: text, keepsLinesWhole: true) { range in
      if range.count <= Self.lengthLimit {
        ranges.append(range)
      } else {
        LongSegmentCutter.appendPieces(of: range, in: text, to: &ranges)
      }
    }
  }

  /// The length in bytes above which a segment is cut into pieces.
  public static let lengthLimit = 1_024

  private func forEachSentence(
    of text: UnsafeRawBufferPointer, keepsLinesWhole: Bool, _ body: (ByteRange) -> Void
  ) throws(PatternError) {
    var lines = LineCursor(text)
    var scanner = SentenceScanner(text, rules: rules)
    var start = 0
    while let line = lines.next() {
      if line.isBlank(in: text) { continue }
      if line.start > start { body(ByteRange(start, line.start)) }
      start = line.start
      while let end = try scanner.nextEnd(in: line) {
        if keepsLinesWhole, start == line.start, line.isWhole(in: text) { break }
        body(ByteRange(start, end))
        start = end
      }
    }
    if start < text.count { body(ByteRange(start, text.count)) }
  }
}
