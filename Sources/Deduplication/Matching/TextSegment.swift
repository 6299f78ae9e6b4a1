internal import Bytes

/// A sentence or a line of a text.
struct TextSegment: Sendable {
  /// Where it begins, in bytes.
  var start: Int
  /// Where its content ends; behind it stands nothing but white space.
  var contentEnd: Int
  /// Where it ends, white space included.
  var end: Int
  /// The hash of its content in the form in which segments are compared.
  var hash: UInt64

  /// Whether it is nothing but white space.
  var isBlank: Bool { contentEnd == start }
}

extension UInt8 {
  /// Whether it is a space, a tab or a line break of ASCII.
  var isWhiteSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
}
