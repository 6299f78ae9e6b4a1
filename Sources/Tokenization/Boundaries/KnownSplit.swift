internal import Bytes

/// What the known split patterns have in common and what they differ in, as far as it decides where a
/// boundary is stable.
struct KnownSplit: Sendable {
  /// The ways to take a word.
  enum Words: Sendable {
    /// `[^\r\n\p{L}\p{N}]?\p{L}+`, with a contraction as a piece of its own.
    case plain
    /// Upper before lower case, with a contraction behind it where `hasContractions` says so.
    case byCase
    /// Three patterns: numbers, then Han and Kana, then the rest, each stretch as a text of its own.
    case staged
  }

  let words: Words
  /// The classes that words are made of.
  let wordClasses: UInt8
  /// The most digits of a piece.
  let digits: Int
  /// Whether `'s` and the like are, or belong to, a piece.
  let hasContractions: Bool
  /// Whether `/` may stand among the line breaks behind symbols.
  let takesSlashes: Bool

  /// Takes the family of the split patterns of a vocabulary; nil if nothing is known of its boundaries.
  init?(_ family: SplitFamily?) {
    switch family {
    case .qwen: self.init(.plain, marks: false, digits: 1)
    case .qwenWithMarks: self.init(.plain, marks: true, digits: 1)
    case .cl100k: self.init(.plain, marks: false, digits: 3)
    case .o200k: self.init(.byCase, marks: true, digits: 3)
    case .tekken: self.init(.byCase, marks: true, digits: 1, hasContractions: false)
    case .deepseek: self.init(.staged, marks: true, digits: 3, hasContractions: false)
    case .gpt2, nil: return nil
    }
  }

  private init(_ words: Words, marks: Bool, digits: Int, hasContractions: Bool = true) {
    self.words = words
    self.digits = digits
    self.hasContractions = hasContractions
    wordClasses = CodePointClasses.letter | (marks ? CodePointClasses.mark : 0)
    takesSlashes = words == .byCase
  }

  /// Whether some text has a piece in which `left` stands right before `right`. Where it says no, a
  /// piece ends between the two in every text.
  ///
  /// It may say yes where no piece has the two, never no where one has.
  func canJoin(_ left: BoundaryCharacter, _ right: BoundaryCharacter) -> Bool {
    if right.isOf(CodePointClasses.number) {
      return digits > 1 && left.isOf(CodePointClasses.number)
    }
    if right.isSpace {
      return left.isSpace || (right.isLineBreak && isSymbol(left))
    }
    if words == .staged { return canJoinStaged(left, right) }
    if right.isOf(wordClasses), canJoinWord(left, right) { return true }
    guard isSymbol(right) else { return false }
    if left.isASCII(0x20) || isSymbol(left) { return true }
    return takesSlashes && right.isASCII(UInt8(ascii: "/")) && left.isLineBreak
      || words == .byCase && hasContractions && right.isASCII(UInt8(ascii: "'"))
        && left.isOf(wordClasses)
  }

  /// Whether `left` may stand before a letter or mark in a word, as its beginning or before it.
  private func canJoinWord(_ left: BoundaryCharacter, _ right: BoundaryCharacter) -> Bool {
    if left.isOf(CodePointClasses.newline | CodePointClasses.number) { return false }
    guard words == .byCase, left.isOf(wordClasses) else { return true }
    return left.isOf(CodePointClasses.upper) || right.isOf(CodePointClasses.lower)
      || isInsideContraction(left, right)
  }

  /// Whether the two are the letters of `'re`, `'ve`, `'ll`, in which case does not count.
  private func isInsideContraction(_ left: BoundaryCharacter, _ right: BoundaryCharacter) -> Bool {
    guard hasContractions, left.isASCIILetter, right.isASCIILetter else { return false }
    switch (left.code | 0x20, right.code | 0x20) {
    case (0x72, 0x65), (0x76, 0x65), (0x6C, 0x6C): return true
    default: return false
    }
  }

  private func canJoinStaged(_ left: BoundaryCharacter, _ right: BoundaryCharacter) -> Bool {
    if isHanOrKana(left) || isHanOrKana(right) { return isHanOrKana(left) && isHanOrKana(right) }
    if left.isOf(CodePointClasses.number) { return false }
    if right.isOf(wordClasses) {
      if left.isOf(wordClasses) { return true }
      if isSymbol(left) { return left.code < 0x80 && right.isASCIILetter }
      return !left.isLineBreak
    }
    if isSymbol(right) { return left.isASCII(0x20) || isSymbol(left) }
    // What no alternative takes stands together.
    return !left.isSpace && !isSymbol(left) && !left.isOf(wordClasses)
  }

  /// Whether it is of the class of the alternative that takes symbols.
  func isSymbol(_ character: BoundaryCharacter) -> Bool {
    switch words {
    case .staged: character.isOf(CodePointClasses.symbolsOnly)
    case .byCase: !character.isOf(Self.notSymbols)
    case .plain: !character.isOf(Self.notSymbols | wordClasses)
    }
  }

  private static let notSymbols =
    CodePointClasses.space | CodePointClasses.letter | CodePointClasses.number

  /// Whether it is of the class of the second of three patterns.
  func isHanOrKana(_ character: BoundaryCharacter) -> Bool {
    words == .staged
      && (0x4E00...0x9FA5 ~= character.code || 0x3040...0x30FF ~= character.code)
  }
}

extension CodePointClasses {
  /// `\p{P}` and `\p{S}`.
  fileprivate static let symbolsOnly: UInt8 = 128
}
