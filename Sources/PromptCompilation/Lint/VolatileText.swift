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
    let countsInDocuments: Bool
    /// Whether a match must look random.
    var isRandom = false
    /// Whether a word before it, such as `since`, makes it a constant.
    var canBeConstant = false
  }

  private let searches: [Search]
  private let constantWords: PatternMatcher

  /// - Throws: `PatternError` if memory runs out.
  init() throws(PatternError) {
    var searches: [Search] = []
    for pattern in VolatilePatterns.moments {
      searches.append(
        Search(rule: .date, matcher: try Self.matcher(pattern), countsInDocuments: true))
    }
    for pattern in VolatilePatterns.dates {
      searches.append(
        Search(
          rule: .date, matcher: try Self.matcher(pattern), countsInDocuments: false,
          canBeConstant: true))
    }
    for (rule, pattern) in [
      (LintRule.identifier, VolatilePatterns.uuid), (.identifier, VolatilePatterns.identifier),
      (.host, VolatilePatterns.address), (.host, VolatilePatterns.hostName),
      (.counter, VolatilePatterns.counter),
    ] {
      searches.append(
        Search(rule: rule, matcher: try Self.matcher(pattern), countsInDocuments: false))
    }
    searches.append(
      Search(
        rule: .randomText, matcher: try Self.matcher(VolatilePatterns.word),
        countsInDocuments: false, isRandom: true))
    self.searches = searches
    constantWords = try Self.matcher(VolatilePatterns.constant)
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
        if search.isRandom, !Self.looksRandom(text[range.start..<range.end]) { continue }
        if search.canBeConstant, try isConstant(range, in: text) { continue }
        found.append(Match(rule: search.rule, range: range))
      }
    }
    return found.sorted { $0.range.start < $1.range.start }
  }

  /// Whether letters and digits alternate more often than in words and versions.
  private static func looksRandom(_ word: ArraySlice<UInt8>) -> Bool {
    var changes = 0
    var last: Bool?
    for byte in word {
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      if let last, last != isDigit { changes += 1 }
      last = isDigit
    }
    return changes >= 4
  }

  private func isConstant(_ range: ByteRange, in text: [UInt8]) throws(PatternError) -> Bool {
    var start = max(range.start - 28, 0)
    while start < range.start, text[start] & 0xC0 == 0x80 { start += 1 }
    let before = Array(text[start..<range.start])
    return try before.withRawBytes { bytes throws(PatternError) in
      try constantWords.firstMatch(in: bytes, from: 0) != nil
    }
  }
}
