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
  @inline(__always)
  func forEachPiece(
    of text: UnsafeRawBufferPointer, matchers: [PatternMatcher], _ body: (ByteRange) -> Void
  ) throws(PatternError) {
    if let steps {
      try steps.forEachPiece(of: text, matchers: matchers, body)
      return
    }
    guard usesRule, let family, let scanned = ScannedText(text) else {
      if !usesRule { try split(text, ByteRange(0, text.count), matchers[...], body) }
      return
    }
    switch family {
    case .qwen: split(scanned, WordSplit<QwenOptions>.self, body)
    case .qwenWithMarks: split(scanned, WordSplit<QwenWithMarksOptions>.self, body)
    case .cl100k: split(scanned, WordSplit<CL100KOptions>.self, body)
    case .o200k: split(scanned, CaseSplit<O200KOptions>.self, body)
    case .tekken: split(scanned, CaseSplit<TekkenOptions>.self, body)
    case .deepseek: split(scanned, DeepSeekSplit.self, body)
    case .gpt2: split(scanned, GPT2Split.self, body)
    }
  }

  @inline(__always)
  private func split<Rule: SplitRule>(
    _ text: ScannedText, _ rule: Rule.Type, _ body: (ByteRange) -> Void
  ) {
    var start = 0
    while start < text.count {
      let end = Rule.endOfPiece(in: text, from: start)
      body(ByteRange(start, end))
      start = end
    }
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
