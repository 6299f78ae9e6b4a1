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

  private let table: AddedTokenTable
  /// Whether a token begins with each byte.
  private let isFirst: [Bool]
  /// The second bytes of all tokens, and whether a token has none.
  private let isSecond: [Bool]
  private let hasSingleByteTokens: Bool
  private let firstBytes: FirstBytes

  init(_ tokens: [AddedToken]) {
    var isFirst = [Bool](repeating: false, count: 256)
    var isSecond = isFirst
    var hasSingleByteTokens = false
    for token in tokens {
      let bytes = token.content.bytes
      guard let first = bytes.first else { continue }
      isFirst[Int(first)] = true
      if bytes.count > 1 { isSecond[Int(bytes[1])] = true } else { hasSingleByteTokens = true }
    }
    table = AddedTokenTable(tokens)
    firstBytes = FirstBytes((UInt8.min...UInt8.max).filter { isFirst[Int($0)] })
    self.isFirst = isFirst
    self.isSecond = isSecond
    self.hasSingleByteTokens = hasSingleByteTokens
  }

  /// Returns the first added token whose text begins at or after `offset`.
  ///
  /// - Parameter taken: the end of the text that is part of a token already.
  /// - Complexity: linear in the text up to the match, times the longest token where one may begin.
  func firstMatch(
    in text: UnsafeRawBufferPointer, from offset: Int, taken: Int
  ) -> Match? {
    guard table.longest > 0 else { return nil }
    var index = offset
    while true {
      index = firstPossible(in: text, from: index)
      guard index < text.count else { return nil }
      guard mayBegin(in: text, at: index),
        let token = table.longestToken(in: text, at: index)
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
    (1..<max(table.longest, 1)).filter { length in
      guard length <= text.count else { return false }
      let start = text.count - length
      guard isFirst[Int(text[start])], length == 1 || isSecond[Int(text[start + 1])] else {
        return false
      }
      return table.hasToken(longerThan: text[start...])
    }
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
