internal import Bytes

/// A part of a text that comes from a string of the request.
struct TextSpan: Hashable, Sendable {
  /// The number of the request's string.
  var source: Int
  /// Which bytes of that string.
  var sourceRange: ByteRange
  /// Which bytes of the text.
  var range: ByteRange
  /// Whether the bytes are the same on both sides; if not, they were made from them.
  var isVerbatim: Bool

  /// The part that lies in `part`, or nil if none does.
  func clipped(to part: ByteRange) -> TextSpan? {
    let start = max(range.start, part.start)
    let end = min(range.end, part.end)
    guard start < end else { return nil }
    var result = self
    result.range = ByteRange(start, end)
    if isVerbatim {
      result.sourceRange = ByteRange(start, end).shifted(by: sourceRange.start - range.start)
    }
    return result
  }

  /// The same span in a text where its bytes stand `distance` further on.
  func shifted(by distance: Int) -> TextSpan {
    var result = self
    result.range = range.shifted(by: distance)
    return result
  }

  /// Whether `next` goes on where this span ends, in the text and in the source.
  func continues(with next: TextSpan) -> Bool {
    isVerbatim && next.isVerbatim && source == next.source && range.end == next.range.start
      && sourceRange.end == next.sourceRange.start
  }
}

/// A string of a template: UTF-8 bytes, and which of them come from the request.
///
/// Text of the template itself has no spans and costs no more than its bytes.
struct Text: Sendable {
  private(set) var bytes: [UInt8]
  /// In order, not overlapping.
  private(set) var spans: [TextSpan] = []
  /// Whether the text went through `|safe`, as Python's `Markup`.
  var isMarkup = false

  /// Makes a text that does not come from the request.
  init(_ bytes: [UInt8] = []) {
    self.bytes = bytes
  }

  init(_ bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
  }

  /// Makes a text that does not come from the request.
  init(_ string: String) {
    bytes = Array(string.utf8)
  }

  /// Makes the text of string number `source` of the request.
  init(_ string: ByteString, source: Int) {
    bytes = string.bytes
    let whole = ByteRange(0, bytes.count)
    if !whole.isEmpty {
      spans = [TextSpan(source: source, sourceRange: whole, range: whole, isVerbatim: true)]
    }
  }

  var count: Int { bytes.count }
  var isEmpty: Bool { bytes.isEmpty }
  /// For messages.
  var string: String { String(decoding: bytes, as: UTF8.self) }
}

// MARK: - Building

extension Text {
  /// Makes room for a text of `count` bytes.
  mutating func reserveCapacity(_ count: Int) {
    bytes.reserveCapacity(count)
  }

  /// Appends bytes that do not come from the request.
  mutating func append(_ literal: some Sequence<UInt8>) {
    bytes.append(contentsOf: literal)
  }

  mutating func append(_ byte: UInt8) {
    bytes.append(byte)
  }

  mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Appends a text with its spans.
  mutating func append(_ other: Text) {
    for span in other.spans { append(span.shifted(by: bytes.count)) }
    bytes.append(contentsOf: other.bytes)
  }

  /// Appends a part of a text with the spans in it.
  mutating func append(_ other: Text, _ range: ByteRange) {
    let distance = bytes.count - range.start
    for span in other.spans {
      if let part = span.clipped(to: range) { append(part.shifted(by: distance)) }
    }
    bytes.append(contentsOf: other.bytes[range.start..<range.end])
  }

  /// Appends bytes that some operation made of `origin`.
  mutating func append(_ derived: [UInt8], from origin: Text) {
    if derived == origin.bytes { return append(origin) }
    if let source = origin.union, !derived.isEmpty {
      let range = ByteRange(bytes.count, bytes.count + derived.count)
      append(
        TextSpan(
          source: source.number, sourceRange: source.range, range: range, isVerbatim: false))
    }
    bytes.append(contentsOf: derived)
  }

  private mutating func append(_ span: TextSpan) {
    if let last = spans.last, last.continues(with: span) {
      spans[spans.count - 1].range.end = span.range.end
      spans[spans.count - 1].sourceRange.end = span.sourceRange.end
    } else {
      spans.append(span)
    }
  }

  /// The text that many times.
  func repeated(_ times: Int) -> Text {
    var result = Text()
    if spans.isEmpty, let byte = bytes.first, bytes.count == 1 {
      result.bytes = Array(repeating: byte, count: times)
    } else if !isEmpty {
      result.bytes.reserveCapacity(count * times)
      for _ in 0..<times { result.append(self) }
    }
    result.isMarkup = isMarkup
    return result
  }

  /// The first source, and the range of it that all spans of that source cover.
  private var union: (number: Int, range: ByteRange)? {
    guard let first = spans.first else { return nil }
    var range = first.sourceRange
    for span in spans where span.source == first.source {
      range.start = min(range.start, span.sourceRange.start)
      range.end = max(range.end, span.sourceRange.end)
    }
    return (first.source, range)
  }

  /// The text `derived` that some operation made of this one.
  func deriving(_ derived: [UInt8]) -> Text {
    var result = Text()
    result.append(derived, from: self)
    result.isMarkup = isMarkup
    return result
  }

  /// The part in `range`.
  func slice(_ range: ByteRange) -> Text {
    if range.start == 0 && range.end == count { return self }
    var result = Text()
    result.append(self, range)
    result.isMarkup = isMarkup
    return result
  }

  /// The parts of the text that are wholly in one span or wholly outside of all.
  var segments: [ByteRange] {
    var result: [ByteRange] = []
    var offset = 0
    for span in spans {
      if offset < span.range.start { result.append(ByteRange(offset, span.range.start)) }
      result.append(span.range)
      offset = span.range.end
    }
    if offset < count || result.isEmpty { result.append(ByteRange(offset, count)) }
    return result
  }

  /// The same bytes as plain text, not markup.
  var plain: Text {
    var result = self
    result.isMarkup = false
    return result
  }
}
