/// Finds the parts of pieces that no merge joins, and keeps the symbols that their merges begin with.
///
/// Between two characters that are symbols to merging no merge takes place if no token holds the two side by side. The
/// table of such pairs says "perhaps" a little too often, which only makes fewer cuts.
///
/// Invariant: `codes`, `symbols`, `starts`, `firsts` and `ends` point to `capacity` initialised elements; the first `count`
/// of the first three and `partCount` of the last two are used. Behind the characters of a piece stands a place of none, which begins
/// where the piece ends.
final class PartFinder {
  /// The most characters, and one for each piece.
  private static let capacity = 1 << 12
  /// What stands for a character whose bytes merging begins with.
  static let noSymbol = CharacterSymbol.none
  /// What stands for the code point of a byte that begins no character.
  private static let noCharacter = UInt32.max

  private let codes: UnsafeMutablePointer<UInt32>
  /// The token ids of the characters.
  let symbols: UnsafeMutablePointer<UInt32>
  /// Where the characters begin in the text, in bytes.
  let starts: UnsafeMutablePointer<UInt32>
  /// The first characters of the parts, and those behind the last.
  private let firsts: UnsafeMutablePointer<UInt32>
  private let ends: UnsafeMutablePointer<UInt32>
  private var count = 0
  private(set) var partCount = 0

