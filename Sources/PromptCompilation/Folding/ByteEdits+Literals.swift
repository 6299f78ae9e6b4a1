internal import Bytes
internal import OrderedJSON

extension ByteEdits {
  /// Puts a text in place of a string literal of JSON.
  mutating func replace(
    _ literal: JSONStringLiteral, by text: [UInt8], _ spelling: JSONStringSpelling
  ) {
    var spelled: [UInt8] = []
    spelled.reserveCapacity(text.count + text.count / 16 + 2)
    spelling.append(text, to: &spelled)
    replace(literal.range, by: spelled)
  }
}
