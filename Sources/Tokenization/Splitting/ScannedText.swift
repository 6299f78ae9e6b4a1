internal import CVector

/// A text as scanners read it: the classes of its characters by byte offset.
///
/// Invariant: `base` points to `count` bytes of well-formed UTF-8 that outlive the value, and every
/// offset that is passed in is at the start of a character or the end; then no read leaves the text.
struct ScannedText {
  let base: UnsafePointer<UInt8>
  let count: Int
  private let classes = CodePointClasses()

  /// Takes a text that is known to be UTF-8; nil if it is empty.
  init?(_ text: UnsafeRawBufferPointer) {
    guard let base = text.baseAddress, !text.isEmpty else { return nil }
    self.base = base.assumingMemoryBound(to: UInt8.self)
    count = text.count
  }

  /// The byte at `offset`; 0 at the end.
  @inline(__always)
  func byte(at offset: Int) -> UInt8 {
    offset < count ? base[offset] : 0
  }

  /// The classes of the character at `offset`, which is not the end, and its length in bytes.
  @inline(__always)
  func character(at offset: Int) -> (classes: UInt8, width: Int) {
    let lead = base[offset]
    if lead < 0x80 { return (classes.ofASCII(lead), 1) }
    return multibyteCharacter(at: offset, lead)
  }

  /// The classes of the byte at `offset`, which is not the end, if it is ASCII; 0 for another.
  @inline(__always)
  func classesOfASCII(at offset: Int) -> UInt8 {
    let byte = base[offset]
    return byte < 0x80 ? classes.ofASCII(byte) : 0
  }

  /// The classes of the character at `offset`; 0 at the end.
  @inline(__always)
  func classes(at offset: Int) -> UInt8 {
    offset < count ? character(at: offset).classes : 0
  }

  /// The number of the character at `offset`, which is not ASCII, and its length in bytes.
  @inline(__always)
  func codePoint(at offset: Int) -> (code: UInt32, width: Int) {
    func tail(_ index: Int) -> UInt32 { UInt32(base[offset &+ index] & 0x3F) }
    let lead = base[offset]
    if lead < 0xE0 { return (UInt32(lead & 0x1F) << 6 | tail(1), 2) }
    if lead < 0xF0 { return (UInt32(lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3) }
    return (UInt32(lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
  }

  @inline(never)
  private func multibyteCharacter(at offset: Int, _ lead: UInt8) -> (classes: UInt8, width: Int) {
    let (code, width) = codePoint(at: offset)
    return (classes.of(code), width)
  }

  /// The end of the run of characters from `offset` on that have a class of `mask`.
  @inline(__always)
  func endOfRun(from offset: Int, in mask: UInt8) -> Int {
    var offset = offset
    while offset < count {
      let (classes, width) = character(at: offset)
      if classes & mask == 0 { break }
      offset += width
    }
    return offset
  }

  /// The end of the run of characters from `offset` on that have no class of `mask`.
  @inline(__always)
  func endOfRun(from offset: Int, outside mask: UInt8) -> Int {
    var offset = offset
    while offset < count {
      let (classes, width) = character(at: offset)
      if classes & mask != 0 { break }
      offset += width
    }
    return offset
  }

  /// The end of the run of letters, and of marks if `mask` has them, from `offset` on.
  @inline(__always)
  func endOfWord(from offset: Int, in mask: UInt8) -> Int {
    let end = endOfASCIILetters(from: offset)
    return end < count && base[end] >= 0x80 ? endOfMultibyteWord(from: end, in: mask) : end
  }

  /// The end of the run of ASCII letters from `offset` on.
  @inline(__always)
  func endOfASCIILetters(from offset: Int) -> Int {
    endOfASCIIRun(from: offset, cvector_letters, of: CodePointClasses.letter)
  }

  /// The end of a word whose next character is not ASCII.
  @inline(never)
  private func endOfMultibyteWord(from offset: Int, in mask: UInt8) -> Int {
    var offset = endOfIdeographs(from: offset)
    while offset < count {
      let (classes, width) = character(at: offset)
      if classes & mask == 0 { break }
      offset = width == 3 ? endOfIdeographs(from: offset &+ width) : offset &+ width
    }
    return offset
  }

  /// The end of a run of characters U+4E00 to U+9FFF, which are letters, from `offset` on; it may go on
  /// there.
  @inline(__always)
  private func endOfIdeographs(from offset: Int) -> Int {
    var offset = offset
    while offset &+ 16 <= count {
      let others = ~cvector_ideographs(base + offset) & 0xFFFF
      if others != 0 { return offset &+ others.trailingZeroBitCount }
      // On with the last one, which may end behind the 16 bytes.
      let leads = cvector_ideograph_leads(base + offset)
      offset &+= 31 &- leads.leadingZeroBitCount
    }
    return offset
  }

  /// The end of the run of ASCII characters from `offset` on that are in `mask`, a function of 16
  /// bytes that says which have the class `theClass`.
  @inline(__always)
  func endOfASCIIRun(
    from offset: Int, _ mask: (UnsafePointer<UInt8>?) -> UInt32, of theClass: UInt8
  ) -> Int {
    var offset = offset
    while offset &+ 16 <= count {
      let others = ~mask(base + offset) & 0xFFFF
      if others != 0 { return offset &+ others.trailingZeroBitCount }
      offset &+= 16
    }
    while offset < count, classesOfASCII(at: offset) & theClass != 0 { offset &+= 1 }
    return offset
  }

  /// The end of the run of blanks (U+0020) from `offset` on.
  @inline(__always)
  func endOfBlanks(from offset: Int) -> Int {
    var offset = offset
    while offset &+ 16 <= count {
      let others = ~cvector_blanks(base + offset) & 0xFFFF
      if others != 0 { return offset &+ others.trailingZeroBitCount }
      offset &+= 16
    }
    while offset < count, base[offset] == 0x20 { offset &+= 1 }
    return offset
  }

  /// The end of the run of bytes from `offset` on that satisfy `condition`, which holds for ASCII only.
  @inline(__always)
  func endOfBytes(from offset: Int, where condition: (UInt8) -> Bool) -> Int {
    var offset = offset
    while offset < count, condition(base[offset]) { offset += 1 }
    return offset
  }

  /// The start of the character that ends at `offset`, which is not the start of the text.
  @inline(__always)
  func startOfCharacter(endingAt offset: Int) -> Int {
    var start = offset - 1
    while start > 0, base[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }
}