  init() {
    func allocate() -> UnsafeMutablePointer<UInt32> {
      let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.capacity)
      memory.initialize(repeating: 0, count: Self.capacity)
      return memory
    }
    (codes, symbols, starts) = (allocate(), allocate(), allocate())
    (firsts, ends) = (allocate(), allocate())
  }

  deinit {
    codes.deallocate()
    symbols.deallocate()
    starts.deallocate()
    firsts.deallocate()
    ends.deallocate()
  }

  /// Forgets all pieces.
  func removeAll() {
    count = 0
    partCount = 0
  }

  /// Whether there is room for a piece of this many bytes.
  @inline(__always)
  func hasRoom(forBytes number: Int) -> Bool { count &+ number &+ 2 < Self.capacity }

  /// The characters of a part.
  @inline(__always)
  func characters(ofPart part: Int) -> Range<Int> {
    Range(uncheckedBounds: (Int(firsts[part]), Int(ends[part])))
  }

  /// Finds the parts of a piece, which is not empty and for which there is room.
  func find(
    _ text: UnsafeRawBufferPointer, from start: Int, to end: Int, _ tables: VocabularyTables
  ) {
    guard let base = text.baseAddress, start < end, hasRoom(forBytes: end &- start) else { return }
    let last = read(base, from: start, to: end, tables)
    cut(to: last, tables)
    count = last &+ 2
  }

  /// Puts the characters of a piece behind the others, each with the table's entry as its symbol, ASCII with its token.
  ///
  /// - Returns: the place of the last.
  @inline(never)
  private func read(
    _ text: UnsafeRawPointer, from start: Int, to end: Int, _ tables: VocabularyTables
  ) -> Int {
    let (codes, symbols, starts) = (codes, symbols, starts)
    let table = tables.characterSymbols.basicPlane
    var place = count
    var offset = start
    while offset < end {
      let lead = UInt32(text.load(fromByteOffset: offset, as: UInt8.self))
      starts[place] = UInt32(truncatingIfNeeded: offset)
      if lead & 0xF0 == 0xE0, offset &+ 3 <= end, let table {
        let code =
          (lead & 0x0F) << 12 | Self.tail(text, offset &+ 1, 6) | Self.tail(text, offset &+ 2, 0)
        codes[place] = code
        symbols[place] = table[code].rawValue
        offset &+= 3
      } else {
        let (code, width) = Self.decode(text, lead, from: offset, to: end)
        codes[place] = code
        symbols[place] =
          code < 0x80
          ? tables.token(ofByte: UInt8(truncatingIfNeeded: code)) ?? Self.noSymbol
          : tables.characterSymbols[code].rawValue
        offset &+= width
      }
      place &+= 1
    }
    starts[place] = UInt32(truncatingIfNeeded: end)
    codes[place] = Self.noCharacter
    symbols[place] = Self.noSymbol
    return place &- 1
  }

  @inline(__always)
  private static func tail(_ text: UnsafeRawPointer, _ offset: Int, _ shift: UInt32) -> UInt32 {
    UInt32(text.load(fromByteOffset: offset, as: UInt8.self) & 0x3F) &<< shift
  }

  @inline(__always)
  private static func decode(
    _ text: UnsafeRawPointer, _ lead: UInt32, from start: Int, to end: Int
  ) -> (code: UInt32, width: Int) {
    if lead < 0x80 { return (lead, 1) }
    let width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard lead >= 0xC2, start &+ width <= end else { return (noCharacter, 1) }
    switch width {
    case 2: return ((lead & 0x1F) << 6 | tail(text, start &+ 1, 0), 2)
    case 3:
      return ((lead & 0x0F) << 12 | tail(text, start &+ 1, 6) | tail(text, start &+ 2, 0), 3)
    default:
      let tail = tail(text, start &+ 1, 12) | tail(text, start &+ 2, 6) | tail(text, start &+ 3, 0)
      return ((lead & 0x07) << 18 | tail, 4)
    }
  }

  /// Finds the parts of the characters from `count` to `last`. Where cuts are cannot be foreseen: no branch for them.
  @inline(never)
  private func cut(to last: Int, _ tables: VocabularyTables) {
    guard let crossings = tables.crossings.set, let disturbances = tables.disturbances.set
    else { return }
    let (codes, symbols, firsts) = (codes, symbols, firsts)
    // That of the part before the one of an index.
    let ends = ends - 1
    var number = partCount
    firsts[number] = UInt32(truncatingIfNeeded: count)
    number &+= 1
    // 1 if no merge joins the character before with the next; 1 if a merge may take a part of it together with the next.
    var isFree: UInt32 = 0
    var wasDisturbed: UInt32 = 0
    for place in count..<last {
      let (left, right) = (codes[place], codes[place &+ 1])
      let symbol = CharacterSymbol(rawValue: symbols[place])
      let next = CharacterSymbol(rawValue: symbols[place &+ 1])
      let hash = CharacterPair.hash(left, right)
      var isDisturbed = symbol.hazard(before: next) | disturbances.bit(hash)
      var mayCross = crossings.bit(hash)
      if min(left, right) < 0x80 {
        (isDisturbed, mayCross) = Self.asciiPair(left, right, symbol, next, mayCross)
      }
      let isSymbol = Self.isSymbol(left, symbol, wasDisturbed | isDisturbed)
      symbols[place] = symbol.id | (isSymbol &- 1)
      firsts[number] = UInt32(truncatingIfNeeded: place)
      ends[number] = UInt32(truncatingIfNeeded: place)
      number &+= Int(isFree & isSymbol)
      isFree = isSymbol & ~mayCross
      wasDisturbed = isDisturbed
    }
    let symbol = CharacterSymbol(rawValue: symbols[last])
    let isSymbol = Self.isSymbol(codes[last], symbol, wasDisturbed)
    symbols[last] = symbol.id | (isSymbol &- 1)
    firsts[number] = UInt32(truncatingIfNeeded: last)
    ends[number] = UInt32(truncatingIfNeeded: last)
    number &+= Int(isFree & isSymbol)
    ends[number] = UInt32(truncatingIfNeeded: last &+ 1)
    partCount = number
  }

  /// 1 if a character is a symbol: ASCII in any case.
  @inline(__always)
  private static func isSymbol(
    _ code: UInt32, _ symbol: CharacterSymbol, _ isDisturbed: UInt32
  ) -> UInt32 {
    let isKnown: UInt32 = symbol.rawValue != noSymbol ? 1 : 0
    return (code < 0x80 ? 1 : 0) | (isKnown & ~isDisturbed)
  }

  /// What holds of two characters side by side one of which is ASCII.
  @inline(never)
  private static func asciiPair(
    _ left: UInt32, _ right: UInt32, _ symbol: CharacterSymbol, _ next: CharacterSymbol,
    _ mayCross: UInt32
  ) -> (isDisturbed: UInt32, mayCross: UInt32) {
    if left | right < 0x80 { return (0, 1) }
    let isUndisturbed = left < 0x80 ? next.canFollowASCII : symbol.canPrecedeASCII
    return (isUndisturbed ? 0 : 1, mayCross)
  }
}
