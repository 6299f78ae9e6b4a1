internal import Bytes

/// The texts of added tokens, to find the longest that stands at a place of a text.
///
/// A hash table with chains in arrays: vocabularies have up to some thousand tokens, and making it should cost little,
/// since most texts have none of them.
struct AddedTokenTable: Sendable {
  private let tokens: [AddedToken]
  /// The first token with each hash, by the hash's last bits; -1 without one.
  private let heads: [Int32]
  /// The next token with the same bits as each; -1 behind the last.
  private let next: [Int32]
  /// Whether there is a token of each length.
  private let isLength: [Bool]
  /// The length of the longest token in bytes; 0 without one.
  let longest: Int

  /// Takes tokens, of which one without text is never found.
  init(_ tokens: [AddedToken]) {
    let longest = tokens.reduce(0) { max($0, $1.content.count) }
    var isLength = [Bool](repeating: false, count: longest + 1)
    var size = 1
    while size < tokens.count { size *= 2 }
    var heads = [Int32](repeating: -1, count: size)
    var next = [Int32](repeating: -1, count: tokens.count)
    for (index, token) in tokens.enumerated() where !token.content.isEmpty {
      var hash = Hash()
      for byte in token.content.bytes { hash.add(byte) }
      isLength[token.content.count] = true
      let place = hash.place(in: size)
      next[index] = heads[place]
      heads[place] = Int32(truncatingIfNeeded: index)
    }
    self.tokens = tokens
    self.heads = heads
    self.next = next
    self.isLength = isLength
    self.longest = longest
  }

  /// FNV-1a: the hash of a text goes on from that of its beginning.
  private struct Hash {
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ byte: UInt8) {
      value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    /// The place in a table of `size` places, a power of two.
    func place(in size: Int) -> Int {
      Int(truncatingIfNeeded: value ^ value >> 32) & (size - 1)
    }
  }

  /// The longest token whose text stands at `index`; of equal ones that with the lowest id.
  ///
  /// - Complexity: linear in the length of the longest token.
  func longestToken(in text: UnsafeRawBufferPointer, at index: Int) -> AddedToken? {
    var found: Int?
    var hash = Hash()
    for length in 1..<(min(longest, text.count - index) + 1) {
      hash.add(text[index + length - 1])
      guard isLength[length] else { continue }
      let subject = text[index..<(index + length)]
      if let token = token(subject, at: hash.place(in: heads.count)) { found = token }
    }
    return found.map { tokens[$0] }
  }

  /// The token of this text in the chain of a place; of equal ones that with the lowest id.
  private func token(_ text: Slice<UnsafeRawBufferPointer>, at place: Int) -> Int? {
    var found: Int?
    var index = Int(heads[place])
    while index >= 0 {
      let token = tokens[index]
      if token.content.count == text.count, token.content.bytes.elementsEqual(text),
        found.map({ token.id <= tokens[$0].id }) ?? true
      {
        found = index
      }
      index = Int(next[index])
    }
    return found
  }

  /// Whether a token begins with `text` and is longer.
  ///
  /// - Complexity: linear in the tokens.
  func hasToken(longerThan text: Slice<UnsafeRawBufferPointer>) -> Bool {
    tokens.contains { token in
      token.content.count > text.count && token.content.bytes.starts(with: text)
    }
  }
}
