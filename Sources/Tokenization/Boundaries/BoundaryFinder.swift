internal import Bytes
internal import TextProcessing

/// Finds the places of a text where the tokens on one side do not depend on the other side.
struct BoundaryFinder: Sendable {
  let tokenizer: Tokenizer
  /// What is known of the split patterns; nil if they are not known.
  let split: KnownSplit?
  let addedTokens: AddedTokenTraits
  /// Whether text is brought into NFC between added tokens.
  let normalizes: Bool
  /// Whether any token may depend on text that is far away: on whether it is a word of its own, on what is
  /// put before a text or taken off its ends, or on merges that go on through a whole text.
  let dependsOnAll: Bool

  init(_ tokenizer: Tokenizer) {
    let configuration = tokenizer.vocabulary.configuration
    self.tokenizer = tokenizer
    split = KnownSplit(tokenizer.preTokenizer.family)
    addedTokens = AddedTokenTraits(configuration.addedTokens)
    normalizes = configuration.normalization != .none
    dependsOnAll =
      addedTokens.hasSingleWord || tokenizer.normalizer != nil || tokenizer.rewriter != nil
      || configuration.characters != nil
  }

  /// `offset`, or the start of the character that it stands in.
  func startOfCharacter(at offset: Int, in text: UnsafeRawBufferPointer) -> Int {
    var start = offset
    while start > 0, start < text.count, offset - start < 3, text[start] & 0xC0 == 0x80 {
      start -= 1
    }
    return start
  }

  /// See `TextEncoder.stableEnd`; `left` is the text before the boundary.
  func stableEnd(
    of left: UnsafeRawBufferPointer, before continuation: Continuation,
    matchers: [PatternMatcher]
  ) throws(TokenizerError) -> Int {
    guard !left.isEmpty, !dependsOnAll else { return 0 }
    let end = endNotOfAddedToken(left, before: continuation)
    if end == left.count {
      if continuation == .addedToken, !normalizes || addedTokens.normalizedBeginStretches {
        return end
      }
      if isStable(left, before: continuation) { return end }
    }
    guard end > 0 else { return 0 }
    if let last = addedTokensBeside(end, in: left).last, last.range.end == end,
      !dependsOnNormalization(last.token)
    {
      return end
    }
    guard let split else { return endOfLastAddedToken(in: left, before: end) }
    let limit = normalizes ? startOfCompositions(in: left, before: end) : end
    guard limit > 0 else { return 0 }
    let start = startOfWindow(in: left, before: limit, split)
    return try stableEnd(of: left, from: start, to: limit, upTo: end, split, matchers)
  }

  /// The furthest kept end in `left[start..<limit]`, where `start` is the start of a piece.
  private func stableEnd(
    of left: UnsafeRawBufferPointer, from start: Int, to limit: Int, upTo end: Int,
    _ split: KnownSplit, _ matchers: [PatternMatcher]
  ) throws(TokenizerError) -> Int {
    var stretchStart = start
    var limit = limit
    for (token, range) in tokenizer.addedTokens(
      in: UnsafeRawBufferPointer(rebasing: left[start..<end]))
    {
      guard !dependsOnNormalization(token) || start + range.end <= limit else {
        // Whether it stays a token depends on what follows.
        limit = min(limit, start + range.start)
        break
      }
      stretchStart = start + range.end
    }
    // Where added tokens are looked for behind normalisation, they are known only if it changes nothing.
    let isKnown = !normalizes || !addedTokens.hasNormalized
    let checked = isKnown ? stretchStart : start
    guard isNormalized(left, from: checked, to: isKnown ? limit : end) else { return checked }
    guard stretchStart < limit else { return stretchStart }
    let stretch = UnsafeRawBufferPointer(rebasing: left[stretchStart..<limit])
    guard UTF8Validation.firstInvalidOffset(in: stretch) == nil else { return stretchStart }
    var pieces: [ByteRange] = []
    do {
      try tokenizer.preTokenizer.forEachPiece(of: stretch, matchers: matchers) {
        pieces.append($0)
      }
    } catch {
      throw .engine(message: error.description)
    }
    return stretchStart + split.endOfKeptPieces(pieces, of: stretch)
  }

  private func dependsOnNormalization(_ token: AddedToken) -> Bool {
    normalizes && token.isNormalized
  }

  /// Whether the end of `left` is stable before a character that is known.
  private func isStable(
    _ left: UnsafeRawBufferPointer, before continuation: Continuation
  ) -> Bool {
    guard let split else { return false }
    let last = BoundaryCharacter(in: left, endingAt: left.count)
    switch continuation {
    case .anything, .addedToken: return false
    case .lineStart: return last.isLineBreak
    case .character(let scalar):
      return isCut(last, BoundaryCharacter(scalar), split)
        && (!normalizes
          || Normalizer.hasBoundary(before: scalar)
            && isNormalizedPart(endingAt: left.count, in: left))
    }
  }

  /// Whether a piece ends between the two in every text, and the piece before is the one that stands
  /// there when nothing follows: a run of white space is split otherwise at the end of a text.
  func isCut(_ left: BoundaryCharacter, _ right: BoundaryCharacter, _ split: KnownSplit) -> Bool {
    !split.canJoin(left, right) && (!left.isSpace || left.isLineBreak)
  }
}
