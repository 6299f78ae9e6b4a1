internal import Bytes
internal import TextProcessing

/// Finds text that looks as if it differed from request to request.
struct VolatileText {
  /// A stretch of such text.
  struct Match: Hashable {
    var rule: LintRule
    var range: ByteRange
  }

  private struct Search {
    let rule: LintRule
    let matcher: PatternMatcher
    /// Whether it also counts in documents, which may hold dates and addresses that never change.
    var countsInDocuments = false
    /// Whether a match must look random.
    var isRandom = false
    /// Whether a word before it, such as `since`, makes it a constant.
    var canBeConstant = false
  }

  private let searches: [Search]
  private let constantWords: PatternMatcher
  private let exampleWords: PatternMatcher

  /// The most bytes before a match in which words make it a constant or an example.
  private static let reach = 48
  /// The most bytes between two matches that are one.
  private static let wordsBetween = 12

  /// - Throws: `PatternError` if memory runs out.
  init() throws(PatternError) {
    var searches: [Search] = []
    for pattern in VolatilePatterns.moments {
      searches.append(
        Search(rule: .date, matcher: try Self.matcher(pattern), countsInDocuments: true))
    }
    for pattern in VolatilePatterns.dates {
      searches.append(
        Search(rule: .date, matcher: try Self.matcher(pattern), canBeConstant: true))
    }
    for (rule, pattern) in [
      (LintRule.identifier, VolatilePatterns.uuid), (.identifier, VolatilePatterns.identifier),
      (.host, VolatilePatterns.address), (.host, VolatilePatterns.hostName),
      (.counter, VolatilePatterns.counter), (.randomText, VolatilePatterns.token),
    ] {
      searches.append(Search(rule: rule, matcher: try Self.matcher(pattern)))
    }
    searches.append(
      Search(
        rule: .randomText, matcher: try Self.matcher(VolatilePatterns.word), isRandom: true))
    self.searches = searches
    constantWords = try Self.matcher(VolatilePatterns.constant)
    exampleWords = try Self.matcher(VolatilePatterns.example)
  }

  private static func matcher(_ source: ByteString) throws(PatternError) -> PatternMatcher {
    try PatternMatcher(Pattern(ByteString(Array("(*UCP)(?i)".utf8) + source.bytes)))
  }

  /// The matches in a text in their order; one that overlaps an earlier one is left out.
  ///
  /// - Parameter isDocument: whether the text is a block's.
  func matches(in text: [UInt8], isDocument: Bool) throws(PatternError) -> [Match] {
    var found: [Match] = []
    for search in searches where !isDocument || search.countsInDocuments {
      var offset = 0
      while let range = try text.withRawBytes({ bytes throws(PatternError) in
        try search.matcher.firstMatch(in: bytes, from: offset)
      }) {
        offset = range.end
        if found.contains(where: { $0.range.overlaps(range) }) { continue }
        if search.isRandom, !RandomText.looksRandom(text[range.start..<range.end]) { continue }
        if try isAnnounced(range, in: text, by: exampleWords) { continue }
        if search.canBeConstant, try isAnnounced(range, in: text, by: constantWords) { continue }
        found.append(Match(rule: search.rule, range: range))
      }
    }
    return Self.joined(found.sorted { $0.range.start < $1.range.start }, in: text)
  }

  /// Makes one match of those that a few words of a line part: "Monday, the 23 November 2026".
  private static func joined(_ matches: [Match], in text: [UInt8]) -> [Match] {
    var result: [Match] = []
    for match in matches {
      if let last = result.last, last.rule == match.rule {
        let between = text[last.range.end..<match.range.start]
        let ends = Array("\n.;!?".utf8)
        if between.count <= wordsBetween, !between.contains(where: ends.contains) {
          result[result.count - 1].range.end = match.range.end
          continue
        }
      }
      result.append(match)
    }
    return result
  }

  /// Whether words stand before a match.
  private func isAnnounced(
    _ range: ByteRange, in text: [UInt8], by words: PatternMatcher
  ) throws(PatternError) -> Bool {
    var start = max(range.start - Self.reach, 0)
    while start < range.start, text[start] & 0xC0 == 0x80 { start += 1 }
    let before = Array(text[start..<range.start])
    return try before.withRawBytes { bytes throws(PatternError) in
      try words.firstMatch(in: bytes, from: 0) != nil
    }
  }
}

/// Tells random words from those of people.
enum RandomText {
  /// The fewest changes between letters and digits of a random word.
  private static let fewestChanges = 4

  /// Whether letters and digits, or capitals and small letters, alternate more often than in words,
  /// names of code and versions. Words with marks between them, such as paths, are judged one by one.
  static func looksRandom(_ text: ArraySlice<UInt8>) -> Bool {
    let marks = Array("-_+/".utf8)
    let parts = text.split { marks.contains($0) }
    let longest = parts.max { $0.count < $1.count } ?? text
    guard longest.count >= 12 else { return false }
    var changes = (digits: 0, capitals: 0)
    for (last, next) in zip(longest, longest.dropFirst()) {
      if isDigit(last) != isDigit(next) { changes.digits += 1 }
      if !isDigit(last), !isDigit(next), isCapital(last) != isCapital(next) {
        changes.capitals += 1
      }
    }
    if changes.digits >= fewestChanges { return true }
    return (changes.digits + changes.capitals) * 2 >= longest.count
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isCapital(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}
