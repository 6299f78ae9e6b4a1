internal import Bytes
internal import CVector

/// Finds the added tokens in a text: the leftmost, and of those that begin there the longest.
struct AddedTokenMatcher: Sendable {
  /// An added token in a text.
  struct Match {
    let token: AddedToken
    /// What the token takes of the text, white space that it strips included.
    let range: ByteRange
  }

  /// The tokens by their first byte, longest first.
  private let candidates: [[AddedToken]]
  /// Whether a token begins with each byte.
  private let isFirst: [Bool]
  /// The second bytes of all tokens, and whether a token has none.
  private let isSecond: [Bool]
  private let hasSingleByteTokens: Bool
  /// The bytes that tokens begin with, four of them, if they are no more.
  private let firstBytes: [UInt8]?
  private let longest: Int

  init(_ tokens: [AddedToken]) {
    var candidates = [[AddedToken]](repeating: [], count: 256)
    for token in tokens {
      if let first = token.content.bytes.first { candidates[Int(first)].append(token) }
    }
    for index in candidates.indices {
      candidates[index].sort { ($1.content.count, $0.id) < ($0.content.count, $1.id) }
    }
    self.candidates = candidates
    isFirst = candidates.map { !$0.isEmpty }
    longest = tokens.map(\.content.count).max() ?? 0
    var isSecond = [Bool](repeating: false, count: 256)
    for token in tokens where token.content.count > 1 {
      isSecond[Int(token.content.bytes[1])] = true
    }
    self.isSecond = isSecond
    hasSingleByteTokens = tokens.contains { $0.content.count == 1 }
    let firsts = (UInt8.min...UInt8.max).filter { !candidates[Int($0)].isEmpty }
    firstBytes =
      (1...4).contains(firsts.count)
      ? firsts + Array(repeating: firsts[0], count: 4 - firsts.count) : nil
  }

  /// Returns the first added token at or after `offset`.
  ///
  /// - Complexity: linear in the text up to the match, times the tokens that share a first byte where
  ///   one of them may begin.
  func firstMatch(in text: UnsafeRawBufferPointer, from offset: Int) -> Match? {
    guard longest > 0 else { return nil }
    var index = offset
    while true {
      index = firstPossible(in: text, from: index)
      guard index < text.count else { return nil }
      if let match = match(in: text, at: index, from: offset) { return match }
      index += 1
    }
  }

  /// The first offset at or after `offset` at which a token may begin, or the end of the text.
  private func firstPossible(in text: UnsafeRawBufferPointer, from offset: Int) -> Int {
    var index = offset
    if let firstBytes, let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) {
      while index + 16 <= text.count {
        let found = cvector_any_of_four(
          base + index, firstBytes[0], firstBytes[1], firstBytes[2], firstBytes[3])
        if found != 0 { return index + found.trailingZeroBitCount }
        index += 16
      }
    }
    return isFirst.withUnsafeBufferPointer { isFirst in
      while index < text.count, !isFirst[Int(text[index])] { index += 1 }
      return index
    }
  }

  private func match(
    in text: UnsafeRawBufferPointer, at index: Int, from offset: Int
  ) -> Match? {
    guard hasSingleByteTokens || (index + 1 < text.count && isSecond[Int(text[index + 1])]) else {
      return nil
    }
    for token in candidates[Int(text[index])] where matches(token, in: text, at: index) {
      return Match(token: token, range: extent(of: token, in: text, at: index, from: offset))
    }
    return nil
  }

  /// The lengths in bytes of all ends of `text` that are a proper beginning of an added token: what
  /// text behind them could make part of one.
  func lengthsOfPossibleBeginnings(atEndOf text: UnsafeRawBufferPointer) -> [Int] {
    (1..<max(longest, 1)).filter { length in
      guard length <= text.count else { return false }
      let tail = text[(text.count - length)...]
      return candidates[Int(text[text.count - length])].contains { token in
        token.content.count > length && token.content.bytes.starts(with: tail)
      }
    }
  }

  private func matches(
    _ token: AddedToken, in text: UnsafeRawBufferPointer, at index: Int
  ) -> Bool {
    let end = index + token.content.count
    guard end <= text.count, text[index..<end].elementsEqual(token.content.bytes) else {
      return false
    }
    guard token.isSingleWord else { return true }
    return !endsInWord(text[..<index]) && !beginsWithWord(text[end...])
  }

  /// The bytes of the match, with the white space that the token takes; none before `offset`.
  private func extent(
    of token: AddedToken, in text: UnsafeRawBufferPointer, at index: Int, from offset: Int
  ) -> ByteRange {
    var start = index
    var end = index + token.content.count
    if token.stripsLeft {
      while let scalar = lastScalar(of: text[offset..<start]), scalar.properties.isWhitespace {
        start -= UTF8.width(scalar)
      }
    }
    if token.stripsRight {
      while let scalar = firstScalar(of: text[end...]), scalar.properties.isWhitespace {
        end += UTF8.width(scalar)
      }
    }
    return ByteRange(start, end)
  }

  private func endsInWord(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
    lastScalar(of: text).map(Self.isWord) ?? false
  }

  private func beginsWithWord(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
    firstScalar(of: text).map(Self.isWord) ?? false
  }

  /// Whether `\w` matches: letters, marks, decimal digits, connectors.
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .decimalNumber, .letterNumber, .nonspacingMark, .spacingMark,
      .enclosingMark:
      true
    default: scalar.properties.isAlphabetic
    }
  }

  private func firstScalar(of text: Slice<UnsafeRawBufferPointer>) -> Unicode.Scalar? {
    String(decoding: text.prefix(4), as: UTF8.self).unicodeScalars.first
  }

  private func lastScalar(of text: Slice<UnsafeRawBufferPointer>) -> Unicode.Scalar? {
    var tail = text.suffix(4)
    while let first = tail.first, first & 0xC0 == 0x80 { tail = tail.dropFirst() }
    return String(decoding: tail, as: UTF8.self).unicodeScalars.last
  }
}
