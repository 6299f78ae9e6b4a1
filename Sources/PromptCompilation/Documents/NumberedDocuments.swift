internal import Bytes

/// Documents that begin with `[1]`, `[2]` and so on, each at the beginning of a line.
///
/// The numbers go up from 1 by 1. Other numbers in brackets are citations, in a line or at its beginning. If
/// the numbers of some citations could be those of documents as well, none is found.
enum NumberedDocuments {
  private struct Mark {
    var number: Int
    var start: Int
  }

  /// The documents of a text; nil if there are fewer than two that may change places.
  static func group(in text: [UInt8], isResult: Bool) -> DocumentGroup? {
    guard let starts = chain(marks(in: text)) else { return nil }
    let ends = starts.dropFirst() + [text.count]
    var documents = zip(starts, ends).map {
      DocumentText.trimmingEnd(ByteRange($0, $1), of: text)
    }
    guard let last = documents.popLast() else { return nil }
    let end = end(of: last, behind: documents, in: text, isResult)
    if let end { documents.append(ByteRange(last.start, end)) }
    guard documents.count >= 2 else { return nil }
    return DocumentGroup(
      form: .numbered, documents: documents,
      labels: (1...documents.count).map { ByteString("[\($0)]") }, lineOffset: end)
  }

  /// All numbers at the beginning of a line.
  private static func marks(in text: [UInt8]) -> [Mark] {
    DocumentText.lines(of: text).compactMap { line in
      let content = text[line.start..<line.end]
      guard content.first == UInt8(ascii: "[") else { return nil }
      let digits = content.dropFirst().prefix { (0x30...0x39).contains($0) }
      let rest = content.dropFirst(1 + digits.count)
      guard (1...6).contains(digits.count), digits.first != UInt8(ascii: "0"),
        rest.first == UInt8(ascii: "]")
      else { return nil }
      let next = rest.dropFirst().first
      guard next == nil || next == 0x20 || next == 0x09 else { return nil }
      return Mark(number: digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }, start: line.start)
    }
  }

  /// Where the documents begin; nil if the numbers 1, 2 and so on can be found in two ways.
  private static func chain(_ marks: [Mark]) -> [Int]? {
    var first: [Int] = []
    for mark in marks where mark.number == first.count + 1 { first.append(mark.start) }
    var last: [Int] = []
    for mark in marks.reversed() where mark.number == first.count - last.count && mark.number > 0 {
      last.append(mark.start)
    }
    return first.count >= 2 && first == last.reversed() ? first : nil
  }

  /// Where the last document ends; nil if that cannot be told.
  ///
  /// If all others are one paragraph, so is the last one; if all others are one line, its paragraph must be
  /// one line as well. Behind it in a tool result nothing may follow; in other texts a question may.
  private static func end(
    of last: ByteRange, behind others: [ByteRange], in text: [UInt8], _ isResult: Bool
  ) -> Int? {
    guard others.allSatisfy({ paragraphEnd($0, text) == $0.end }) else {
      return isResult ? last.end : nil
    }
    let end = paragraphEnd(last, text)
    guard !isResult || end == last.end else { return nil }
    func isLine(_ range: ByteRange) -> Bool {
      !text[range.start..<range.end].contains(UInt8(ascii: "\n"))
    }
    if others.allSatisfy(isLine), !isLine(ByteRange(last.start, end)) { return nil }
    return end
  }

  /// Where the first paragraph of a range ends: before an empty line, or at the range's end.
  private static func paragraphEnd(_ range: ByteRange, _ text: [UInt8]) -> Int {
    var place = range.start
    while let next = text[place..<range.end].firstIndex(of: UInt8(ascii: "\n")) {
      let rest = text[(next + 1)..<range.end].drop {
        $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: "\r")
      }
      if rest.first == UInt8(ascii: "\n") {
        return DocumentText.trimmingEnd(ByteRange(range.start, next), of: text).end
      }
      place = next + 1
    }
    return range.end
  }
}
