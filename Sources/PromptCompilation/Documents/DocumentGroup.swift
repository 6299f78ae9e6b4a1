internal import Bytes

/// Documents of a text that may stand in any order among themselves. What stands before, between and behind
/// them stays in its place.
struct DocumentGroup: Equatable {
  /// How they are told from the text around them.
  var form: DocumentForm
  /// Where they stand in the text, in bytes, in this order.
  var documents: [ByteRange]
  /// What each is called; nil where they have no names.
  var labels: [ByteString]?
  /// Where in the text a line about them can be put; nil if nowhere.
  var lineOffset: Int?

  /// Whether there is something to order, each document is whole characters, and none reaches into another.
  func isSound(in text: [UInt8]) -> Bool {
    guard documents.count >= 2 else { return false }
    var end = 0
    for document in documents {
      guard document.start >= end, document.end > document.start, document.end <= text.count,
        Self.isCharacterBound(document.start, text), Self.isCharacterBound(document.end, text)
      else { return false }
      end = document.end
    }
    return lineOffset.map { $0 >= end && $0 <= text.count } ?? true
  }

  private static func isCharacterBound(_ offset: Int, _ text: [UInt8]) -> Bool {
    offset == text.count || text[offset] & 0xC0 != 0x80
  }

  /// Sets the names, if all documents have one and no two the same.
  mutating func name(_ names: [ByteString?]) {
    let known = names.compactMap(\.self).filter { name in
      !name.isEmpty && name.bytes.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "]") }
    }
    if known.count == documents.count, Set(known).count == known.count { labels = known }
  }
}

/// The white space around and the lines of texts in which documents stand.
enum DocumentText {
  /// A range without the white space at its end.
  static func trimmingEnd(_ range: ByteRange, of text: [UInt8]) -> ByteRange {
    var end = range.end
    while end > range.start, isWhiteSpace(text[end - 1]) { end -= 1 }
    return ByteRange(range.start, end)
  }

  /// A range without the white space at both ends.
  static func trimming(_ range: ByteRange, of text: [UInt8]) -> ByteRange {
    var start = range.start
    while start < range.end, isWhiteSpace(text[start]) { start += 1 }
    return trimmingEnd(ByteRange(start, range.end), of: text)
  }

  static func isWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// The lines of a text without their line ends; those of fenced code, fences included, are left out.
  static func linesOutsideFences(of text: [UInt8]) -> [ByteRange] {
    var fence: ArraySlice<UInt8>?
    return lines(of: text).filter { line in
      let content = text[line.start..<line.end].drop { $0 == 0x20 }
      let mark = content.prefix { $0 == content.first }
      let isFence =
        mark.count >= 3 && (mark.first == UInt8(ascii: "`") || mark.first == UInt8(ascii: "~"))
      if let open = fence {
        let isClosing =
          isFence && mark.first == open.first && mark.count >= open.count
          && content.allSatisfy { $0 == mark.first || isWhiteSpace($0) }
        if isClosing { fence = nil }
        return false
      }
      if isFence { fence = mark }
      return !isFence
    }
  }

  /// The lines of a text without their line ends.
  static func lines(of text: [UInt8]) -> [ByteRange] {
    var lines: [ByteRange] = []
    var start = 0
    while start <= text.count {
      let next = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      let isCRLF = next > start && text[next - 1] == UInt8(ascii: "\r")
      lines.append(ByteRange(start, isCRLF ? next - 1 : next))
      start = next + 1
    }
    return lines
  }
}
