/// A text as scanners read it: the classes of its characters by byte offset.
///
/// Invariant: `base` points to `count` bytes of well-formed UTF-8 that outlive the value, and every
/// offset that is passed in is at the start of a character or the end; then no read leaves the text.
struct ScannedText {
  private let base: UnsafePointer<UInt8>
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

  /// The classes of the character at `offset`; 0 at the end.
  @inline(__always)
  func classes(at offset: Int) -> UInt8 {
    offset < count ? character(at: offset).classes : 0
  }

  private func multibyteCharacter(at offset: Int, _ lead: UInt8) -> (classes: UInt8, width: Int) {
    func tail(_ index: Int) -> UInt32 { UInt32(base[offset + index] & 0x3F) }
    if lead < 0xE0 { return (classes.of(UInt32(lead & 0x1F) << 6 | tail(1)), 2) }
    if lead < 0xF0 {
      return (classes.of(UInt32(lead & 0x0F) << 12 | tail(1) << 6 | tail(2)), 3)
    }
    let code = UInt32(lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3)
    return (classes.of(code), 4)
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
