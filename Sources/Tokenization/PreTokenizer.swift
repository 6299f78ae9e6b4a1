internal import Bytes
internal import TextProcessing

/// Splits text into the pieces that are merged each by itself.
struct PreTokenizer: Sendable {
  /// The patterns; each splits the pieces that the one before left.
  let patterns: [Pattern]
  /// What is known of the patterns together.
  let family: SplitFamily?

  /// Compiles the split patterns of a vocabulary.
  init(splitPatterns: [ByteString]) throws(PatternError) {
    var patterns: [Pattern] = []
    for pattern in splitPatterns {
      patterns.append(try Pattern(SplitPattern.translated(pattern)))
    }
    self.patterns = patterns
    family = SplitFamily(splitPatterns)
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
    try split(text, ByteRange(0, text.count), matchers[...], body)
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
