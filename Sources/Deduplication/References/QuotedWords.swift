internal import Bytes

/// Chooses the words that a reference quotes from the part of a text that it stands for.
///
/// They stand on one line. A quotation is of whole words where the text has spaces, and else of whole
/// characters.
struct QuotedWords {
  private let text: UnsafeRawBufferPointer
  /// The part, which begins and ends with no white space.
  private let range: ByteRange

  init(of text: UnsafeRawBufferPointer, in range: ByteRange) {
    self.text = text
    self.range = range
  }

  /// From how many bytes on a quotation may end, one after another tried where shorter ones are not clear.
  static let lengths = [10, 24, 48, 96]
  /// How much longer than asked for a word may make a quotation.
  private static let slack = 24
  /// No quotation has more bytes.
  static let maximumLength = 96 + slack

  /// The first words, at least `length` bytes of them if the line has so many.
  func first(_ length: Int) -> [UInt8] {
    var end = range.start
    while end < range.end, text[end] != UInt8(ascii: "\n") {
      let count = end - range.start
      if count >= length, isBoundary(end) || count >= length + Self.slack, isCharacterStart(end) {
        break
      }
      end += 1
    }
    while end > range.start, text[end - 1].isWhiteSpace { end -= 1 }
    return Array(text[range.start..<end])
  }

  /// The last words, at least `length` bytes of them if the line has so many.
  func last(_ length: Int) -> [UInt8] {
    var start = range.end
    while start > range.start, text[start - 1] != UInt8(ascii: "\n") {
      let count = range.end - start
      if count >= length, isBoundary(start) || count >= length + Self.slack, isCharacterStart(start)
      {
        break
      }
      start -= 1
    }
    while start < range.end, text[start].isWhiteSpace { start += 1 }
    return Array(text[start..<range.end])
  }

  private func isBoundary(_ offset: Int) -> Bool {
    text[offset].isWhiteSpace != text[offset - 1].isWhiteSpace
  }

  private func isCharacterStart(_ offset: Int) -> Bool { text[offset] & 0xC0 != 0x80 }
}
