internal import Bytes
internal import CVector

/// Finds the added tokens in a text: the leftmost, and of those that begin there the longest, as Hugging
/// Face `tokenizers` does it. One that must be a single word and is not is passed over with all of its
/// text.
struct AddedTokenMatcher: Sendable {
  /// An added token in a text.
  struct Match {
    let token: AddedToken
    /// What the token takes of the text, white space that it strips included.
    let range: ByteRange
    /// Where the search for the next one begins: behind the token, before the white space that it
    /// strips, which may be a token too.
    let next: Int
  }

  /// The bytes that tokens begin with, where they are few enough to look for all at once.
  private enum FirstBytes {
    case one(UInt8)
    /// Up to four; one stands for those that are missing.
    case four(UInt8, UInt8, UInt8, UInt8)
    case many

    init(_ bytes: [UInt8]) {
      switch bytes.count {
      case 1: self = .one(bytes[0])
      case 2: self = .four(bytes[0], bytes[1], bytes[0], bytes[1])
      case 3: self = .four(bytes[0], bytes[1], bytes[2], bytes[2])
      case 4: self = .four(bytes[0], bytes[1], bytes[2], bytes[3])
      default: self = .many
      }
    }
  }

  /// The tokens by their first byte, longest first.
  private let candidates: [[AddedToken]]
  /// Whether a token begins with each byte.
  private let isFirst: [Bool]
  /// The second bytes of all tokens, and whether a token has none.
  private let isSecond: [Bool]
  private let hasSingleByteTokens: Bool
  private let firstBytes: FirstBytes
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
    firstBytes = FirstBytes((UInt8.min...UInt8.max).filter { !candidates[Int($0)].isEmpty })
  }

  /// Returns the first added token whose text begins at or after `offset`.
  ///
  /// - Parameter taken: the end of the text that is part of a token already.
  /// - Complexity: linear in the text up to the match, times the tokens that share a first byte where
  ///   one of them may begin.
  func firstMatch(
    in text: UnsafeRawBufferPointer, from offset: Int, taken: Int
  ) -> Match? {
    guard longest > 0 else { return nil }
    var index = offset
    while true {
      index = firstPossible(in: text, from: index)
      guard index < text.count else { return nil }
      guard mayBegin(in: text, at: index),
        let token = candidates[Int(text[index])].first(where: { occurs($0, in: text, at: index) })
      else {
        index += 1
        continue
      }
      let end = index + token.content.count
      if token.isSingleWord, endsInWord(text[..<index]) || beginsWithWord(text[end...]) {
        index = end
        continue
      }
      return Match(
        token: token, range: extent(of: token, in: text, at: index, taken: taken), next: end)
    }
  }

  /// The first offset at or after `offset` at which a token may begin by its first byte, or the end of
  /// the text.
  private func firstPossible(in text: UnsafeRawBufferPointer, from offset: Int) -> Int {
    var index = offset
    if let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) {
      switch firstBytes {
      case .one(let byte):
        while index + 64 <= text.count {
          let found = cvector_equal_of_64(base + index, byte)
          if found != 0 { return index + found.trailingZeroBitCount }
          index += 64
        }
      case .four(let a, let b, let c, let d):
        while index + 64 <= text.count {
          let found = cvector_any_of_four_of_64(base + index, a, b, c, d)
          if found != 0 { return index + found.trailingZeroBitCount }
          index += 64
        }
      case .many: break
      }
    }
    return isFirst.withUnsafeBufferPointer { isFirst in
      while index < text.count, !isFirst[Int(text[index])] { index += 1 }
      return index
    }
  }

  /// Whether the second byte at `index` is one of a token.
  private func mayBegin(in text: UnsafeRawBufferPointer, at index: Int) -> Bool {
    hasSingleByteTokens || (index + 1 < text.count && isSecond[Int(text[index + 1])])
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

  private func occurs(
    _ token: AddedToken, in text: UnsafeRawBufferPointer, at index: Int
  ) -> Bool {
    let end = index + token.content.count
    return end <= text.count && text[index..<end].elementsEqual(token.content.bytes)
  }

  /// The bytes of the match, with the white space that the token takes; none before `taken`.
  private func extent(
    of token: AddedToken, in text: UnsafeRawBufferPointer, at index: Int, taken: Int
  ) -> ByteRange {
    var start = index
    var end = index + token.content.count
    if token.stripsLeft {
      while start > taken, let scalar = lastScalar(of: text[taken..<start]),
        scalar.properties.isWhitespace
      {
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

  /// Whether `\w` matches: letters, marks, decimal digits, connectors, joiners.
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .decimalNumber, .letterNumber, .nonspacingMark, .spacingMark,
      .enclosingMark:
      true
    default: scalar.properties.isAlphabetic || scalar.properties.isJoinControl
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
