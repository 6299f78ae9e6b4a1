internal import CUnicode

/// The classes of code points that split patterns name, of Unicode 16: a table of two stages.
///
/// Invariant: `index` points to 0x1100 bytes, and each of them is the number of one of the blocks of
/// 256 bytes that `blocks` points to; both are constants of the program.
struct CodePointClasses: @unchecked Sendable {
  // @unchecked: the tables are constants.

  static let letter = UInt8(CUNICODE_CLASS_LETTER)
  static let number = UInt8(CUNICODE_CLASS_NUMBER)
  static let mark = UInt8(CUNICODE_CLASS_MARK)
  static let space = UInt8(CUNICODE_CLASS_SPACE)
  static let newline = UInt8(CUNICODE_CLASS_NEWLINE)
  static let upper = UInt8(CUNICODE_CLASS_UPPER)
  static let lower = UInt8(CUNICODE_CLASS_LOWER)
  static let symbol = UInt8(CUNICODE_CLASS_SYMBOL)

  private let index = cunicode_class_block_index()
  private let blocks = cunicode_class_blocks()

  /// The classes of an ASCII character.
  @inline(__always)
  func ofASCII(_ byte: UInt8) -> UInt8 {
    blocks.unsafelyUnwrapped[Int(byte)]
  }

  /// The classes of a code point, which is at most U+10FFFF.
  @inline(__always)
  func of(_ code: UInt32) -> UInt8 {
    let block = Int(index.unsafelyUnwrapped[Int(code >> 8) & 0x1FFF])
    return blocks.unsafelyUnwrapped[block << 8 | Int(code & 0xFF)]
  }
}
