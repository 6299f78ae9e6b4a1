internal import Bytes

/// Finds the ends of sentences in a text, line after line: looks for stops, 64 bytes a step, and applies
/// the rules where one stands before a character that may follow the end of a sentence.
struct SentenceScanner {
  let text: UnsafeRawBufferPointer
  let stops: [UInt64]
  private let rules: SentenceRules
  private var marks: MarkCursor
  private var end: PatternMatcher?
  private var exception: PatternMatcher?
  private var number: PatternMatcher?

  /// How many bytes before a stop a word is looked for.
  private static let wordLimit = 32
  /// How many bytes behind the start of a line the number of a heading is looked for.
  private static let numberLimit = 40

  init(_ text: UnsafeRawBufferPointer, rules: SentenceRules) {
    self.text = text
    self.rules = rules
    stops = rules.stops
    marks = MarkCursor(text, .stops)
  }

  /// Returns the next place inside `line` where a sentence ends and another begins, or nil if there is none.
  ///
  /// The lines of one text are asked for in order.
  mutating func nextEnd(in line: Line) throws(PatternError) -> Int? {
    marks.skip(to: line.start)
    while let mark = marks.next(before: line.contentEnd) {
      let isASCII = text[mark] < 0x80
      let stop = isASCII ? lastOfRun(from: mark, before: line.contentEnd) : mark
      if isASCII {
        if stop > mark { marks.skip(to: stop + 1) }
        guard mayEnd(at: stop, before: line.contentEnd) else { continue }
      } else if !isStop(at: mark, before: line.contentEnd) {
        continue
      }
      if let place = try place(behind: stop, isRun: stop > mark, in: line) {
        marks.skip(to: place)
        return place
      }
    }
    return nil
  }

  /// The place behind `stop` and the white space there if a sentence ends with it, inside the line.
  private mutating func place(
    behind stop: Int, isRun: Bool, in line: Line
  ) throws(PatternError) -> Int? {
    let content = UnsafeRawBufferPointer(rebasing: text[line.start..<line.contentEnd])
    let offset = stop - line.start
    let matcher = try Self.matcher(&end, rules.end)
    guard let match = try matcher.firstMatch(in: content, from: offset),
      match.end < content.count
    else { return nil }
    let isFullStop = text[stop] == UInt8(ascii: ".") && !isRun
    if isFullStop || text[stop] == 0xEF, offset < Self.numberLimit {
      let number = try Self.matcher(&number, rules.number).firstMatch(in: content, from: 0)
      if number?.end == offset + (isFullStop ? 1 : 3) { return nil }
    }
    if isFullStop {
      let word = startOfWord(before: stop, from: line.start, limit: Self.wordLimit) - line.start
      let found = try Self.matcher(&exception, rules.exception).firstMatch(in: content, from: word)
      if found?.end == offset + 1 { return nil }
    }
    return line.start + match.end
  }

  /// The matcher in `slot`, made when it is first needed.
  private static func matcher(
    _ slot: inout PatternMatcher?, _ pattern: Pattern
  ) throws(PatternError) -> PatternMatcher {
    if let slot { return slot }
    let matcher = try PatternMatcher(pattern)
    slot = matcher
    return matcher
  }
}
