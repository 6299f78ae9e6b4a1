public import Bytes

/// When two segments of text count as equal: when their normal forms are the same bytes.
public enum TextComparison: String, Sendable, CaseIterable {
  /// The bytes as they are.
  case exact
  /// Runs of white space (White_Space in Unicode) count as one blank, and none at the start and the end.
  case whiteSpace = "white_space"
  /// As `whiteSpace`, and the numbers of lines that a tool wrote at the start of lines are left out:
  /// blanks, digits and a tab (`cat -n`, `nl`); digits and a colon (`grep -n`) if no digit follows, as in
  /// a time of day; digits and an arrow (`12→`), blanks before them or not. At most seven digits; all other
  /// numbers stay.
  case lineNumbers = "line_numbers"

  /// Appends the normal form of the bytes `range` of `text` to `buffer`.
  ///
  /// Whether `range` begins at the start of a line is taken from the byte before it.
  public func appendNormalForm(
    of range: ByteRange, in text: UnsafeRawBufferPointer, to buffer: inout [UInt8]
  ) {
    switch self {
    case .exact: buffer.append(contentsOf: text[range.start..<range.end])
    case .whiteSpace, .lineNumbers: appendFolded(range, text, &buffer)
    }
  }

  /// A hash of the normal form of the bytes `range` of `text`: equal forms have equal hashes, in every run
  /// and on every machine.
  ///
  /// - Parameter scratch: memory that is used again by the next call; its content is replaced.
  /// - Complexity: linear; 32 bytes a step for `exact`.
  public func hash(
    of range: ByteRange, in text: UnsafeRawBufferPointer, scratch: inout [UInt8]
  ) -> UInt64 {
    if self == .exact {
      return Self.hash(UnsafeRawBufferPointer(rebasing: text[range.start..<range.end]))
    }
    scratch.removeAll(keepingCapacity: true)
    appendFolded(range, text, &scratch)
    return scratch.withUnsafeBytes { Self.hash($0) }
  }

  /// The hash of a whole text, of which every byte counts: that of `hash` for `exact`.
  public static func exactHash(of text: [UInt8]) -> UInt64 { text.withUnsafeBytes { hash($0) } }

  private func appendFolded(
    _ range: ByteRange, _ text: UnsafeRawBufferPointer, _ buffer: inout [UInt8]
  ) {
    let first = buffer.count
    var offset = range.start
    var isLineStart = offset == 0 || Self.isLineEnd(text[offset - 1])
    var hasSpace = false
    while offset < range.end {
      if isLineStart, self == .lineNumbers {
        offset = LineNumber.end(in: text, from: offset, to: range.end) ?? offset
        isLineStart = false
        hasSpace = hasSpace || offset > range.start
        continue
      }
      let space = WhiteSpace.length(in: text, at: offset)
      if space > 0 {
        hasSpace = true
        isLineStart = Self.isLineEnd(text[offset])
        offset += space
        continue
      }
      if hasSpace, buffer.count > first { buffer.append(0x20) }
      hasSpace = false
      let start = offset
      repeat { offset += 1 } while offset < range.end && !Self.mayBeSpace(text[offset])
      buffer.append(contentsOf: text[start..<offset])
    }
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// Whether white space can begin with `byte`.
  @inline(__always)
  private static func mayBeSpace(_ byte: UInt8) -> Bool {
    WhiteSpace.isASCII(byte) || byte == 0xC2 || byte >= 0xE1 && byte <= 0xE3
  }

  /// Folds products of 64 bits, as wyhash does (Wang Yi): of long texts 32 bytes a step, in two products that do not wait
  /// for each other, then eight bytes a step.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    @inline(__always) func word(_ offset: Int) -> UInt64 {
      bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
    }
    var state = fold(UInt64(bytes.count) ^ 0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB)
    var offset = 0
    if bytes.count >= 64 {
      var other = state
      while offset + 32 <= bytes.count {
        state = fold(state ^ word(offset), 0x8EBC_6AF0_9C88_C6E3 ^ word(offset + 8))
        other = fold(other ^ word(offset + 16), 0x5899_65CC_7537_4CC3 ^ word(offset + 24))
        offset += 32
      }
      state = fold(state ^ 0x1D8E_4E27_C47D_124F, other ^ 0xE703_7ED1_A0B4_28DB)
    }
    while offset + 8 <= bytes.count {
      state = fold(state ^ word(offset), 0x8EBC_6AF0_9C88_C6E3)
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    return fold(state ^ rest, 0x5899_65CC_7537_4CC3)
  }

  @inline(__always)
  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
