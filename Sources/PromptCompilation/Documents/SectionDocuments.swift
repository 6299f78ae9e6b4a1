internal import Bytes

/// Documents that are sections of Markdown with headings of one level (CommonMark 4.2).
///
/// The level is that of the first heading. In a text that is no tool result the last section stays, since
/// nothing tells where it ends.
enum SectionDocuments {
  /// The documents of a text; nil if there are fewer than two, or a heading stands above the first one's
  /// level.
  static func group(in text: [UInt8], isResult: Bool) -> DocumentGroup? {
    var starts: [Int] = []
    var level: Int?
    for line in DocumentText.linesOutsideFences(of: text) {
      guard let found = Self.level(of: text[line.start..<line.end]) else { continue }
      if found < level ?? found { return nil }
      level = level ?? found
      if found == level { starts.append(line.start) }
    }
    let ends = starts.dropFirst() + [text.count]
    var documents = zip(starts, ends).map {
      DocumentText.trimmingEnd(ByteRange($0, $1), of: text)
    }
    if !isResult { _ = documents.popLast() }
    guard documents.count >= 2 else { return nil }
    return DocumentGroup(
      form: .markdownHeader, documents: documents,
      lineOffset: isResult ? documents.last?.end : nil)
  }

  /// The level of a line that is a heading.
  private static func level(of line: ArraySlice<UInt8>) -> Int? {
    let marks = line.prefix { $0 == UInt8(ascii: "#") }
    let rest = line.dropFirst(marks.count)
    guard (1...6).contains(marks.count), rest.first == 0x20 || rest.first == 0x09 else {
      return nil
    }
    return marks.count
  }
}
