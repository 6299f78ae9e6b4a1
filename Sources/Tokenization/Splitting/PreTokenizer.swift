internal import Bytes
internal import TextProcessing

/// Splits text into the pieces that are merged each by itself.
struct PreTokenizer: Sendable {
  /// The patterns; each splits the pieces that the one before left. Empty if a rule splits.
  private let patterns: [Pattern]
  /// What is known of the patterns together.
  let family: SplitFamily?
  /// Whether the rule of the family splits.
  private let usesRule: Bool
  /// What splits by steps, for a vocabulary that asks for more than pieces that match.
  private let steps: SplitSteps?

  /// Compiles the split patterns of a vocabulary.
  ///
  /// - Parameter usingPatterns: whether PCRE2 splits even where there is a rule; for tests.
  init(
    splitPatterns: [ByteString], splits: [SplitStep] = [], usingPatterns: Bool = false
  ) throws(PatternError) {
    steps = SplitSteps(splits)
    if let steps {
      patterns = try steps.patterns()
      family = nil
      usesRule = false
      return
    }
    family = SplitFamily(splitPatterns)
    usesRule = family != nil && !usingPatterns
    var patterns: [Pattern] = []
    if !usesRule {
      for pattern in splitPatterns {
        patterns.append(try Pattern(SplitPattern.translated(pattern)))
      }
    }
    self.patterns = patterns
  }

  /// Returns the working memory that splitting needs.
  func makeMatchers() throws(PatternError) -> [PatternMatcher] {
    var matchers: [PatternMatcher] = []
    for pattern in patterns { matchers.append(try PatternMatcher(pattern)) }
    return matchers
  }

  /// Calls `body` with each piece of `text` in order. Text that no pattern matches is a piece of its
  /// own, so the pieces put together are the text.
  func forEachPiece(
    of text: UnsafeRawBufferPointer, matchers: [PatternMatcher], _ body: (ByteRange) -> Void
  ) throws(PatternError) {
    if let steps {
      try steps.forEachPiece(of: text, matchers: matchers, body)
      return
    }
    guard let rule = rule(for: text) else {
      if !usesRule { try split(text, ByteRange(0, text.count), matchers[...], body) }
      return
    }
    var ends = [Int](repeating: 0, count: 64)
    var start = 0
    while start < text.count {
      for end in ends[..<rule.findEnds(from: start, into: &ends)] {
        body(ByteRange(start, end))
        start = end
      }
    }
  }

  /// What splits `text` by hand; nil if the text is empty or nothing is known of the patterns.
  func rule(for text: UnsafeRawBufferPointer) -> TextSplitter? {
    guard usesRule, let family, let scanned = ScannedText(text) else { return nil }
    return TextSplitter(scanned, family)
  }

  private func split(
    _ text: UnsafeRawBufferPointer, _ range: ByteRange, _ matchers: ArraySlice<PatternMatcher>,
    _ body: (ByteRange) -> Void
  ) throws(PatternError) {
    guard let matcher = matchers.first else {
      if !range.isEmpty { body(range) }
      return
    }
    let rest = matchers.dropFirst()
    let subject = UnsafeRawBufferPointer(rebasing: text[range.start..<range.end])
    var offset = 0
    while offset < subject.count {
      let match = try matcher.firstMatch(in: subject, from: offset)
      let start = match?.start ?? subject.count
      if start > offset {
        try split(text, ByteRange(offset, start).shifted(by: range.start), rest, body)
      }
      guard let match else { return }
      try split(text, match.shifted(by: range.start), rest, body)
      offset = match.end
    }
  }
}
