internal import Bytes

/// Finds the part of a text that a reference names.
///
/// It begins where its first words first stand, and ends where its last words next end; where the number
/// of lines is told, where they next end on the last of so many lines.
enum ReferenceResolver {
  /// Returns the range of a part in `text`, or nil if it is not there.
  static func range(
    of part: WrittenReference.Part, in text: UnsafeRawBufferPointer
  ) -> ByteRange? {
    guard !part.first.isEmpty, !part.last.isEmpty,
      let start = ByteSearch.first(part.first, in: text, from: 0)
    else { return nil }
    return range(of: part, from: start, in: text)
  }

  /// The same where the start is known.
  static func range(
    of part: WrittenReference.Part, from start: Int, in text: UnsafeRawBufferPointer
  ) -> ByteRange? {
    var search = start
    for _ in 1..<(part.lines ?? 1) {
      guard let lineBreak = ByteSearch.first([UInt8(ascii: "\n")], in: text, from: search) else {
        return nil
      }
      search = lineBreak + 1
    }
    guard let last = ByteSearch.first(part.last, in: text, from: search) else { return nil }
    return ByteRange(start, last + part.last.count)
  }
}
