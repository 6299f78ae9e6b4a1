internal import Bytes
internal import TextProcessing

/// What of a vocabulary's added tokens matters to boundaries.
struct AddedTokenTraits: Sendable {
  /// The length of the longest in bytes.
  let longest: Int
  /// Whether one takes white space before it.
  let stripsLeft: Bool
  /// Whether one takes white space behind it.
  let stripsRight: Bool
  /// Whether one begins with white space.
  let hasLeadingSpace: Bool
  /// Whether one counts only where no word touches it.
  let hasSingleWord: Bool
  /// Whether one is looked for in normalised text.
  let hasNormalized: Bool
  /// Whether each of those begins with a character that does not compose with what stands before.
  let normalizedBeginStretches: Bool

  init(_ tokens: [AddedToken]) {
    longest = tokens.map(\.content.count).max() ?? 0
    stripsLeft = tokens.contains(where: \.stripsLeft)
    stripsRight = tokens.contains(where: \.stripsRight)
    hasLeadingSpace = tokens.contains { token in
      !token.content.isEmpty
        && token.content.bytes.withUnsafeBytes { BoundaryCharacter(in: $0, at: 0).isSpace }
    }
    hasSingleWord = tokens.contains(where: \.isSingleWord)
    hasNormalized = tokens.contains(where: \.isNormalized)
    normalizedBeginStretches = tokens.allSatisfy { token in
      guard token.isNormalized else { return true }
      let first = String(decoding: token.content.bytes.prefix(4), as: UTF8.self).unicodeScalars
        .first
      return first.map { Normalizer.hasBoundary(before: $0) } ?? true
    }
  }

  /// Whether one takes white space on either side.
  var takesSpace: Bool { stripsLeft || stripsRight }
}

extension BoundaryFinder {
  /// Where the end of `left` begins that what follows could make part of an added token, or of which
  /// it could change what an added token takes; the end of `left` if there is nothing of that.
  func endNotOfAddedToken(
    _ left: UnsafeRawBufferPointer, before continuation: Continuation
  ) -> Int {
    var end = left.count
    if let start = startOfPossibleBeginning(in: left, before: continuation) { end = start }
    if addedTokens.stripsLeft {
      while end > 0 {
        let character = BoundaryCharacter(in: left, endingAt: end)
        if !character.isSpace { break }
        end = character.range.start
      }
    }
    if addedTokens.stripsRight,
      continuation != .addedToken || end < left.count || addedTokens.hasLeadingSpace,
      let last = addedTokensBeside(end, in: left).last, last.range.end == end,
      last.token.stripsRight
    {
      end = last.range.start
    }
    return end
  }

  /// The earliest place in `left` from which an added token could reach into what follows.
  private func startOfPossibleBeginning(
    in left: UnsafeRawBufferPointer, before continuation: Continuation
  ) -> Int? {
    let starts = tokenizer.lengthsOfPossibleBeginnings(atEndOf: left)
      .filter { canBeCompleted(left.suffix($0), by: continuation) }
      .map { left.count - $0 }
    guard let earliest = starts.min() else { return nil }
    let safe = startOutsideAddedTokens(in: left, atOrBefore: earliest)
    let found = tokenizer.addedTokens(
      in: UnsafeRawBufferPointer(rebasing: left[safe...]))
    for start in Set(starts).sorted() {
      // Inside a token that is found first nothing else begins.
      guard
        let around = found.first(where: {
          safe + $0.range.start < start && start < safe + $0.range.end
        })
      else { return start }
      if around.token.isNormalized { return safe + around.range.start }
    }
    return nil
  }

  private func canBeCompleted(
    _ beginning: Slice<UnsafeRawBufferPointer>, by continuation: Continuation
  ) -> Bool {
    tokenizer.vocabulary.configuration.addedTokens.contains { token in
      let content = token.content.bytes
      guard content.count > beginning.count, content.starts(with: beginning) else { return false }
      let rest = content[beginning.count...]
      switch continuation {
      case .anything: return true
      case .lineStart: return TextBoundary.canFollowLineBreak(ByteString(rest))
      case .character(let scalar):
        return rest.starts(with: String(Character(scalar)).utf8)
      case .addedToken:
        return tokenizer.vocabulary.configuration.addedTokens.contains { next in
          rest.starts(with: next.content.bytes) || next.content.bytes.starts(with: rest)
        }
      }
    }
  }

  /// The last added tokens before `end`, those that reach up to it among them.
  func addedTokensBeside(
    _ end: Int, in text: UnsafeRawBufferPointer
  ) -> [(token: AddedToken, range: ByteRange)] {
    guard end > 0, addedTokens.longest > 0 else { return [] }
    let start = startOutsideAddedTokens(in: text, atOrBefore: end - 1)
    return tokenizer.addedTokens(in: UnsafeRawBufferPointer(rebasing: text[start..<end]))
      .map { ($0.token, $0.range.shifted(by: start)) }
  }

  /// Where the last added token ends that ends at or before `end`; 0 if there is none.
  func endOfLastAddedToken(in text: UnsafeRawBufferPointer, before end: Int) -> Int {
    var limit = end
    while limit > 0 {
      let found = addedTokensBeside(limit, in: text)
      if let last = found.last { return last.range.end }
      limit = startOutsideAddedTokens(in: text, atOrBefore: limit - 1)
    }
    return 0
  }

  /// The last place at or before `offset` that stands inside no added token.
  private func startOutsideAddedTokens(
    in text: UnsafeRawBufferPointer, atOrBefore offset: Int
  ) -> Int {
    var offset = offset
    while offset > 0, isInsideAddedToken(offset, in: text) || isInStrippedSpace(offset, in: text) {
      offset -= 1
    }
    return offset
  }

  private func isInStrippedSpace(_ offset: Int, in text: UnsafeRawBufferPointer) -> Bool {
    guard addedTokens.takesSpace, offset < text.count else { return false }
    return BoundaryCharacter(in: text, endingAt: offset).isSpace
      || BoundaryCharacter(in: text, at: offset).isSpace
  }

  /// Whether the text of an added token, found as one or not, stands on both sides of `offset`.
  func isInsideAddedToken(_ offset: Int, in text: UnsafeRawBufferPointer) -> Bool {
    let reach = addedTokens.longest - 1
    guard reach > 0 else { return false }
    let subject = UnsafeRawBufferPointer(rebasing: text[..<min(offset + reach, text.count)])
    for matcher in [tokenizer.addedTokens, tokenizer.normalizedAddedTokens].compactMap(\.self) {
      var next = max(offset - reach, 0)
      while next < offset, let match = matcher.firstMatch(in: subject, from: next, taken: next),
        match.range.start < offset
      {
        if match.range.end > offset { return true }
        next = match.range.start + 1
      }
    }
    return false
  }
}
