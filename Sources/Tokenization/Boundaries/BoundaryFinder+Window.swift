internal import Bytes
internal import TextProcessing

extension BoundaryFinder {
  /// The last place before `end` where a piece ends whatever stands around, or the start of the text.
  ///
  /// The decision where pieces before such a place end looks at most at the character behind it: an
  /// attempt to match goes on only through characters that a piece can hold together.
  func startOfWindow(
    in text: UnsafeRawBufferPointer, before end: Int, _ split: KnownSplit
  ) -> Int {
    var right = BoundaryCharacter(in: text, endingAt: end)
    while right.range.start > 0 {
      let left = BoundaryCharacter(in: text, endingAt: right.range.start)
      if !split.canJoin(left, right), isUndisturbed(left, right, in: text, before: end) {
        return right.range.start
      }
      right = left
    }
    return 0
  }

  /// The first place at or after `offset` where the text can be cut and both parts encoded by
  /// themselves; nil if there is none.
  func cut(in text: UnsafeRawBufferPointer, from offset: Int) -> Int? {
    guard let split, !dependsOnAll else { return nil }
    let start = startOfCharacter(at: offset, in: text)
    guard start > 0, start < text.count else { return nil }
    var left = BoundaryCharacter(in: text, endingAt: start)
    while left.range.end < text.count {
      let right = BoundaryCharacter(in: text, at: left.range.end)
      if isCut(left, right, split), isUndisturbed(left, right, in: text, before: text.count) {
        return right.range.start
      }
      left = right
    }
    return nil
  }

  /// Whether neither an added token nor normalisation reaches over the place between two characters
  /// of `text`, or changes one of them; nothing is asked of the text from `end` on.
  private func isUndisturbed(
    _ left: BoundaryCharacter, _ right: BoundaryCharacter, in text: UnsafeRawBufferPointer,
    before end: Int
  ) -> Bool {
    let offset = right.range.start
    if addedTokens.takesSpace, left.isSpace || right.isSpace { return false }
    if normalizes {
      guard hasBoundary(before: right), isNormalizedPart(endingAt: offset, in: text),
        isNormalizedPart(startingAt: right, in: text, before: end)
      else { return false }
      // Added tokens that are looked for behind normalisation are found here in the text as it is.
      if addedTokens.hasNormalized, !isASCII(text, around: offset) { return false }
    }
    return !isInsideAddedToken(offset, in: text)
  }

  private func isASCII(_ text: UnsafeRawBufferPointer, around offset: Int) -> Bool {
    let reach = addedTokens.longest + 1
    return text[max(offset - reach, 0)..<min(offset + reach, text.count)].allSatisfy { $0 < 0x80 }
  }

  // MARK: - Normalisation

  /// Where the text before `end` begins that can change with what follows: it ends with a character
  /// that composes with nothing, or the last boundary of normalisation is taken.
  func startOfCompositions(in text: UnsafeRawBufferPointer, before end: Int) -> Int {
    var character = BoundaryCharacter(in: text, endingAt: end)
    if isInert(character) { return end }
    while character.range.start > 0, !hasBoundary(before: character) {
      character = BoundaryCharacter(in: text, endingAt: character.range.start)
    }
    return character.range.start
  }

  /// Whether `text[start..<end]`, which lies between boundaries of normalisation, is its own NFC form.
  func isNormalized(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Bool {
    guard normalizes, start < end else { return true }
    let part = UnsafeRawBufferPointer(rebasing: text[start..<end])
    guard part.contains(where: { $0 >= 0x80 }) else { return true }
    // A text that cannot be normalised is not taken for one that need not be.
    guard UTF8Validation.firstInvalidOffset(in: part) == nil,
      let normalized = try? Normalizer.normalized(Array(part), tables: .unicode9)
    else { return false }
    return normalized.elementsEqual(part)
  }

  /// Whether the characters from the last boundary of normalisation before `end` are NFC.
  func isNormalizedPart(endingAt end: Int, in text: UnsafeRawBufferPointer) -> Bool {
    var character = BoundaryCharacter(in: text, endingAt: end)
    if character.code < 0x80 { return true }
    while character.range.start > 0, !hasBoundary(before: character) {
      character = BoundaryCharacter(in: text, endingAt: character.range.start)
    }
    return isNormalized(text, from: character.range.start, to: end)
  }

  private func isNormalizedPart(
    startingAt first: BoundaryCharacter, in text: UnsafeRawBufferPointer, before end: Int
  ) -> Bool {
    var offset = first.range.end
    while offset < end {
      let character = BoundaryCharacter(in: text, at: offset)
      if hasBoundary(before: character) { break }
      offset = character.range.end
    }
    return isNormalized(text, from: first.range.start, to: min(offset, end))
  }

  private func hasBoundary(before character: BoundaryCharacter) -> Bool {
    guard character.code >= 0x80 else { return true }
    return Unicode.Scalar(character.code).map { Normalizer.hasBoundary(before: $0) } ?? false
  }

  /// Whether nothing that follows the character composes with it. No number does, and of ASCII only
  /// letters and `<`, `=`, `>` do.
  private func isInert(_ character: BoundaryCharacter) -> Bool {
    if character.isOf(CodePointClasses.number) { return true }
    return character.code < 0x80 && !character.isASCIILetter
      && !(0x3C...0x3E ~= character.code)
  }
}
