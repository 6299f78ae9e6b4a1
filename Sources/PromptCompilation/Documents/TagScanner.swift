internal import Bytes

/// Finds the tags of some names in a text that is prose with elements in it. Comments and CDATA sections (XML
/// 1.0, 2.5 and 2.7) have none.
struct TagScanner {
  /// A tag.
  struct Tag {
    enum Kind {
      case opening
      case closing
      /// An element without content: `<name/>`.
      case empty
    }

    var kind: Kind
    var name: ByteString
    /// Where it stands, with its brackets.
    var range: ByteRange
    /// Where its attributes stand.
    var attributes: ByteRange
  }

  /// The most bytes of a tag: what has more is text.
  private static let tagLimit = 4096

  private let text: [UInt8]
  private let names: Set<ByteString>
  private let longestName: Int
  private var offset = 0
  /// Whether a comment or a CDATA section has no end.
  private(set) var isBroken = false

  /// Makes a scanner for the tags of the given names.
  init(_ text: [UInt8], names: [ByteString]) {
    self.text = text
    self.names = Set(names)
    longestName = names.map(\.count).max() ?? 0
  }

  /// The next tag; nil at the end.
  mutating func next() -> Tag? {
    while let start = text[offset...].firstIndex(of: UInt8(ascii: "<")) {
      offset = start + 1
      if skip("<!--", to: "-->", at: start) || skip("<![CDATA[", to: "]]>", at: start) { continue }
      guard let tag = tag(at: start) else { continue }
      offset = tag.range.end
      return tag
    }
    return nil
  }

  /// Passes over what begins with `opening`; returns whether there is such.
  private mutating func skip(_ opening: ByteString, to closing: ByteString, at start: Int) -> Bool {
    guard text[start...].starts(with: opening.bytes) else { return false }
    var place = start + opening.count
    let end = text.count - closing.count
    while place <= end {
      if text[place] == closing.bytes[0], text[place...].starts(with: closing.bytes) {
        offset = place + closing.count
        return true
      }
      place += 1
    }
    isBroken = true
    offset = text.count
    return true
  }

  private func tag(at start: Int) -> Tag? {
    var place = start + 1
    let isClosing = place < text.count && text[place] == UInt8(ascii: "/")
    if isClosing { place += 1 }
    let bytes = text[place...].prefix(longestName + 1).prefix(while: Self.isNameByte)
    let name = ByteString(Array(bytes))
    guard names.contains(name) else { return nil }
    place += name.count
    guard let end = endOfAttributes(from: place) else { return nil }
    let isEmpty = end > place && text[end - 1] == UInt8(ascii: "/")
    let attributes = ByteRange(place, isEmpty ? end - 1 : end)
    guard !isClosing || DocumentText.trimming(attributes, of: text).isEmpty && !isEmpty else {
      return nil
    }
    return Tag(
      kind: isClosing ? .closing : isEmpty ? .empty : .opening, name: name,
      range: ByteRange(start, end + 1), attributes: attributes)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: ":"), 0x80...:
      true
    default: false
    }
  }

  /// Where the tag's `>` stands; nil if it has none.
  private func endOfAttributes(from start: Int) -> Int? {
    var place = start
    var quote: UInt8?
    let limit = min(text.count, start + Self.tagLimit)
    while place < limit {
      let byte = text[place]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: ">") {
        return place
      } else if byte == UInt8(ascii: "<") {
        return nil
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"),
        text[place - 1] == UInt8(ascii: "=")
      {
        quote = byte
      }
      place += 1
    }
    return nil
  }

  /// The value of an attribute of a tag; nil if it has none in quotes.
  func attribute(_ name: ByteString, of tag: Tag) -> ByteString? {
    let bytes = text[tag.attributes.start..<tag.attributes.end]
    var place = bytes.startIndex
    while let equals = bytes[place...].firstIndex(of: UInt8(ascii: "=")) {
      let quote = equals + 1
      guard quote < bytes.endIndex,
        bytes[quote] == UInt8(ascii: "\"") || bytes[quote] == UInt8(ascii: "'"),
        let end = bytes[(quote + 1)...].firstIndex(of: bytes[quote])
      else { return nil }
      let key = bytes[place..<equals].drop(while: DocumentText.isWhiteSpace)
      if key.elementsEqual(name.bytes) { return ByteString(Array(bytes[(quote + 1)..<end])) }
      place = end + 1
    }
    return nil
  }
}
