internal import Bytes
internal import TextProcessing

/// Splits text by steps that are more than matches which are pieces.
struct SplitSteps: Sendable {
  private let steps: [SplitStep]

  /// Takes the steps of a vocabulary; nil if there are none.
  init?(_ steps: [SplitStep]) {
    guard !steps.isEmpty else { return nil }
    self.steps = steps
  }

  /// The patterns of the steps, in their order.
  func patterns() throws(PatternError) -> [Pattern] {
    var patterns: [Pattern] = []
    for step in steps { patterns.append(try Pattern(step.match.translated)) }
    return patterns
  }

  /// Calls `body` with each piece of `text` in order. Text that a step removes is in none.
  ///
  /// - Parameter matchers: those of `patterns()`.
  func forEachPiece(
    of text: UnsafeRawBufferPointer, matchers: [PatternMatcher], _ body: (ByteRange) -> Void
  ) throws(PatternError) {
    try split(text, ByteRange(0, text.count), step: 0, matchers, body)
  }

  private func split(
    _ text: UnsafeRawBufferPointer, _ range: ByteRange, step index: Int,
    _ matchers: [PatternMatcher], _ body: (ByteRange) -> Void
  ) throws(PatternError) {
    guard steps.indices.contains(index), matchers.indices.contains(index) else {
      if !range.isEmpty { body(range) }
      return
    }
    let subject = UnsafeRawBufferPointer(rebasing: text[range.start..<range.end])
    var stretches: [(range: ByteRange, isMatch: Bool)] = []
    var offset = 0
    while offset < subject.count,
      let match = try matchers[index].firstMatch(in: subject, from: offset)
    {
      if match.start > offset { stretches.append((ByteRange(offset, match.start), false)) }
      stretches.append((match, true))
      offset = match.end
    }
    if offset < subject.count { stretches.append((ByteRange(offset, subject.count), false)) }
    for piece in steps[index].pieces(of: stretches) {
      try split(text, piece.shifted(by: range.start), step: index + 1, matchers, body)
    }
  }
}
