internal import Bytes

extension KnownSplit {
  /// Returns the furthest of the ends of `pieces` that stays an end of a piece, with all before it,
  /// whatever follows `text`.
  ///
  /// - Parameters:
  ///   - text: UTF-8 that begins where a piece begins, not empty.
  ///   - pieces: the pieces of `text` when nothing follows it.
  /// - Returns: a byte offset: 0, the start of a piece, or the end of the text.
  func endOfKeptPieces(_ pieces: [ByteRange], of text: UnsafeRawBufferPointer) -> Int {
    guard let last = pieces.last, !last.isEmpty else { return 0 }
    let final = BoundaryCharacter(in: text, endingAt: text.count)
    if final.isOf(CodePointClasses.number) {
      return isFullNumber(last, of: text) ? text.count : last.start
    }
    if final.isSpace {
      // More white space can join the run from its first piece on. A run that symbols took whole
      // can grow by line breaks only, but it can.
      let start = startOfTrailingSpace(text)
      return pieces.first { $0.start >= start }?.start ?? last.start
    }
    if endsWithWholeContraction(last, of: text) { return text.count }
    var index = pieces.count - 1
    if words == .byCase {
      while index > 0, canReachEnd(from: pieces[index - 1].start, of: text) { index -= 1 }
    }
    return pieces[index].start
  }

  /// Whether `piece`, a number, has as many digits as a piece can have.
  private func isFullNumber(_ piece: ByteRange, of text: UnsafeRawBufferPointer) -> Bool {
    text[piece.start..<piece.end].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } == digits
  }

  private func startOfTrailingSpace(_ text: UnsafeRawBufferPointer) -> Int {
    var start = text.count
    while start > 0 {
      let character = BoundaryCharacter(in: text, endingAt: start)
      if !character.isSpace { break }
      start = character.range.start
    }
    return start
  }

  /// Whether `piece`, the last of `text`, is a contraction (plain words) or a word with one (words
  /// by case): nothing can make it longer.
  private func endsWithWholeContraction(
    _ piece: ByteRange, of text: UnsafeRawBufferPointer
  ) -> Bool {
    guard hasContractions else { return false }
    let start = words == .plain ? piece.start : endOfWord(from: piece.start, of: text)
    guard start < text.count, words == .plain || hasWord(from: piece.start, to: start, of: text)
    else { return false }
    return Contraction(text[start...]) == .whole
  }

  /// Whether the word that is tried at `start` takes all of `text` up to its end, or up to a
  /// contraction that the end cuts: what follows then decides where its piece ends.
  private func canReachEnd(from start: Int, of text: UnsafeRawBufferPointer) -> Bool {
    let end = endOfWord(from: start, of: text)
    guard end < text.count else { return true }
    return hasContractions && hasWord(from: start, to: end, of: text)
      && Contraction(text[end...]) == .cut
  }

  /// The end of `[^\r\n\p{L}\p{N}]?[U]*[W]*`, with U and W the classes of words by case.
  private func endOfWord(from start: Int, of text: UnsafeRawBufferPointer) -> Int {
    var offset = start
    let first = BoundaryCharacter(in: text, at: offset)
    let notPrefix = CodePointClasses.newline | CodePointClasses.letter | CodePointClasses.number
    if !first.isOf(notPrefix) { offset = first.range.end }
    for mask in [CodePointClasses.upper, CodePointClasses.lower] {
      while offset < text.count {
        let character = BoundaryCharacter(in: text, at: offset)
        if !character.isOf(mask) { break }
        offset = character.range.end
      }
    }
    return offset
  }

  /// Whether a letter or mark stands right before `end`, which `endOfWord` has found.
  private func hasWord(from start: Int, to end: Int, of text: UnsafeRawBufferPointer) -> Bool {
    end > start && BoundaryCharacter(in: text, endingAt: end).isOf(wordClasses)
  }
}

/// How much of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` an end of a text is.
private enum Contraction {
  /// One of them, and nothing else.
  case whole
  /// The beginning of one.
  case cut
  /// Anything else.
  case none

  init(_ text: Slice<UnsafeRawBufferPointer>) {
    guard text.first == UInt8(ascii: "'"), text.count <= 3 else {
      self = .none
      return
    }
    // The long s is an s when case does not count.
    let letters = text.dropFirst().map { $0 < 0x80 ? $0 | 0x20 : $0 }
    switch String(decoding: letters, as: UTF8.self) {
    case "s", "t", "m", "d", "re", "ve", "ll", "ſ": self = .whole
    case "", "r", "v", "l": self = .cut
    default: self = .none
    }
  }
}
