internal import Bytes

/// A character of a text with the classes that decide where pieces end.
struct BoundaryCharacter {
  let code: UInt32
  let classes: UInt8
  /// Its bytes in the text.
  let range: ByteRange

  /// What stands for a byte that is no UTF-8.
  private static let replacement: UInt32 = 0xFFFD

  /// A character outside a text.
  init(_ scalar: Unicode.Scalar) {
    self.init(scalar.value, ByteRange(0, UTF8.width(scalar)))
  }

  /// The character that begins at `offset`, which lies inside `text`. A byte that is no UTF-8 is a
  /// character by itself.
  init(in text: UnsafeRawBufferPointer, at offset: Int) {
    let lead = text[offset]
    let width = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard width > 1, offset + width <= text.count else {
      self.init(width == 1 ? UInt32(lead) : Self.replacement, ByteRange(offset, offset + 1))
      return
    }
    var code = UInt32(lead) & (0x7F >> UInt32(width))
    for byte in text[(offset + 1)..<(offset + width)] {
      guard byte & 0xC0 == 0x80 else {
        self.init(Self.replacement, ByteRange(offset, offset + 1))
        return
      }
      code = code << 6 | UInt32(byte & 0x3F)
    }
    self.init(min(code, 0x10FFFF), ByteRange(offset, offset + width))
  }

  /// The character that ends at `end`, which is not the start of `text`.
  init(in text: UnsafeRawBufferPointer, endingAt end: Int) {
    var start = end - 1
    while start > 0, end - start < 4, text[start] & 0xC0 == 0x80 { start -= 1 }
    let character = BoundaryCharacter(in: text, at: start)
    self = character.range.end == end ? character : BoundaryCharacter(in: text, at: end - 1)
  }

  private init(_ code: UInt32, _ range: ByteRange) {
    self.code = code
    self.range = range
    classes = CodePointClasses().of(code)
  }

  /// Whether it is of one of the classes of `mask`.
  func isOf(_ mask: UInt8) -> Bool { classes & mask != 0 }

  /// Whether it is the ASCII character `byte`.
  func isASCII(_ byte: UInt8) -> Bool { code == UInt32(byte) }

  /// Whether it is an ASCII letter.
  var isASCIILetter: Bool { code < 0x80 && isOf(CodePointClasses.letter) }

  /// Whether it is white space, line breaks included.
  var isSpace: Bool { isOf(CodePointClasses.space) }

  /// Whether it is a line feed or a carriage return.
  var isLineBreak: Bool { isOf(CodePointClasses.newline) }
}
