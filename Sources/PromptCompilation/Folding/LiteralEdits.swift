internal import Bytes
internal import OrderedJSON

/// Other string literals for some places of a JSON text, every other byte of which stays.
struct LiteralEdits {
  private struct Edit {
    var range: ByteRange
    var literal: [UInt8]
  }

  private var edits: [Edit] = []

  /// Puts a text in place of a literal.
  mutating func replace(
    _ literal: JSONStringLiteral, by text: [UInt8], _ spelling: JSONStringSpelling
  ) {
    var spelled: [UInt8] = []
    spelled.reserveCapacity(text.count + text.count / 16 + 2)
    spelling.append(text, to: &spelled)
    replace(literal.range, by: spelled)
  }

  /// Puts a spelled literal in place of one.
  mutating func replace(_ range: ByteRange, by literal: [UInt8]) {
    edits.append(Edit(range: range, literal: literal))
  }

  /// Returns the text with what was put in place.
  func applied(to source: [UInt8]) -> [UInt8] {
    guard !edits.isEmpty else { return source }
    var result: [UInt8] = []
    result.reserveCapacity(source.count)
    var offset = 0
    // Texts are read in the order in which the model sees them, which may be another than in the source.
    for edit in edits.sorted(by: { $0.range.start < $1.range.start }) {
      result += source[offset..<edit.range.start]
      result += edit.literal
      offset = edit.range.end
    }
    return result + source[offset...]
  }
}
