internal import Bytes

/// What stands between the documents of a container: whether it belongs to them.
///
/// An element of one name before each document, or behind each, goes with it. Other text stays in its place;
/// but where each document has one of its own beside it, nobody can tell whose it is.
struct DocumentCompanions {
  /// The documents with what belongs to each; nil if that cannot be told.
  let documents: [ByteRange]?

  /// Looks at what stands around documents in the content of a container.
  init(_ documents: [ByteRange], in content: ByteRange, of text: [UInt8]) {
    let starts = [content.start] + documents.map(\.end)
    let ends = documents.map(\.start) + [content.end]
    let gaps = zip(starts, ends).map { DocumentText.trimming(ByteRange($0, $1), of: text) }
    let inner = gaps.dropFirst().dropLast()
    let bytes = gaps.map { text[$0.start..<$0.end] }
    if inner.allSatisfy(\.isEmpty)
      || inner.count > 1 && inner.indices.allSatisfy({ bytes[$0].elementsEqual(bytes[1]) })
    {
      self.documents = documents
      return
    }
    let (before, behind) = (gaps.dropLast(), gaps.dropFirst())
    let hasBefore = Self.areElements(Array(before), of: text)
    let hasBehind = Self.areElements(Array(behind), of: text)
    if hasBefore != hasBehind {
      self.documents = zip(documents, hasBefore ? before : behind).map { document, companion in
        ByteRange(min(document.start, companion.start), max(document.end, companion.end))
      }
      return
    }
    let isUnclear = !before.contains(where: \.isEmpty) || !behind.contains(where: \.isEmpty)
    self.documents = isUnclear ? nil : documents
  }

  /// Whether each of some ranges is one element, and all have the same name.
  private static func areElements(_ ranges: [ByteRange], of text: [UInt8]) -> Bool {
    var common: ArraySlice<UInt8>?
    for range in ranges {
      let bytes = text[range.start..<range.end]
      guard bytes.first == UInt8(ascii: "<") else { return false }
      let name = bytes.dropFirst().prefix {
        $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/") && !DocumentText.isWhiteSpace($0)
      }
      guard !name.isEmpty, common?.elementsEqual(name) ?? true else { return false }
      common = name
      // One tag of the name opens and one closes, or the element is empty.
      let isEmpty =
        bytes.dropLast().last == UInt8(ascii: "/") && bytes.dropFirst().allSatisfy { $0 != 0x3C }
      let closing = Array("</".utf8) + name + Array(">".utf8)
      guard bytes.last == UInt8(ascii: ">"),
        isEmpty
          || bytes.count >= 2 * name.count + 5 && bytes.suffix(closing.count).elementsEqual(closing)
      else { return false }
    }
    return common != nil
  }
}
